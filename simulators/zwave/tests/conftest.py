"""One simulator process for the session; each test gets its locks as the file says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from zwave_js_server.client import Client
from zwave_js_server.model.driver import Driver

from simulators.zwave.network_process import NETWORKS, NetworkProcess
from tests.harness.networks.shared_simulators import shared

from .lock_client import Lock

type GetLock = Callable[[int], Awaitable[Lock]]


@pytest.fixture(scope="session")
def process(request: pytest.FixtureRequest) -> Iterator[NetworkProcess]:
    """The test network."""
    with shared(request, NetworkProcess(NETWORKS / "test.json")) as running:
        yield running


@pytest.fixture
def expected_lingering_timers() -> bool:
    """The client's websocket leaves its cancelled heartbeat behind."""
    return True


@asynccontextmanager
async def connected(process: NetworkProcess) -> AsyncIterator[Driver]:
    """A client that is connected and has its own picture of the network."""
    async with aiohttp.ClientSession() as session:
        client = Client(process.websocket_url, session)
        await client.connect()
        ready = asyncio.Event()
        listening = asyncio.create_task(client.listen(ready))
        await ready.wait()
        assert client.driver
        yield client.driver
        await client.disconnect()
        await listening


@pytest.fixture
async def driver(
    process: NetworkProcess, socket_enabled: None
) -> AsyncIterator[Driver]:
    """The driver as a client of this test sees it."""
    async with connected(process) as seen:
        yield seen


@pytest.fixture
def lock(process: NetworkProcess, driver: Driver) -> GetLock:
    """Get a lock that is as its spec says, whatever the last test did to it."""

    async def get(node: int) -> Lock:
        await asyncio.to_thread(process.reset, node)
        found = Lock(process, driver.controller.nodes[node])
        await found.settle()
        found.events.clear()
        return found

    return get
