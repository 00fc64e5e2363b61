"""A lock in memory as a provider: what the engine asks of it."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import override

from homeassistant.core import HomeAssistant

from custom_components.keyholder.model.lock_events import (
    Connected,
    LockEvent,
    SlotChanged,
    WriteRejected,
)
from custom_components.keyholder.model.lock_schedule import (
    NO_SCHEDULE,
    LockSchedule,
    ScheduleSupport,
)
from custom_components.keyholder.model.provider_io import (
    Capabilities,
    CodeTarget,
    ConfigurationHint,
    LockAddress,
    SlotReading,
    WriteResult,
)
from custom_components.keyholder.model.slot import Reason
from custom_components.keyholder.model.slot_events import ChangeKind
from custom_components.keyholder.providers.base import (
    CodeRejectedError,
    LockProvider,
    NotSupportedError,
    ScheduleRejectedError,
    ScheduleUnconfirmedError,
    SlotUnavailableError,
    Unsubscribe,
)
from custom_components.keyholder.providers.registry import (
    ProviderFactory,
    ProviderLoader,
)
from tests.harness.fakes.provider.memory import FakeMemory
from tests.harness.fakes.provider.terms import Call, Held, Profile


def loader_of(locks: Mapping[str, FakeProvider]) -> ProviderLoader:
    """Return a loader for `registry.LOADERS`: the lock entity's unique id says which."""

    async def load(_: HomeAssistant) -> ProviderFactory:
        return lambda _, lock: locks[lock.unique_id]

    return load


