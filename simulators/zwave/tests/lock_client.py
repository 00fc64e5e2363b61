"""A lock through the Z-Wave JS client, and what it really holds."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from zwave_js_server.const import CommandClass
from zwave_js_server.const.command_class.access_control import (
    SetCredentialResult,
    UserCredentialType,
)
from zwave_js_server.model.access_control import (
    AccessControlAPI,
    AddUserCredential,
    SetUserOptions,
)
from zwave_js_server.model.node import Node

from simulators.zwave.network_process import NetworkProcess
from tests.harness.waiting import wait_for

PIN = UserCredentialType.PIN_CODE
EVENTS = (
    "notification",
    "user added",
    "user modified",
    "user deleted",
    "credential added",
    "credential modified",
    "credential deleted",
    "dead",
    "alive",
)
BARRIER = 0x13


@dataclass
class Lock:
    """One lock of the test network."""

    process: NetworkProcess
    node: Node
    events: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Record all events that the integration subscribes to."""
        for name in EVENTS:
            self.node.on(name, self.events.append)

    @property
    def id(self) -> int:
        """Return the node id."""
        return self.node.node_id

    @property
    def api(self) -> AccessControlAPI:
        """Return the credential API of the client."""
        return self.node.access_control

    @property
    def is_u3c(self) -> bool:
        """Return whether the lock speaks User Credential CC."""
        return any(cc.id == 0x83 for cc in self.node.command_classes)

    async def call[T](
        self, method: Callable[..., T], *args: object, **kwargs: Any
    ) -> T:
        """Call a method of the network process in a thread."""
        return await asyncio.to_thread(method, self.id, *args, **kwargs)

    async def fault(self, **faults: bool | int | str) -> None:
        """Change faults of the lock."""
        await self.call(self.process.faults, **faults)

    async def act(self, do: str, **details: int | str) -> None:
        """Do something at the door."""
        await self.call(self.process.act, do, **details)

    def held(self, slot: int) -> str | None:
        """Return the code that is really in a slot; blocks for a millisecond or two."""
        code = self.process.truth(self.id)["codes"].get(slot)
        return code and code["code"]

    async def add_user(self, slot: int) -> None:
        """Make the user that a credential of a User Credential CC lock needs."""
        if self.is_u3c:
            await self.api.set_user(
                slot, SetUserOptions(active=True, user_name=f"User {slot}")
            )

    async def set(self, slot: int, code: str) -> SetCredentialResult:
        """Write a code the way the integration does."""
        return await self.api.set_credential(slot, PIN, slot, code)

    async def clear(self, slot: int) -> SetCredentialResult:
        """Clear a code the way the integration does."""
        return await self.api.delete_credential(slot, PIN, slot)

    async def add(self, slot: int, code: str) -> None:
        """Write a code that must land."""
        await self.add_user(slot)
        if self.is_u3c:
            assert await self.set(slot, code) is SetCredentialResult.OK
        else:
            await self.act("unreported_set_code", slot=slot, code=code)
            await self.read(slot)

    async def add_user_with_code(self, slot: int, code: str) -> None:
        """Make a user and its code in one call."""
        await self.api.add_user(
            slot, SetUserOptions(active=True), AddUserCredential(PIN, slot, code)
        )

    async def read(self, slot: int) -> Any:
        """Read one slot of a User Code CC lock on the radio."""
        return await self.node.async_invoke_cc_api(
            CommandClass.USER_CODE, "get", slot, wait_for_result=True
        )

    async def settle(self) -> None:
        """Return when every event up to now has arrived.

        They come in order: send one more and wait for it.
        """

        def arrived() -> bool:
            return any(
                e["event"] == "notification" and e["notification"].event == BARRIER
                for e in self.events
            )

        await self.act("wrong_code")
        await wait_for(arrived)
        self.events[:] = [
            e
            for e in self.events
            if e["event"] != "notification" or e["notification"].event != BARRIER
        ]

    async def credential_events(self) -> list[str]:
        """Return the names of all events about credentials up to now, and forget them."""
        await self.settle()
        names = [
            event["event"]
            for event in self.events
            if event["event"].startswith("credential")
        ]
        self.events.clear()
        return names

    async def notifications(self) -> list[tuple[int, dict[str, Any]]]:
        """Return number and parameters of all notifications up to now, and forget them."""
        await self.settle()
        received = [
            event["notification"]
            for event in self.events
            if event["event"] == "notification"
        ]
        self.events.clear()
        return [
            (notification.event, notification.parameters) for notification in received
        ]
