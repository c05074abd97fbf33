"""Unit tests are offline: whoever opens a socket here has left what is pure."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from pytest_socket import disable_socket, enable_socket

# How long an example takes says more about the machine than about the code.
settings.register_profile("unit", deadline=None, max_examples=40)
settings.load_profile("unit")


@pytest.fixture(autouse=True)
def _offline() -> Iterator[None]:
    disable_socket()
    yield
    enable_socket()
