"""Compares what is shown with what is in the locks, all the time."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Final, Self

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, callback

from simulators.zwave.answers import Truth
from tests.harness.faults.zwave.shared_network import SharedNetwork
from tests.harness.faults.zwave.trial_lock import TrialLock

PAUSE: Final = 0.1
"""Seconds between two looks, when nothing changes on the screen meanwhile."""
IN_FLIGHT: Final = 0.4
"""Seconds for a report to come from the lock to the screen. A false claim lasts longer."""
LOOKS: Final = 6
"""Looks that a false claim lasts as well: on a busy machine a look is as late as a report."""


class LiveClaimChecker:
    """Watches all locks of a network that have a trial, within its context.

    A look asks the simulator for the truth, and takes notice only of what was claimed
    both before and after it. A claim that is false at every look for `IN_FLIGHT`, and at
    `LOOKS` of them at least, is reported: nothing was under way.
    """

    def __init__(self, site: SharedNetwork, locks: Sequence[TrialLock]) -> None:
        """Watch these locks."""
        self._site = site
        self._locks = locks
        self._changed = asyncio.Event()
        self._ended = asyncio.Event()
        self._false_since: dict[int, tuple[float, int]] = {}
        self.looks = 0

    async def __aenter__(self) -> Self:
        """Begin."""
        self._unsubscribe = self._site.hass.bus.async_listen(
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
        for lock in self._locks:
            lock.find_sensor()
            if state.entity_id == lock.sensor:
                lock.on_state(state)
                self._changed.set()
            elif state.entity_id == lock.access_sensor and (
                event_type := state.attributes.get("event_type")
            ):
                slot = state.attributes["slot"]
                lock.events.append(
                    event_type if slot is None else f"{event_type} {slot}"
                )

    async def _look_on(self) -> None:
        rig = self._site.network.rig
        while not self._ended.is_set():
            before = [lock.claim for lock in self._locks]
            truths = {each["id"]: each for each in await asyncio.to_thread(rig.nodes)}
            self.looks += 1
            for lock, claim in zip(self._locks, before, strict=True):
                self._judge(lock, claim, truths)
            if self._ended.is_set():
                return
            self._changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(PAUSE):
                    await self._changed.wait()

    def _judge(
        self,
        lock: TrialLock,
        claim: tuple[bool, frozenset[str]] | None,
        truths: Mapping[int, Truth],
    ) -> None:
        codes = {
            slot: code["code"]
            for slot, code in truths[lock.node]["codes"].items()
            if code["enabled"]
        }
        if claim is None or claim != lock.claim or lock.is_true(claim, codes):
            self._false_since.pop(lock.node, None)
            return
        since, looks = self._false_since.get(lock.node, (monotonic(), 0))
        self._false_since[lock.node] = (since, looks + 1)
        lasts = monotonic() - since > IN_FLIGHT and looks + 1 >= LOOKS
        if lasts and not lock.false_claims:
            lock.false_claims.append(f"in_sync was not true: {lock.history()}")
