"""The fake server and a client for the tests that talk over a socket."""

from collections.abc import AsyncIterator

import pytest

from simulators.matter import FakeMatterServer

from .server_client import ServerClient, connected


@pytest.fixture
def expected_lingering_timers() -> bool:
    """The client's websocket leaves its cancelled heartbeat behind."""
    return True


@pytest.fixture
async def client(matter_server: FakeMatterServer) -> AsyncIterator[ServerClient]:
    """A client on the server with one lock."""
    async with connected(matter_server) as client:
        yield client
