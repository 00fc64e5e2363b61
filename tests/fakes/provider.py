"""A lock in memory that has every kind of trouble, on command.

It is a provider like any other: the contract suite runs against it too. What hangs or
comes late does so until the test says otherwise, or for a number of seconds of the
event loop's own time.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum, auto
from typing import override

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lifecycle import Change
from custom_components.keyholder.model.limits import (
    UNRESTRICTED,
    Limits,
    ScheduleSupport,
)
from custom_components.keyholder.model.lock_events import (
    Action,
    Connected,
    Denied,
    Disconnected,
    Jammed,
    LockEvent,
    Method,
    Operated,
    SlotChanged,
    SlotRefused,
)
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.reading import (
    Advice,
    Capabilities,
    CodeTarget,
    Reading,
    WriteResult,
)
from custom_components.keyholder.model.slot import Reason
from custom_components.keyholder.providers.base import (
    CodeRejected,
    LimitsRefused,
    LimitsUnknown,
    LockProvider,
    LockUnreachable,
    NotSupported,
    SlotUnavailable,
    Unsubscribe,
)
from custom_components.keyholder.providers.registry import (
    ProviderFactory,
    ProviderLoader,
)


class Profile(Enum):
    """What the lock shows of its codes."""

    READABLE = Evidence.VALUE
    MASKING = Evidence.PRESENCE
    WRITE_ONLY = Evidence.ACKNOWLEDGED


class Call(StrEnum):
    """What can be asked of a provider."""

    PROBE = auto()
    READ = auto()
    WRITE = auto()
    CLEAR = auto()
    SWITCH = auto()
    READ_LIMITS = auto()


class EnabledShown(Enum):
    """What a lock says of whether the code in a slot is switched on."""

    AS_HELD = auto()
    NOT_SAID = auto()
    OFF = auto()


@dataclass(slots=True)
class Faults:
    """What is wrong with the lock. A number is how often, True is always."""

    drop_writes: int | bool = False
    """Accepted and not stored."""
    drop_clears: int | bool = False
    """Accepted and not cleared."""
    drop_switches: int | bool = False
    """Accepted, and the code stays as it was."""
    refuse_switches: bool = False
    """A switch is refused: the lock says that it cannot."""
    late: bool = False
    """Accepted, and carried out by `land()`."""
    silent_reads: int | bool = False
    """A read brings `unknown`: no answer, or none that can be understood."""
    silent_slots: set[int] = field(default_factory=set)
    """Slots that no read tells anything of."""
    unreachable: int | bool = False
    """LockUnreachable, before anything happens."""
    lost_answers: int | bool = False
    """LockUnreachable, after a write or clear was carried out."""
    commits_after: float = 0
    """Seconds after which what was accepted is carried out."""
    answers_after: float = 0
    """Seconds after which a call returns; what it does is done before."""
    claims: bool = False
    """Every command is reported as done, carried out or not."""
    claims_after: float | None = None
    """Seconds after which a command is reported as done, whatever its answer was."""
    cut_off: int | bool = False
    """The way to the lock goes once a command was carried out: no answer."""
    enabled: EnabledShown = EnabledShown.AS_HELD
    refuse: Reason | None = None
    """A write is refused, and why."""
    refuse_late: float | None = None
    """A write is accepted; so many seconds later it is refused as a duplicate."""
    refuse_duplicates: bool = True
    """A code that another slot has is refused."""
    refuse_limits: int | bool = False
    """LimitsRefused, before anything happens."""
    drop_limits: int | bool = False
    """Limits are accepted and not stored, which reading them back shows."""
    keep_limits: int | bool = False
    """The limits of an earlier holder are not erased, which reading them back shows."""
    silent_limits: int | bool = False
    """A read of limits brings no answer; within a write: LimitsUnknown."""
    limits_need_code: bool = False
    """A slot takes limits only while a code is in it, be it a disabled one."""
    breaks: BaseException | None = None
    """Raised by every call."""
    fails_late: BaseException | None = None
    """Raised by every command, after it was carried out."""
    deaf: bool = False
    """A call that hangs cannot be cancelled, only released."""


@dataclass(slots=True)
class Counts:
    """How often the lock was used, whatever became of it. Reads count per slot."""

    reads: int = 0
    writes: int = 0
    clears: int = 0
    switches: int = 0
    limits: int = 0
    """How often limits were erased, set or read, each as a whole."""

    @property
    def total(self) -> int:
        """Return all of them."""
        changes = self.writes + self.clears + self.switches
        return self.reads + changes + self.limits


@dataclass(slots=True)
class Held:
    """What a slot really holds."""

    code: str = field(repr=False)
    enabled: bool = True
    label: str = ""
    ours: bool = True


def loader_of(locks: Mapping[str, FakeProvider]) -> ProviderLoader:
    """Return a loader for `registry.LOADERS`: the lock entity's unique id says which."""

    async def load(_: HomeAssistant) -> ProviderFactory:
        return lambda _, lock: locks[lock.unique_id]

    return load


