"""The locks as a test sees them: what they received, what they hold, and who they are."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from simulators.demo.demo_driver import BACK, FRONT, NODES, UNMANAGED_PIN, DemoDriver
from simulators.home_assistant import Client
from simulators.zwave.answers import Counts, Frame
from tests.harness.e2e.shared_instance import SharedInstance

READABLE: Final = tuple(lock for lock in NODES if lock != BACK)
"""Locks that show their codes; the back door masks them."""
AT_FIRST: Final[Mapping[str, Mapping[int, str]]] = {
    lock: {1: UNMANAGED_PIN} if lock == FRONT else {} for lock in NODES
}
"""What the locks hold before anybody is added."""

_KINDS: Final = {
    "UserCodeCCGet": "read",
    "UserCredentialCCCredentialGet": "read",
    # a user is added with their first code, and deleted with their last
    "UserCredentialCCUserSet": "user",
}


@dataclass(kw_only=True)
class Locks(DemoDriver):
    """The locks in one test. Raises CheckFailedError where what it waits for does not come."""

    hosted: SharedInstance

    @property
    def client(self) -> Client:
        """The owner, signed in; another one after each restart."""
        return self.site.client

    async def counts(self, lock: str) -> Counts:
        """Return how many commands about codes a lock received since they were reset."""
        return await asyncio.to_thread(self.stack.zwave.counts, NODES[lock])

    async def commands(self, lock: str) -> list[tuple[str, int | None]]:
        """Return the commands about codes that a lock received: kind and slot.

        Those about schedules are left out. The kinds are read, write, clear, and on the
        garage door user: deleting the user clears the code.
        """
        frames = await asyncio.to_thread(
            lambda: self.stack.zwave.frames(NODES[lock], codes=True)
        )
        return [
            (_kind(frame), frame.get("slot"))
            for frame in frames
            if ("slot" in frame or frame["cc"] in _KINDS)
            and not frame["cc"].startswith("ScheduleEntryLock")
        ]

    async def changes(self) -> int:
        """Return how many commands changed codes, users included, since the reset."""
        changes = 0
        for lock in NODES:
            commands = kinds(await self.commands(lock))
            changes += commands.total() - commands["read"]
        return changes

    async def until_removed(self, lock: str) -> None:
        """Wait until a lock holds what it held at first."""
        await self.until_codes(lock, *AT_FIRST[lock].values())

    async def until_all_is_proven(self) -> None:
        """Wait until every lock has shown all that it should, and nothing is open."""
        sensors = [
            await self.lock_entity(lock, "sensor", "credentials") for lock in NODES
        ]
        await self.client.wait_for(
            lambda states: all(
                states[sensor].state == "in_sync"
                and not states[sensor].attributes["leaving"]
                for sensor in sensors
            ),
            60,
        )

    async def revive(self, lock: str) -> None:
        """Let a lock answer again, and the driver find out."""
        await self.faults(lock, reset=True)
        await asyncio.to_thread(self.stack.zwave.ping, NODES[lock])

    async def reload_zwave(self) -> None:
        """Reload the Z-Wave JS entry."""
        (entry,) = await self.client.entries("zwave_js")
        await self.client.reload_entry(entry["entry_id"])
        await self.until_locks_are_known()

    async def until_locks_are_known(self) -> None:
        """Wait until Home Assistant knows how every lock stands."""
        locks = [await self.entity_of_lock(lock) for lock in NODES]
        await self.client.wait_for(
            lambda states: all(
                lock in states and states[lock].state in ("locked", "unlocked")
                for lock in locks
            ),
            60,
        )

    async def until_echoes_are_over(self) -> None:
        """Wait until no report can be the echo of something that we did.

        On a lock that masks, such a report is taken for ours.
        """
        entry_id = await self.site.entry_id()
        assert entry_id is not None

        async def are_over() -> bool:
            reported = (await self.client.diagnostics(entry_id))["data"]
            return all(
                datetime.fromisoformat(until) < datetime.now(UTC)
                for lock in reported["locks"]
                for until in lock["expected_reports"].values()
            )

        await self.until(are_over, "no echo to come")

    async def entity_of_lock(self, lock: str) -> str:
        """Return the lock entity of Z-Wave JS."""
        return await self._known(
            (lock, "lock", "lock"), lambda: super(Locks, self).entity_of_lock(lock)
        )

    async def lock_entity(self, lock: str, kind: str, key: str) -> str:
        """Return an entity of ours on a lock's device."""
        return await self._known(
            (lock, kind, key), lambda: self.site.entity_of(lock, kind, key)
        )

    async def _known(
        self, entity: tuple[str, str, str], look_up: Callable[[], Awaitable[str]]
    ) -> str:
        """Look an entity of a lock up once: they stay, and the registry is long."""
        known = self.hosted.entities
        if entity not in known:
            known[entity] = await look_up()
        return known[entity]


def _kind(frame: Frame) -> str:
    return _KINDS.get(frame["cc"], "write" if frame.get("code") else "clear")


def kinds(commands: list[tuple[str, int | None]]) -> Counter[str]:
    """Return how many commands of each kind there are."""
    return Counter(kind for kind, _ in commands)
