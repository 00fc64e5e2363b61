"""Home Assistant's client library on the fake server, without Home Assistant."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from chip.clusters import Objects
from matter_server.client import MatterClient
from matter_server.common.errors import MatterError
from matter_server.common.models import EventType

from simulators.matter import FakeMatterServer

Commands = Objects.DoorLock.Commands
Credential = Objects.DoorLock.Structs.CredentialStruct
TIMED = 10000


class ServerClient:
    """A connected client, and all events that it got."""

    def __init__(self, client: MatterClient) -> None:
        self.client = client
        self.seen: list[tuple[EventType, Any]] = []
        client.subscribe_events(lambda kind, data: self.seen.append((kind, data)))

    async def send(
        self, command: Any, node: int = 1, endpoint: int = 1, timed: int | None = TIMED
    ) -> Any:
        """Send a command to a lock."""
        return await self.client.send_device_command(
            node, endpoint, command, timed_request_timeout_ms=timed
        )

    async def error(self, command: Any, timed: int | None = TIMED) -> tuple[str, int]:
        """Send a command that fails; return the words and the client's error code."""
        try:
            await self.send(command, timed=timed)
        except MatterError as error:
            return str(error), error.error_code
        raise AssertionError("the command did not fail")

    async def settle(self) -> None:
        """Wait until all that was sent so far has arrived."""
        await self.client.send_command("ping_node", node_id=1)

    def node_events(self) -> list[Any]:
        """Return the events of nodes, in order."""
        return [data for kind, data in self.seen if kind is EventType.NODE_EVENT]


@asynccontextmanager
async def connected(server: FakeMatterServer) -> AsyncIterator[ServerClient]:
    """A client that listens."""
    async with aiohttp.ClientSession() as session:
        client = MatterClient(server.url, session)
        await client.connect()
        ready = asyncio.Event()
        listening = asyncio.create_task(client.start_listening(ready))
        await ready.wait()
        yield ServerClient(client)
        await client.disconnect()
        await listening


def pin(code: str, index: int = 1, user: int | None = None, operation: int = 0) -> Any:
    """Return the command that stores a PIN."""
    return Commands.SetCredential(
        operation, Credential(1, index), code.encode(), user, None, None
    )