class FakeProvider(LockProvider):
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
    ) -> None:
        """Make a lock with slots 1 to `slots`.

        `tells_makers`: of masked codes it is shown whether we made them.
        `loses_reports`: what happens while nobody listens is never told.
        """
        self.faults = Faults()
        self.counts = Counts()
        self.held = {
            slot: Held(code, ours=False) for slot, code in (codes or {}).items()
        }
        self.calls: list[tuple[Call, int | None]] = []
        """Every call with its slot, in order."""
        self.limits: dict[int, Limits] = {}
        """What the lock holds of limits, by slot; it outlives the code of the slot."""
        self.violations: list[str] = []
        """When a code was live without just the limits that it was to have."""
        self._will_have = Capabilities(
            slots=range(1, slots + 1),
            pin_min_length=pin_lengths[0],
            pin_max_length=pin_lengths[1],
            best_evidence=profile.value,
            reports_changes=reports_changes,
            schedules=schedules,
            switches_codes=switches_codes,
        )
        self._profile = profile
        self._tells_makers = tells_makers
        self._loses_reports = loses_reports
        self.recalled: Mapping[int, Mapping[str, int]] = {}
        """What was to be remembered for the lock, and was given back."""
        self._capabilities: Capabilities | None = None
        self._connected = connected
        self._listeners: list[Callable[[LockEvent], None]] = []
        self._late: list[Callable[[], object]] = []
        self._watchers: list[Callable[[], object]] = []
        self._gates: dict[Call, asyncio.Event] = {}

    # The provider

    @property
    @override
    def capabilities(self) -> Capabilities | None:
        """Return what the last probe found."""
        return self._capabilities

    @property
    @override
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
    async def async_read(self, slots: Collection[int]) -> dict[int, Reading]:
        """Show each slot as the profile allows."""
        readings = {}
        for slot in slots:
            self._check(slot)
        for slot in slots:
            self.counts.reads += 1
            await self._begin(Call.READ, slot)
            silent = slot in self.faults.silent_slots or self._strikes("silent_reads")
            readings[slot] = Reading.unknown() if silent else self._show(slot)
        await self._take_time()
        return readings

    @override
    async def async_write(self, slot: int, target: CodeTarget) -> WriteResult:
        """Store a code, or not."""
        self._check(slot)
        limits = target.limits
        if limits is not None and not _fits(limits, self._will_have.schedules):
            raise LimitsRefused
        self.counts.writes += 1
        await self._begin(Call.WRITE, slot)
        code = target.pin.reveal()
        if limits is not None:
            await self._put_limits(slot, limits, Held(code, enabled=False))
        if self.faults.refuse is not None:
            raise CodeRejected(self.faults.refuse)
        if self.faults.refuse_duplicates and any(
            held.code == code for other, held in self.held.items() if other != slot
        ):
            raise CodeRejected(Reason.DUPLICATE)
        late = self.faults.refuse_late
        if late is not None:
            refused = SlotRefused(slot, Reason.DUPLICATE)
            asyncio.get_running_loop().call_later(late, self.emit, refused)
        elif not self._strikes("drop_writes"):
            held = Held(code, target.enabled, target.label)
            self._carry_out(lambda: self._hold(slot, held, limits))
        self._claim(SlotChanged(slot, Change.SET))
        return await self._accepted()

    @override
    async def async_clear(self, slot: int) -> WriteResult:
        """Empty a slot, or not."""
        self._check(slot)
        self.counts.clears += 1
        await self._begin(Call.CLEAR, slot)
        if not self._strikes("drop_clears"):
            self._carry_out(lambda: self.held.pop(slot, None))
        self._claim(SlotChanged(slot, Change.CLEARED))
        return await self._accepted()

    @override
    async def async_switch(self, slot: int, *, on: bool) -> WriteResult:
        """Switch a code on or off, or not."""
        self._check(slot)
        if not self._will_have.switches_codes:
            raise NotSupported("the lock switches no codes")
        self.counts.switches += 1
        await self._begin(Call.SWITCH, slot)
        if self.faults.refuse_switches:
            raise NotSupported("the lock switches no codes today")
        if (held := self.held.get(slot)) is None or not held.ours:
            raise CodeRejected(Reason.OCCUPIED)
        if not self._strikes("drop_switches"):
            self._carry_out(lambda: self._switch(slot, on=on))
        self._claim(SlotChanged(slot, Change.UNKNOWN))
        return await self._accepted()

    @override
    async def async_read_limits(self, slot: int) -> Limits | None:
        """Show the limits of a slot."""
        self._check(slot)
        if self._will_have.schedules is None:
            raise NotSupported("the lock has no schedules")
        self.counts.limits += 1
        await self._begin(Call.READ_LIMITS, slot)
        await self._take_time()
        if self._strikes("silent_limits"):
            return None
        return self.limits.get(slot, UNRESTRICTED)

    @override
    def recall(self, bindings: Mapping[int, Mapping[str, int]]) -> None:
        """Keep what is given back."""
        self.recalled = bindings

    @override
    def subscribe(self, on_event: Callable[[LockEvent], None]) -> Unsubscribe:
        """Add a listener."""
        self._listeners.append(on_event)
        if self._connected:
            self._emit_to(on_event, Connected(missed=self._loses_reports))

        def unsubscribe() -> None:
            if on_event in self._listeners:
                self._listeners.remove(on_event)

        return unsubscribe

    # What a test looks at and does

    @property
    def codes(self) -> dict[int, str]:
        """Return what is really in the lock."""
        return {slot: held.code for slot, held in self.held.items()}

    @property
    def listeners(self) -> int:
        """Return how many subscriptions there are."""
        return len(self._listeners)

    def watch(self, watcher: Callable[[], object]) -> None:
        """Call back whenever a command changes what the lock holds."""
        self._watchers.append(watcher)

    def hang(self, *calls: Call) -> None:
        """Let these calls (all of them if none is named) wait until `release()`."""
        for call in calls or tuple(Call):
            self._gates.setdefault(call, asyncio.Event())

    def release(self) -> None:
        """Let what hangs go on, as if nothing had been."""
        gates, self._gates = self._gates, {}
        for gate in gates.values():
            gate.set()

    def land(self) -> None:
        """Carry out what was accepted while `faults.late` was set."""
        late, self._late = self._late, []
        for change in late:
            change()

    def learn(
        self, *, schedules: ScheduleSupport | None = None, advice: Advice | None = None
    ) -> None:
        """Be able to enforce limits from the next probe on, or have other advice."""
        self._will_have = replace(self._will_have, schedules=schedules, advice=advice)

    def disconnect(self) -> None:
        """Lose the way to the lock: calls fail until `connect()`."""
        self._connected = False
        self.emit(Disconnected())

    def connect(self) -> None:
        """Open the way to the lock, for the first time or again."""
        self._connected = True
        self.emit(Connected(missed=self._loses_reports))

    def set_at_keypad(self, slot: int, code: str, *, told: bool = True) -> None:
        """Somebody programs a code at the lock."""
        self.held[slot] = Held(code, ours=False)
        if told:
            self.emit(SlotChanged(slot, Change.SET))

    def delete_at_keypad(self, slot: int, *, told: bool = True) -> None:
        """Somebody deletes a code at the lock."""
        self.held.pop(slot, None)
        if told:
            self.emit(SlotChanged(slot, Change.CLEARED))

    def delete_all_at_keypad(self, *, told: bool = True) -> None:
        """Somebody deletes all codes at the lock."""
        self.held.clear()
        if told:
            self.emit(SlotChanged(None, Change.CLEARED))

    def disable_at_lock(self, slot: int, *, told: bool = False) -> None:
        """Somebody switches a code off at the lock."""
        self.held[slot] = replace(self.held[slot], enabled=False)
        if told:
            self.emit(SlotChanged(slot, Change.UNKNOWN))

    def wake_by_itself(self, slot: int) -> None:
        """A code that was off opens the door again, and nobody is told."""
        self.held[slot] = replace(self.held[slot], enabled=True)

    def unlock_at_keypad(self, slot: int | None) -> None:
        """Somebody unlocks with the code of a slot; None where the lock does not say."""
        self.operate(Action.UNLOCK, Method.KEYPAD, slot)

    def operate(self, action: Action, method: Method, slot: int | None = None) -> None:
        """The bolt moves."""
        self.emit(Operated(action, method, slot, dt_util.utcnow()))

    def jam(self) -> None:
        """The bolt does not move."""
        self.emit(Jammed(dt_util.utcnow()))

    def deny(self) -> None:
        """Somebody is turned away."""
        self.emit(Denied(dt_util.utcnow()))

    def emit(self, event: LockEvent) -> None:
        """Tell every listener; one that fails does not stop another."""
        for listener in list(self._listeners):
            self._emit_to(listener, event)

    # Inside

    def _emit_to(self, listener: Callable[[LockEvent], None], event: LockEvent) -> None:
        try:
            listener(event)
        except Exception:  # noqa: BLE001 - as every provider has to
            return

    def _check(self, slot: int) -> None:
        if slot not in self._will_have.slots:
            raise SlotUnavailable(f"the lock has no slot {slot}")

    async def _begin(self, call: Call, slot: int | None) -> None:
        self.calls.append((call, slot))
        if (gate := self._gates.get(call)) is not None:
            await self._wait(gate)
        if self.faults.breaks is not None:
            raise self.faults.breaks
        if not self._connected or self._strikes("unreachable"):
            raise LockUnreachable

    async def _wait(self, gate: asyncio.Event) -> None:
        while not gate.is_set():
            try:
                await gate.wait()
            except asyncio.CancelledError:
                if not self.faults.deaf:
                    raise

    async def _put_limits(self, slot: int, limits: Limits, disabled: Held) -> None:
        """Have the limits in force, with at most a code that is switched off."""
        if self._will_have.schedules is None:
            return
        if not limits.is_unrestricted and self._strikes("refuse_limits"):
            raise LimitsRefused
        if (held := self.held.get(slot)) is not None and held.enabled:
            self.violations.append(f"slot {slot}: the limits of a live code changed")
        before = self.held.get(slot)
        if self.faults.limits_need_code and not limits.is_unrestricted:
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

    async def _set_limits(self, slot: int, limits: Limits) -> None:
        self.counts.limits += 1
        if not self._strikes("keep_limits"):
            self.limits.pop(slot, None)
        if not limits.is_unrestricted:
            self.counts.limits += 1
            if not self._strikes("drop_limits"):
                self.limits[slot] = limits
        shown = await self.async_read_limits(slot)
        if shown is None:
            raise LimitsUnknown
        if shown != limits:
            raise LimitsRefused

    def _hold(self, slot: int, held: Held, limits: Limits | None) -> None:
        """Keep a code, and take note if its limits are not those it was to have."""
        if (
            limits is not None
            and held.enabled
            and self.limits.get(slot, UNRESTRICTED) != limits
        ):
            self.violations.append(f"slot {slot}: a code went live with other limits")
        self.held[slot] = held

    def _switch(self, slot: int, *, on: bool) -> None:
        if (held := self.held.get(slot)) is not None and held.ours:
            self.held[slot] = replace(held, enabled=on)

    def _show(self, slot: int) -> Reading:
        if self._profile is Profile.WRITE_ONLY:
            return Reading.unknown()
        if (held := self.held.get(slot)) is None:
            return Reading.empty()
        if self._profile is Profile.MASKING:
            ours = held.ours if self._tells_makers else None
            return Reading.masked(enabled=self._enabled(held), ours=ours)
        return Reading.present(Pin(held.code), enabled=self._enabled(held))

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

    def _claim(self, event: SlotChanged) -> None:
        if self.faults.claims:
            self.emit(event)
        if (after := self.faults.claims_after) is not None:
            asyncio.get_running_loop().call_later(after, self.emit, event)

    async def _take_time(self) -> None:
        if self.faults.answers_after:
            await asyncio.sleep(self.faults.answers_after)

    async def _accepted(self) -> WriteResult:
        await self._take_time()
        if self._strikes("cut_off"):
            self.disconnect()
            raise LockUnreachable
        if self.faults.fails_late is not None:
            raise self.faults.fails_late
        if self._strikes("lost_answers"):
            raise LockUnreachable
        return WriteResult.OPTIMISTIC

    def _strikes(self, fault: str) -> bool:
        """Return whether a counted fault hits now; uses up one of its count."""
        left: int | bool = getattr(self.faults, fault)
        if left is True or not left:
            return bool(left)
        setattr(self.faults, fault, left - 1)
        return True


def _fits(limits: Limits, support: ScheduleSupport | None) -> bool:
    """Return whether a lock has room for the limits, of one kind only."""
    if support is None:
        return limits.is_unrestricted
    counts = (len(limits.week_days), len(limits.daily), len(limits.year_days))
    room = (support.week_days, support.daily, support.year_days)
    return sum(map(bool, counts)) <= 1 and all(
        asked <= offered for asked, offered in zip(counts, room, strict=True)
    )
