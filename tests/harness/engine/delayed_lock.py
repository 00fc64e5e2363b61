"""A lock that takes its time: to answer, and to carry out what it has accepted."""

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Mapping
from typing import Final, override

from custom_components.keyholder.model.lock_schedule import (
    NO_SCHEDULE,
    LockSchedule,
    ScheduleSupport,
)
from custom_components.keyholder.model.provider_io import (
    CodeTarget,
    Occupancy,
    SlotReading,
    WriteResult,
)
from custom_components.keyholder.providers.base import (
    CodeRejectedError,
    ScheduleRejectedError,
)
from tests.harness.engine.lock_oracle import LockOracle
from tests.harness.fakes.provider import Call, FakeProvider, Held, Profile

SLOTS: Final = 12


class DelayedFakeLock(FakeProvider):
    """Works its commands off in order, `late_by` seconds after it has accepted them.

    `finishes`: a command that nobody waits for any more is carried out all the same.
    What it holds and what it was asked goes into its oracle.
    """

    def __init__(
        self,
        profile: Profile,
        codes: Mapping[int, str],
        schedules: ScheduleSupport | None = None,
        *,
        talkative: bool = False,
        switches: bool = False,
    ) -> None:
        """Make a lock that holds these codes, which are somebody else's.

        A talkative one tells who made a masked code, and that its reports were lost.
        One that switches codes tells who made them, too.
        """
        super().__init__(
            profile,
            slots=SLOTS,
            codes=codes,
            schedules=schedules,
            tells_makers=talkative or switches,
            loses_reports=talkative,
            switches_codes=switches,
        )
        self.has_schedules = schedules is not None
        self.oracle = LockOracle(profile, self.held)
        self.latency = 0.3
        self.late_by = 0.0
        self.finishes = False
        self.on_landed: Callable[[], None] = lambda: None
        self.on_sent: Callable[[str], None] = lambda _code: None
        """Called with each code that it is sent."""
        self.on_limited: Callable[[int], None] = lambda _slot: None
        """Called with each slot whose code or limits may have changed by a command."""
        self.sent = 0
        """How many writes and clears it was sent."""
        self.looks = 0
        """How many reads it has answered."""
        self.switched = 0
        """How many of them were to switch a code on or off."""
        self._last_landing = 0.0
        self._landings: deque[tuple[int, Callable[[], object], bool]] = deque()
        self._slot = 0
        self._is_switch = False
        self._typed: set[int] = set()
        self._under_way = 0

    @property
    def is_quiet(self) -> bool:
        """Return whether nothing that it was sent is still to be carried out."""
        return self._under_way == 0 and not self._landings

    @property
    def _is_listened_to(self) -> bool:
        """Return whether anybody hears what it reports: a lock may be nobody's."""
        return self.is_connected and self.listeners > 0

    @override
    async def async_read(self, slots: Collection[int]) -> dict[int, SlotReading]:
        await asyncio.sleep(self.latency)
        try:
            readings = await super().async_read(slots)
        except Exception:
            for slot in slots:
                self.oracle.unanswered(slot)
            raise
        shown = [
            self.oracle.shows(slot)
            for slot, reading in readings.items()
            if reading.occupancy is not Occupancy.UNKNOWN
        ]
        await asyncio.sleep(self.latency)
        self.looks += 1
        # who asked may look at the limits too, before they believe anything
        more = 2 * self.latency + 0.02 if self.has_schedules else 0.01
        for each in shown:
            self.oracle.answered(each)
            asyncio.get_running_loop().call_later(more, self.oracle.accept_read, each)
        for slot in readings.keys() - {each.slot for each in shown}:
            self.oracle.unanswered(slot)
        return readings

    @override
    async def async_write(self, slot: int, target: CodeTarget) -> WriteResult:
        self.oracle.called(Call.WRITE, slot, target.pin.reveal())
        self.on_sent(target.pin.reveal())
        self.sent += 1
        self._under_way += 1
        held = Held(target.pin.reveal(), target.enabled, target.person_name)
        try:
            await asyncio.sleep(self.latency)
            self._slot, self._is_switch = slot, False
            result = await super().async_write(slot, target)
        except asyncio.CancelledError:
            # Of a code with limits, these are on their way first
            if target.schedule is None:
                self._broken_off(slot, lambda: self.held.update({slot: held}))
            raise
        except ScheduleRejectedError, CodeRejectedError:
            self.oracle.refused(slot)
            raise
        finally:
            self.oracle.returned(Call.WRITE, slot)
            self._under_way -= 1
        await asyncio.sleep(self.latency)
        return result

    @override
    async def async_clear(self, slot: int) -> WriteResult:
        self.oracle.called(Call.CLEAR, slot)
        self.sent += 1
        self._under_way += 1
        try:
            await asyncio.sleep(self.latency)
            self._slot, self._is_switch = slot, False
            result = await super().async_clear(slot)
        except asyncio.CancelledError:
            self._broken_off(slot, lambda: self.held.pop(slot, None))
            raise
        finally:
            self.oracle.returned(Call.CLEAR, slot)
            self._under_way -= 1
        await asyncio.sleep(self.latency)
        return result

    @override
    async def async_set_enabled(self, slot: int, *, on: bool) -> WriteResult:
        self.oracle.called(Call.SWITCH, slot)
        held = self.held.get(slot)
        if on and held is not None:
            self.on_sent(held.code)
        self.sent += 1
        self.switched += 1
        self._under_way += 1
        try:
            await asyncio.sleep(self.latency)
            self._slot, self._is_switch = slot, True
            result = await super().async_set_enabled(slot, on=on)
        except asyncio.CancelledError:
            self._broken_off(slot, lambda: self._switch(slot, on=on), switches=True)
            raise
        finally:
            self.oracle.returned(Call.SWITCH, slot)
            self._under_way -= 1
        await asyncio.sleep(self.latency)
        return result

    @override
    def wake_by_itself(self, slot: int) -> None:
        self.oracle.woken(slot)
        super().wake_by_itself(slot)

    @override
    async def async_read_schedule(self, slot: int) -> LockSchedule | None:
        # a write begins with the limits, and has them shown at once
        self.on_limited(slot)
        await asyncio.sleep(self.latency)
        limits = await super().async_read_schedule(slot)
        await asyncio.sleep(self.latency)
        return limits

    @override
    def set_at_keypad(self, slot: int, code: str, *, reported: bool = True) -> None:
        reported = reported and self._is_listened_to
        self.oracle.typed(slot, code, reported=reported)
        self._typed.add(slot)
        super().set_at_keypad(slot, code, reported=reported)

    @override
    def delete_at_keypad(self, slot: int, *, reported: bool = True) -> None:
        reported = reported and self._is_listened_to
        self.oracle.deleted(slot, reported=reported)
        super().delete_at_keypad(slot, reported=reported)

    @override
    def delete_all_at_keypad(self, *, reported: bool = True) -> None:
        reported = reported and self._is_listened_to
        for slot in list(self.held):
            self.oracle.deleted(slot, reported=reported)
        # it is reported of every slot, of those too that have nothing to lose
        self.oracle.externally_touched.update(range(1, SLOTS + 1))
        super().delete_all_at_keypad(reported=reported)

    @override
    def disable_at_lock(self, slot: int, *, reported: bool = False) -> None:
        reported = reported and self._is_listened_to
        self.oracle.disabled(slot, reported=reported)
        super().disable_at_lock(slot, reported=reported)

    @override
    async def _set_limits(self, slot: int, limits: LockSchedule) -> None:
        held = self.held.get(slot)
        # what somebody typed since the look, no engine could know. Of ours that landed
        # late, `on_limited` says whether it is under limits of its person
        if (
            held is not None
            and held.enabled
            and slot not in self._typed
            and limits not in (NO_SCHEDULE, self.limits.get(slot))
        ):
            self.oracle.faults.append(f"the limits of a live code in {slot} changed")
        await super()._set_limits(slot, limits)

    @override
    def _hold(self, slot: int, held: Held, limits: LockSchedule | None) -> None:
        # it may land late, under what a later write has brought: see `on_limited`
        super()._hold(slot, held, None)

    @override
    def _carry_out(self, change: Callable[[], object]) -> None:
        self._land_in_turn(self._slot, change, switches=self._is_switch)

    def _broken_off(
        self, slot: int, change: Callable[[], object], *, switches: bool = False
    ) -> None:
        """Carry out, or not, what was on its way to the lock."""
        if self.finishes:
            self._land_in_turn(slot, change, switches=switches)

    def _land_in_turn(
        self, slot: int, change: Callable[[], object], *, switches: bool
    ) -> None:
        loop = asyncio.get_running_loop()
        at = max(loop.time() + self.late_by, self._last_landing)
        self._last_landing = at
        self._landings.append((slot, change, switches))
        if at <= loop.time() and len(self._landings) == 1:
            self._land_first()
        else:
            # timers of one moment come in any order
            loop.call_at(at, self._land_first)

    def _land_first(self) -> None:
        slot, change, switches = self._landings.popleft()
        change()
        if not switches:
            # the code in the slot is still the one that it was
            self._typed.discard(slot)
            self.oracle.landed(slot)
        self.on_limited(slot)
        self.on_landed()
