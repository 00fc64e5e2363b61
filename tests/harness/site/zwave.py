"""The drivers of a site, its people and its doors, for locks of Z-Wave JS.

How to use it: the fixture `site` of `tests/components/zwave` is a `ZWaveSite`;
`person = await site.add("Ann", PIN, node)`, then `site.door(person, node)`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, ClassVar, Final, override

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from simulators.zwave.answers import Frame, Schedule
from tests.harness.networks.zwave import ZWaveNetwork
from tests.harness.site.door_driver import BaseDoorDriver
from tests.harness.site.flow_driver import add_lock, add_person
from tests.harness.site.site_driver import BasePersonDriver, BaseSiteDriver
from tests.harness.site.zwave_locks import SLOT, UNMANAGED_PIN

PROMPT: Final = 30.0
"""Seconds until a boundary has been carried out, here with a real driver on a machine that may
be busy: anything that would do it later, and by itself, comes after a minute or more. That
it takes five seconds is seen on virtual time (tests/engine/access_rules)."""
PATIENCE: Final = 45.0
"""Seconds for everything else that is waited for."""
_POLL: Final = 0.02
_OUT_OF_REACH: Final = "lock_unreachable"


class ZWaveSite(BaseSiteDriver[ZWaveNetwork]):
    """A site whose tests name the node of the lock each time."""

    async def manage(self, *nodes: int) -> None:
        """Let Keyholder manage locks that are as new."""
        await asyncio.gather(*map(self.network.reset, nodes))
        for node in nodes:
            await self.network.settle(node)
            await add_lock(self.hass, self.entry, self.network.lock_entity(node))

    async def add(
        self, name: str, pin: str, *nodes: int, rule: Mapping[str, Any] | None = None
    ) -> ZWavePerson:
        """Add somebody in the dialog, with their rule, and only then switch them on."""
        locks = [self.network.lock_entity(node) for node in nodes]
        subentry = await add_person(
            self.hass, self.entry, name, pin, locks, enabled=False
        )
        person = ZWavePerson(self, subentry, pin)
        if rule is not None:
            await person.set_rule(rule)
        await self.hass.async_block_till_done()
        await asyncio.gather(*map(self.operations, nodes))
        await person.switch(on=True)
        return person

    def door(self, person: ZWavePerson, node: int) -> ZWaveDoor:
        """Return a door as somebody knows it."""
        return ZWaveDoor(self, person, node)

    async def operations(self, node: int) -> int:
        """Return how often a lock was used since the last call."""
        return await self.network.operations(node)

    async def set_up(self) -> None:
        """Set Keyholder up again."""
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)

    async def unload(self) -> None:
        """Have nobody look after the locks."""
        assert await self.hass.config_entries.async_unload(self.entry.entry_id)


@dataclass(frozen=True)
class ZWavePerson(BasePersonDriver[ZWaveSite]):
    """Somebody with a code."""

    patience: ClassVar[float] = PATIENCE

    pin: str

    def remove(self) -> None:
        """Remove the person."""
        self.site.hass.config_entries.async_remove_subentry(
            self.site.entry, self.subentry.subentry_id
        )

    @property
    def status(self) -> State:
        """Return what is shown of the person."""
        state = self.site.hass.states.get(self.entity("sensor", "status"))
        assert state is not None
        return state


@dataclass(frozen=True)
class ZWaveDoor(BaseDoorDriver):
    """A person's code on one lock, from both ends."""

    site: ZWaveSite
    person: ZWavePerson
    node: int

    @property
    @override
    def hass(self) -> HomeAssistant:
        return self.site.hass

    @property
    @override
    def site_events(self) -> list[Mapping[str, Any]]:
        return self.site.events

    @property
    def lock(self) -> er.RegistryEntry:
        """Return the registry entry of the lock's entity."""
        return self.site.network.lock_entity(self.node)

    # What is shown

    @property
    def slot(self) -> State | None:
        """Return what is shown of the code."""
        return self.person.code_on(self.lock)

    def is_proven(self, desired: str) -> bool:
        """Return whether it is shown that the lock holds what is desired, and that."""
        return self.person.shows(self.lock, "in_sync", desired=desired)

    @property
    def enforced_by(self) -> str | None:
        """Return who is said to turn the person away."""
        assert self.slot is not None
        enforced_by: str | None = self.slot.attributes["enforced_by"]
        return enforced_by

    async def until_proven(self, desired: str) -> None:
        """Wait until it is shown that the lock holds what is desired."""
        await self.person.until_shown_on(self.lock, "in_sync", desired=desired)

    async def until_enforced_by(self, whom: str) -> None:
        """Wait until the code is proven, and it is shown who turns the person away."""
        await self.person.until_shown_on(
            self.lock, "in_sync", desired="present", enforced_by=whom
        )

    # What is true

    async def codes(self) -> dict[int, str]:
        """Return what is in the lock beside the code that nobody manages."""
        codes = await self.site.network.codes(self.node)
        assert codes.pop(1) == UNMANAGED_PIN
        return codes

    async def holds(self) -> bool:
        """Return whether the person's code is in their slot, and no other anywhere."""
        codes = await self.codes()
        assert codes in ({}, {SLOT: self.person.pin})
        return bool(codes)

    async def until_holds(self, *, since: datetime) -> float:
        """Return after how many seconds in reach the code was there."""
        return await self._seconds_in_reach(self.holds, since)

    async def until_empty(self, *, since: datetime) -> float:
        """Return after how many seconds in reach the code was gone."""

        async def is_empty() -> bool:
            return not await self.holds()

        return await self._seconds_in_reach(is_empty, since)

    async def _seconds_in_reach(
        self, condition: Callable[[], Awaitable[bool]], since: datetime
    ) -> float:
        """Wait until it is true; return when, in seconds after a moment.

        Those are left out in which the driver of a busy machine had given the lock up.
        """
        before, out_of_reach = monotonic(), 0.0
        deadline = before + PATIENCE
        while not await condition():
            now = monotonic()
            assert now < deadline, "it never came true"
            slot = self.slot
            if slot is not None and slot.attributes.get("reason") == _OUT_OF_REACH:
                out_of_reach += now - before
            before = now
            await asyncio.sleep(_POLL)
        return (dt_util.utcnow() - since).total_seconds() - out_of_reach

    async def schedule(self) -> Schedule | None:
        """Return the schedule of the slot."""
        return (await self.site.network.truth(self.node))["schedules"].get(SLOT)

    async def was_unrestricted(self) -> bool:
        """Return whether the code was live without a schedule since the last count.

        The lock itself notes that after every command.
        """
        truth = await self.site.network.truth(self.node)
        return SLOT in truth["unrestricted"]

    async def opens(self, at: datetime) -> bool:
        """Return whether the lock lets the person in at a moment, on its own."""
        rig = self.site.network.rig
        return await asyncio.to_thread(rig.opens, self.node, SLOT, dt_util.as_local(at))

    async def steps(self) -> list[str]:
        """Return how the slot was changed since the last count, without repetitions."""
        frames = await asyncio.to_thread(self.site.network.rig.frames, self.node)
        steps: list[str] = []
        for frame in frames:
            step = _step(frame)
            if step is not None and steps[-1:] != [step]:
                steps.append(step)
        return steps

    async def received(self) -> int:
        """Return how many commands the lock has received since the last count."""
        counts = await asyncio.to_thread(self.site.network.rig.counts, self.node)
        return sum(
            (counts["reads"], counts["writes"], counts["clears"], counts["other"])
        )

    # What is done at the door

    async def enter(self, *, reported_as: tuple[str, ...] = ("report",)) -> bool:
        """Use the code at the keypad; return whether the door opened.

        Each name is a way in which the lock then reports it, one after the other.
        """
        if not await self.opens(dt_util.utcnow()):
            return False
        network = self.site.network
        for style in reported_as:
            await network.faults(self.node, userIdStyle=style)
            await network.act(self.node, "keypad_unlock", userId=SLOT)
        return True


def _step(frame: Frame) -> str | None:
    """Return what a command changes in the slot, None if nothing."""
    if frame.get("slot") != SLOT or frame["cc"].endswith("Get"):
        return None
    if frame["cc"].startswith("UserCode"):
        return {True: "code", False: "disabled code", None: "clear"}[
            frame.get("enables")
        ]
    return {True: "erase", False: "schedule", None: "enable"}[frame.get("erases")]
