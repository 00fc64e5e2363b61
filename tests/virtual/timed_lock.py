"""A lock that takes its time: to answer, and to carry out what it has accepted."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Final, override

from custom_components.keyholder.model.reading import (
    CodeTarget,
    Occupancy,
    Reading,
    WriteResult,
)
from tests.fakes.provider import Call, FakeProvider, Held, Profile

from .ledger import Ledger

SLOTS: Final = 12


class TimedLock(FakeProvider):
    """Works its commands off in order, `late_by` seconds after it has accepted them.

    `finishes`: a command that nobody waits for any more is carried out all the same.
    What it holds and what it was asked goes into its ledger.
    """

    def __init__(self, profile: Profile, codes: Mapping[int, str]) -> None:
        """Make a lock that holds these codes, which are somebody else's."""
        super().__init__(profile, slots=SLOTS, codes=codes)
        self.ledger = Ledger(profile, self.held)
        self.latency = 0.3
        self.late_by = 0.0
        self.finishes = False
        self.on_landed: Callable[[], None] = lambda: None
        self.sent = 0
        """How many writes and clears it was sent."""
        self.looks = 0
        """How many reads it has answered."""
        self._last_landing = 0.0
        self._slot = 0
        self._under_way = 0

    @property
    def is_quiet(self) -> bool:
        """Return whether nothing that it was sent is still to be carried out."""
        loop = asyncio.get_running_loop()
        return self._under_way == 0 and self._last_landing <= loop.time()

    @override
    async def async_read(self, slots: Collection[int]) -> dict[int, Reading]:
        await asyncio.sleep(self.latency)
        try:
            readings = await super().async_read(slots)
        except Exception:
            for slot in slots:
                self.ledger.unanswered(slot)
            raise
        shown = [
            self.ledger.shows(slot)
            for slot, reading in readings.items()
            if reading.occupancy is not Occupancy.UNKNOWN
        ]
        await asyncio.sleep(self.latency)
        self.looks += 1
        for each in shown:
            self.ledger.answered(each)
            asyncio.get_running_loop().call_later(0.01, self.ledger.believed, each)
        for slot in readings.keys() - {each.slot for each in shown}:
            self.ledger.unanswered(slot)
        return readings

    @override
    async def async_write(self, slot: int, target: CodeTarget) -> WriteResult:
        self.ledger.called(Call.WRITE, slot, target.pin.reveal())
        self.sent += 1
        self._under_way += 1
        held = Held(target.pin.reveal(), target.enabled, target.label)
        try:
            await asyncio.sleep(self.latency)
            self._slot = slot
            result = await super().async_write(slot, target)
        except asyncio.CancelledError:
            self._broken_off(slot, lambda: self.held.update({slot: held}))
            raise
        finally:
            self.ledger.returned(Call.WRITE, slot)
            self._under_way -= 1
        await asyncio.sleep(self.latency)
        return result

    @override
    async def async_clear(self, slot: int) -> WriteResult:
        self.ledger.called(Call.CLEAR, slot)
        self.sent += 1
        self._under_way += 1
        try:
            await asyncio.sleep(self.latency)
            self._slot = slot
            result = await super().async_clear(slot)
        except asyncio.CancelledError:
            self._broken_off(slot, lambda: self.held.pop(slot, None))
            raise
        finally:
            self.ledger.returned(Call.CLEAR, slot)
            self._under_way -= 1
        await asyncio.sleep(self.latency)
        return result

    @override
    def set_at_keypad(self, slot: int, code: str, *, told: bool = True) -> None:
        told = told and self.is_connected
        self.ledger.typed(slot, code, told=told)
        super().set_at_keypad(slot, code, told=told)

    @override
    def delete_at_keypad(self, slot: int, *, told: bool = True) -> None:
        told = told and self.is_connected
        self.ledger.deleted(slot, told=told)
        super().delete_at_keypad(slot, told=told)

    @override
    def delete_all_at_keypad(self, *, told: bool = True) -> None:
        told = told and self.is_connected
        for slot in list(self.held):
            self.ledger.deleted(slot, told=told)
        super().delete_all_at_keypad(told=told)

    @override
    def disable_at_lock(self, slot: int, *, told: bool = False) -> None:
        told = told and self.is_connected
        self.ledger.disabled(slot, told=told)
        super().disable_at_lock(slot, told=told)

    @override
    def _carry_out(self, change: Callable[[], object]) -> None:
        self._land_in_turn(self._slot, change)

    def _broken_off(self, slot: int, change: Callable[[], object]) -> None:
        """Carry out, or not, what was on its way to the lock."""
        if self.finishes:
            self._land_in_turn(slot, change)

    def _land_in_turn(self, slot: int, change: Callable[[], object]) -> None:
        loop = asyncio.get_running_loop()
        at = max(loop.time() + self.late_by, self._last_landing)
        self._last_landing = at
        if at <= loop.time():
            self._land(slot, change)
        else:
            loop.call_at(at, self._land, slot, change)

    def _land(self, slot: int, change: Callable[[], object]) -> None:
        change()
        self.ledger.landed(slot)
        self.on_landed()
