"""Compares what is shown with what is in the locks, all the time."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Final, Self

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, callback

from simulators.zwave.answers import Truth

if TYPE_CHECKING:
    from tests.harness.faults.zwave.shared_network import SharedNetwork
    from tests.harness.faults.zwave.trial_lock import TrialLock

PAUSE: Final = 0.1
"""Seconds between two looks, when nothing changes on the screen meanwhile."""
IN_FLIGHT: Final = 0.4
"""Seconds for a report to come from the lock to the screen. A lie lasts longer."""
LOOKS: Final = 6
"""Looks that a lie lasts as well: on a busy machine a look is as late as a report."""


class LiveClaimChecker:
    """Watches all doors of a street, within its context.

    A look asks the simulator for the truth, and takes notice only of what was claimed
    both before and after it. A claim that is false at every look for `IN_FLIGHT`, and at
    `LOOKS` of them at least, is a lie: nothing was on its way.
    """

    def __init__(self, street: SharedNetwork) -> None:
        """Watch a street."""
        self._street = street
        self._changed = asyncio.Event()
        self._ended = asyncio.Event()
        self._false_since: dict[int, tuple[float, int]] = {}
        self.looks = 0

    async def __aenter__(self) -> Self:
        """Begin."""
        self._unsubscribe = self._street.hass.bus.async_listen(
            EVENT_STATE_CHANGED, self._on_state
        )
        self._task = asyncio.create_task(self._look_on())
        return self

    async def __aexit__(self, *_: object) -> None:
        """End after the look that is under way; what went wrong with it is raised.

        A task that is cancelled would leave the thread behind that looks for it.
        """
        self._unsubscribe()
        self._ended.set()
        self._changed.set()
        await self._task

    @callback
    def _on_state(self, event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if state is None:
            return
        for door in self._street.doors:
            door.find_sensor()
            if state.entity_id == door.sensor:
                door.on_state(state)
                self._changed.set()
            elif state.entity_id == self._street.access_sensor(door) and (
                told := state.attributes.get("event_type")
            ):
                slot = state.attributes["slot"]
                door.told.append(told if slot is None else f"{told} {slot}")

    async def _look_on(self) -> None:
        rig = self._street.network.rig
        while not self._ended.is_set():
            before = [door.claim for door in self._street.doors]
            truths = {each["id"]: each for each in await asyncio.to_thread(rig.nodes)}
            self.looks += 1
            for door, claim in zip(self._street.doors, before, strict=True):
                self._judge(door, claim, truths)
            if self._ended.is_set():
                return
            self._changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(PAUSE):
                    await self._changed.wait()

    def _judge(
        self,
        door: TrialLock,
        claim: tuple[bool, frozenset[str]] | None,
        truths: Mapping[int, Truth],
    ) -> None:
        codes = {
            slot: code["code"]
            for slot, code in truths[door.node]["codes"].items()
            if code["enabled"]
        }
        if claim is None or claim != door.claim or door.is_true(claim, codes):
            self._false_since.pop(door.node, None)
            return
        since, looks = self._false_since.get(door.node, (monotonic(), 0))
        self._false_since[door.node] = (since, looks + 1)
        lasts = monotonic() - since > IN_FLIGHT and looks + 1 >= LOOKS
        if lasts and not door.false_claims:
            door.false_claims.append(f"in_sync was not true: {door.story()}")
