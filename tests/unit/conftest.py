"""Unit tests are offline: whoever connects to anything here has left what is pure."""

import pytest
from hypothesis import settings
from pytest_socket import socket_allow_hosts

# How long an example takes says more about the machine than about the code.
settings.register_profile("unit", deadline=None, max_examples=40)
settings.load_profile("unit")


@pytest.fixture(autouse=True)
def _offline() -> None:
    """Nobody connects, until pytest-socket ends it with the test.

    Sockets as such stay: the servers of other layers go on accepting in threads of their own.
    """
    socket_allow_hosts([])
