"""What a fake lock holds, what it shows of that, and what people do at its door."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace

from homeassistant.util import dt as dt_util

from custom_components.keyholder.model.lock_events import (
    AccessDenied,
    Action,
    Jammed,
    LockOperated,
    Method,
    SlotChanged,
)
from custom_components.keyholder.model.lock_schedule import NO_SCHEDULE, LockSchedule
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.provider_io import SlotReading
from custom_components.keyholder.model.slot_events import ChangeKind
from tests.harness.fakes.provider.connection import FakeConnection
from tests.harness.fakes.provider.terms import EnabledShown, Held, Profile


class FakeMemory(FakeConnection):
    """The codes of a lock, and its door."""

    def __init__(
        self,
        profile: Profile,
        codes: Mapping[int, str],
        *,
        tells_makers: bool,
        connected: bool,
        loses_reports: bool,
    ) -> None:
        """Hold these codes, which are somebody else's.

        `tells_makers`: of masked codes it is shown whether we made them.
        """
        super().__init__(connected=connected, loses_reports=loses_reports)
        self.held = {slot: Held(code, ours=False) for slot, code in codes.items()}
        self.limits: dict[int, LockSchedule] = {}
        """What the lock holds of limits, by slot; it outlives the code of the slot."""
        self.violations: list[str] = []
        """When a code was live without just the limits that it was to have."""
        self._profile = profile
        self._tells_makers = tells_makers
        self._late: list[Callable[[], object]] = []
        self._watchers: list[Callable[[], object]] = []

    @property
    def codes(self) -> dict[int, str]:
        """Return what is really in the lock."""
        return {slot: held.code for slot, held in self.held.items()}

    def watch(self, watcher: Callable[[], object]) -> None:
        """Call back whenever a command changes what the lock holds."""
        self._watchers.append(watcher)

    def land(self) -> None:
        """Carry out what was accepted while `faults.late` was set."""
        late, self._late = self._late, []
        for change in late:
            change()

    def set_at_keypad(self, slot: int, code: str, *, reported: bool = True) -> None:
        """Somebody programs a code at the lock."""
        self.held[slot] = Held(code, ours=False)
        if reported:
            self.emit(SlotChanged(slot, ChangeKind.SET))

    def delete_at_keypad(self, slot: int, *, reported: bool = True) -> None:
        """Somebody deletes a code at the lock."""
        self.held.pop(slot, None)
        if reported:
            self.emit(SlotChanged(slot, ChangeKind.CLEARED))

    def delete_all_at_keypad(self, *, reported: bool = True) -> None:
        """Somebody deletes all codes at the lock."""
        self.held.clear()
        if reported:
            self.emit(SlotChanged(None, ChangeKind.CLEARED))

    def disable_at_lock(self, slot: int, *, reported: bool = False) -> None:
        """Somebody switches a code off at the lock."""
        self.held[slot] = replace(self.held[slot], enabled=False)
        if reported:
            self.emit(SlotChanged(slot, ChangeKind.UNKNOWN))

    def wake_by_itself(self, slot: int) -> None:
        """A code that was off opens the door again, and nobody is notified."""
        self.held[slot] = replace(self.held[slot], enabled=True)

    def unlock_at_keypad(self, slot: int | None) -> None:
        """Somebody unlocks with the code of a slot; None where the lock does not say."""
        self.operate(Action.UNLOCK, Method.KEYPAD, slot)

    def operate(self, action: Action, method: Method, slot: int | None = None) -> None:
        """The bolt moves."""
        self.emit(LockOperated(action, method, slot, dt_util.utcnow()))

    def jam(self) -> None:
        """The bolt does not move."""
        self.emit(Jammed(dt_util.utcnow()))

    def deny(self) -> None:
        """Somebody is turned away."""
        self.emit(AccessDenied(dt_util.utcnow()))

    def _hold(self, slot: int, held: Held, limits: LockSchedule | None) -> None:
        """Keep a code, and take note if its limits are not those it was to have."""
        if (
            limits is not None
            and held.enabled
            and self.limits.get(slot, NO_SCHEDULE) != limits
        ):
            self.violations.append(f"slot {slot}: a code went live with other limits")
        self.held[slot] = held

    def _switch(self, slot: int, *, on: bool) -> None:
        if (held := self.held.get(slot)) is not None and held.ours:
            self.held[slot] = replace(held, enabled=on)

    def _show(self, slot: int) -> SlotReading:
        if self._profile is Profile.WRITE_ONLY:
            return SlotReading.unknown()
        if (held := self.held.get(slot)) is None:
            return SlotReading.empty()
        if self._profile is Profile.MASKING:
            ours = held.ours if self._tells_makers else None
            return SlotReading.masked(enabled=self._enabled(held), ours=ours)
        return SlotReading.present(Pin(held.code), enabled=self._enabled(held))

    def _enabled(self, held: Held) -> bool | None:
        match self.faults.enabled:
            case EnabledShown.NOT_SAID:
                return None
            case EnabledShown.OFF:
                return False
            case _:
                return held.enabled

    def _carry_out(self, stores: Callable[[], object]) -> None:
        def change() -> None:
            stores()
            for watcher in self._watchers:
                watcher()

        if self.faults.late:
            self._late.append(change)
        elif self.faults.commits_after:
            loop = asyncio.get_running_loop()
            loop.call_later(self.faults.commits_after, change)
        else:
            change()
