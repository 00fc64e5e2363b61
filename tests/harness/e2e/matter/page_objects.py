"""A test's own view of the site with the Matter lock."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, Self

from simulators.demo.demo_site import DemoSite, NewPerson
from simulators.home_assistant import Client
from simulators.home_assistant.listeners import State
from simulators.matter.real import VirtualLock
from tests.harness.e2e.matter.processes import (
    LOCK,
    MatterSharedInstance,
    entity_of_lock,
)

WRITES: Final = ("SetUser", "ClearUser", "SetCredential", "ClearCredential")
_SOON: Final = 60.0
"""The server gives a command up after a quarter of a minute."""


class MatterSitePage:
    """The site in one test, as its owner sees it, and the lock as who stands before it."""

    def __init__(self, hosted: MatterSharedInstance, client: Client) -> None:
        """Look at a site that runs."""
        self.hosted = hosted
        self.client = client
        self.demo_site = DemoSite(client)

    @classmethod
    async def open(cls, hosted: MatterSharedInstance) -> Self:
        """Sign in as the owner."""
        await hosted.ensure_running()
        instance = hosted.processes.home_assistant
        return cls(
            hosted,
            await Client.signed_in(
                instance.base_url, instance.owner, keep_received=True
            ),
        )

    @property
    def lock(self) -> VirtualLock:
        """The lock itself."""
        return self.hosted.processes.stack.lock

    async def add(self, name: str) -> NewPerson:
        """Add a person with a PIN of their own through the dialog."""
        pin = self.hosted.new_pin()
        added = await self.demo_site.add_person(name, pin=pin)
        return NewPerson(name, added.subentry_id, pin)

    async def in_sync(self, name: str) -> State:
        """Return a person's slot when its code is proven."""
        return await self.demo_site.wait_for_slot(name, LOCK, "in_sync", seconds=_SOON)

    async def turn(self, name: str, *, on: bool) -> None:
        """Use a person's switch."""
        switch = await self.demo_site.entity_of(name, "switch", "enabled")
        action = "turn_on" if on else "turn_off"
        await self.client.call_service("switch", action, target={"entity_id": switch})

    async def until_off(self, name: str) -> None:
        """Wait until a person's code is proven to be off the lock."""
        sensor = await self.demo_site.slot_sensor(name, LOCK)
        await self.client.wait_for(
            lambda states: (
                states[sensor].state == "in_sync"
                and states[sensor].attributes["desired"] == "absent"
            ),
            _SOON,
        )

    async def received(self, command: str) -> int:
        """Return how often the lock received a command in this test."""
        return [each["command"] for each in await self.lock.received()].count(command)

    async def tells(self, act: str, **details: int | str | bool) -> dict[str, Any]:
        """Do something at the door; return what the lock's access event says of it."""
        entity_id = await self.demo_site.entity_of(LOCK, "event", "access")
        before = self.client.state(entity_id).state
        await self.lock.act(act, **details)
        reported = await self.client.wait_for(
            lambda states: (
                state if (state := states[entity_id]).state != before else None
            ),
            _SOON,
        )
        names = ("event_type", "person", "method", "slot")
        return {name: reported.attributes[name] for name in names}

    async def restart_server(self) -> None:
        """End the server and start it; return when Home Assistant sees the lock again."""
        lock = await entity_of_lock(self.client)
        await self.hosted.do("stop_server")
        await self.client.wait_for_state(lock, "unavailable", _SOON)
        await self.hosted.do("start_server")
        await self.client.wait_for(
            lambda states: states[lock].state in ("locked", "unlocked"), _SOON
        )

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(_SOON):
            while not await holds():  # noqa: ASYNC110 - another process sets no event of ours
                await asyncio.sleep(0.05)

    async def clean(self) -> None:
        """Leave the site with nobody in it, whatever the test did."""
        for subentry in await self.demo_site.subentries():
            if subentry["subentry_type"] == "person":
                await self.demo_site.remove(subentry["title"])
        sensor = await self.demo_site.entity_of(LOCK, "sensor", "credentials")
        await self.client.wait_for(
            lambda states: (
                states[sensor].attributes.get("total") == 0
                and not states[sensor].attributes["waiting"]
            ),
            _SOON,
        )
        await self.lock.reset()