class FakeProvider(FakeMemory, LockProvider):
    """One lock. Tests use the plain methods, the engine those of LockProvider."""

    def __init__(
        self,
        profile: Profile = Profile.READABLE,
        *,
        slots: int = 10,
        codes: Mapping[int, str] | None = None,
        pin_lengths: tuple[int, int] = (4, 8),
        reports_changes: bool = True,
        connected: bool = True,
        schedules: ScheduleSupport | None = None,
        tells_makers: bool = False,
        loses_reports: bool = False,
        switches_codes: bool = False,
        keeps_names: bool = False,
    ) -> None:
        """Make a lock with slots 1 to `slots`.

        `tells_makers`: of masked codes it is shown whether we made them.
        `loses_reports`: what happens while nobody listens is never reported.
        """
        super().__init__(
            profile,
            codes or {},
            tells_makers=tells_makers,
            connected=connected,
            loses_reports=loses_reports,
        )
        self.recalled: Mapping[int, Mapping[str, int]] = {}
        """What was to be remembered for the lock, and was given back."""
        self._will_have = Capabilities(
            slots=range(1, slots + 1),
            pin_min_length=pin_lengths[0],
            pin_max_length=pin_lengths[1],
            best_evidence=profile.value,
            reports_changes=reports_changes,
            schedules=schedules,
            can_disable_codes=switches_codes,
            keeps_names=keeps_names,
        )
        self._capabilities: Capabilities | None = None

    @override
    def address(self) -> LockAddress | None:
        """Return where the slots of the lock are."""
        return self.found_at

    @override
    def accept_address(self, address: LockAddress) -> None:
        """Answer at this address only."""
        self.accepted = address

    @property
    @override
    def capabilities(self) -> Capabilities | None:
        """Return what the last probe found."""
        return self._capabilities

    def forget(self) -> None:
        """Know nothing of the lock until it is probed, as after a start."""
        self._capabilities = None

    @property
    def is_connected(self) -> bool:
        """Return whether the way to the lock is open."""
        return self._connected

    @override
    async def async_probe(self) -> Capabilities:
        """Return what the lock was made with."""
        await self._begin(Call.PROBE, None)
        self._capabilities = self._will_have
        return self._will_have

    @override
    async def async_answers_reads(self) -> bool:
        """Say whether it does."""
        await self._begin(Call.PROBE, None)
        return not self.faults.reads_unsupported

    @override
    def set_unreadable(self) -> None:
        """Show nothing from now on."""
        self._will_have = self._will_have.without_reads()
        self.forget()

    @override
    async def async_read(self, slots: Collection[int]) -> dict[int, SlotReading]:
        """Show each slot as the profile allows."""
        readings = {}
        for slot in slots:
            self._check(slot)
        for slot in slots:
            self.counts.reads += 1
            await self._begin(Call.READ, slot)
            silent = (
                slot in self.faults.silent_slots
                or self.faults.reads_unsupported
                or self._strikes("silent_reads")
            )
            if slot in self.faults.slots_not_usable:
                readings[slot] = SlotReading.not_usable()
            else:
                readings[slot] = SlotReading.unknown() if silent else self._show(slot)
        await self._take_time()
        return readings

    @override
    async def async_write(self, slot: int, target: CodeTarget) -> WriteResult:
        """Store a code, or not."""
        self._check(slot)
        limits = target.schedule
        if limits is not None and not _fits(limits, self._will_have.schedules):
            raise ScheduleRejectedError
        self.counts.writes += 1
        await self._begin(Call.WRITE, slot)
        code = target.pin.reveal()
        if limits is not None:
            await self._put_limits(slot, limits, Held(code, enabled=False))
        if self.faults.refuse is not None:
            raise CodeRejectedError(self.faults.refuse)
        if self.faults.refuse_duplicates and any(
            held.code == code for other, held in self.held.items() if other != slot
        ):
            raise CodeRejectedError(Reason.DUPLICATE)
        late = self.faults.refuse_late
        if late is not None:
            refused = WriteRejected(slot, Reason.DUPLICATE)
            asyncio.get_running_loop().call_later(late, self.emit, refused)
        elif len(code) not in self.faults.drops_lengths and not self._strikes(
            "drop_writes"
        ):
            held = Held(code, target.enabled, target.person_name)
            self._carry_out(lambda: self._hold(slot, held, limits))
        self._claim(SlotChanged(slot, ChangeKind.SET))
        return await self._accepted()

    @override
    async def async_clear(self, slot: int) -> WriteResult:
        """Empty a slot, or not."""
        self._check(slot)
        self.counts.clears += 1
        await self._begin(Call.CLEAR, slot)
        if not self._strikes("drop_clears"):
            self._carry_out(lambda: self.held.pop(slot, None))
        self._claim(SlotChanged(slot, ChangeKind.CLEARED))
        return await self._accepted()

    @override
    async def async_set_enabled(self, slot: int, *, on: bool) -> WriteResult:
        """Switch a code on or off, or not."""
        self._check(slot)
        if not self._will_have.can_disable_codes:
            raise NotSupportedError("the lock switches no codes")
        self.counts.switches += 1
        await self._begin(Call.SWITCH, slot)
        if self.faults.refuse_switches:
            raise NotSupportedError("the lock switches no codes today")
        if (held := self.held.get(slot)) is None or not held.ours:
            raise CodeRejectedError(Reason.OCCUPIED)
        if not self._strikes("drop_switches"):
            self._carry_out(lambda: self._switch(slot, on=on))
        self._claim(SlotChanged(slot, ChangeKind.UNKNOWN))
        return await self._accepted()

    @override
    async def async_rename(self, slot: int, name: str) -> WriteResult:
        """Change the name that is kept with a code."""
        self._check(slot)
        if not self._will_have.keeps_names:
            raise NotSupportedError("the lock keeps no names")
        self.counts.renames += 1
        await self._begin(Call.RENAME, slot)
        if self.faults.refuse is not None:
            raise CodeRejectedError(self.faults.refuse)
        if (held := self.held.get(slot)) is None or not held.ours:
            raise CodeRejectedError(Reason.OCCUPIED)
        held.label = name
        return await self._accepted()

    @override
    async def async_read_schedule(self, slot: int) -> LockSchedule | None:
        """Show the limits of a slot."""
        self._check(slot)
        if self._will_have.schedules is None:
            raise NotSupportedError("the lock has no schedules")
        self.counts.limits += 1
        await self._begin(Call.READ_LIMITS, slot)
        await self._take_time()
        if self._strikes("silent_limits"):
            return None
        return self.limits.get(slot, NO_SCHEDULE)

    @override
    def restore_bindings(self, bindings: Mapping[int, Mapping[str, int]]) -> None:
        """Keep what is given back."""
        self.recalled = bindings

    @override
    def subscribe(self, on_event: Callable[[LockEvent], None]) -> Unsubscribe:
        """Add a listener."""
        self._listeners.append(on_event)
        if self._connected:
            self._emit_to(on_event, Connected(events_missed=self._loses_reports))

        def unsubscribe() -> None:
            if on_event in self._listeners:
                self._listeners.remove(on_event)

        return unsubscribe

    def learn(
        self,
        *,
        schedules: ScheduleSupport | None = None,
        advice: ConfigurationHint | None = None,
    ) -> None:
        """Be able to enforce limits from the next probe on, or have other advice."""
        self._will_have = replace(
            self._will_have, schedules=schedules, configuration_hint=advice
        )

    def _check(self, slot: int) -> None:
        if slot not in self._will_have.slots:
            raise SlotUnavailableError(f"the lock has no slot {slot}")

    async def _put_limits(
        self, slot: int, limits: LockSchedule, disabled: Held
    ) -> None:
        """Have the limits in force, with at most a code that is switched off."""
        if self._will_have.schedules is None:
            return
        if not limits.is_empty and self._strikes("refuse_limits"):
            raise ScheduleRejectedError
        if (held := self.held.get(slot)) is not None and held.enabled:
            self.violations.append(f"slot {slot}: the limits of a live code changed")
        before = self.held.get(slot)
        if self.faults.limits_need_code and not limits.is_empty:
            self.counts.writes += 1
            self.held[slot] = disabled
        try:
            await self._set_limits(slot, limits)
        except BaseException:
            if self.held.get(slot) is disabled:
                self.held.pop(slot)
                if before is not None:
                    self.held[slot] = before
            raise

    async def _set_limits(self, slot: int, limits: LockSchedule) -> None:
        self.counts.limits += 1
        if not self._strikes("keep_limits"):
            self.limits.pop(slot, None)
        if not limits.is_empty:
            self.counts.limits += 1
            if not self._strikes("drop_limits"):
                self.limits[slot] = limits
        shown = await self.async_read_schedule(slot)
        if shown is None:
            raise ScheduleUnconfirmedError
        if shown != limits:
            raise ScheduleRejectedError


def _fits(limits: LockSchedule, support: ScheduleSupport | None) -> bool:
    """Return whether a lock has room for the limits, of one kind only."""
    if support is None:
        return limits.is_empty
    counts = (len(limits.week_days), len(limits.daily), len(limits.year_days))
    room = (support.week_days, support.daily, support.year_days)
    return sum(map(bool, counts)) <= 1 and all(
        asked <= offered for asked, offered in zip(counts, room, strict=True)
    )
