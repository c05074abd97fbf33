"""What can go wrong.

ApiError   the request is refused: an HTTP status and the provider's error envelope
JobError   the request was accepted and the job failed later: status ``error`` of that job
"""


class ApiError(Exception):
    """A request that is answered with an error envelope."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.status, self.name, self.message = status, name, message


class JobError(Exception):
    """A job that ends in ``error: {name, message}``. The message never holds a URL or words."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name, self.message = name, message


def bad_request(message: str) -> ApiError:
    """The request itself is wrong, and sending it again will not help."""
    return ApiError(400, "BadRequest", message)
