"""The way to a fake lock: open or not, slow, silent, and who listens to it."""

import asyncio
from collections.abc import Callable

from custom_components.keyholder.model.lock_events import (
    AddressChanged,
    Connected,
    Disconnected,
    LockEvent,
    SlotChanged,
)
from custom_components.keyholder.model.provider_io import LockAddress, WriteResult
from custom_components.keyholder.providers.base import (
    AddressChangedError,
    LockUnreachableError,
)
from tests.harness.fakes.provider.faults import Faults
from tests.harness.fakes.provider.terms import Call, Counts


class FakeConnection:
    """Everything that is asked of the lock, and reported by it, goes this way."""

    def __init__(self, *, connected: bool, loses_reports: bool) -> None:
        """Open the way, or leave it closed until `connect()`.

        `loses_reports`: what happens while nobody listens is never reported.
        """
        self.faults = Faults()
        self.counts = Counts()
        self.calls: list[tuple[Call, int | None]] = []
        """Every call with its slot, in order."""
        self.found_at: LockAddress | None = None
        """Where its slots are, as far as is known."""
        self.accepted: LockAddress | None = None
        """Where they may be; None for anywhere."""
        self._loses_reports = loses_reports
        self._connected = connected
        self._listeners: list[Callable[[LockEvent], None]] = []
        self._gates: dict[Call, asyncio.Event] = {}

    @property
    def listeners(self) -> int:
        """Return how many subscriptions there are."""
        return len(self._listeners)

    def hang(self, *calls: Call) -> None:
        """Let these calls (all of them if none is named) wait until `release()`."""
        for call in calls or tuple(Call):
            self._gates.setdefault(call, asyncio.Event())

    def release(self) -> None:
        """Let what hangs go on, as if nothing had been."""
        gates, self._gates = self._gates, {}
        for gate in gates.values():
            gate.set()

    def move(self, address: LockAddress) -> None:
        """Let the entity lead to another address."""
        self.found_at = address
        self.emit(Disconnected())
        self._emit_address()

    def _emit_address(self) -> None:
        if self._is_elsewhere:
            self.emit(AddressChanged(self.found_at))
        else:
            self.emit(AddressChanged(None))
            self.connect()

    @property
    def _is_elsewhere(self) -> bool:
        return self.accepted is not None and self.found_at != self.accepted

    def disconnect(self) -> None:
        """Lose the way to the lock: calls fail until `connect()`."""
        self._connected = False
        self.emit(Disconnected())

    def connect(self) -> None:
        """Open the way to the lock, for the first time or again."""
        self._connected = True
        self.emit(Connected(events_missed=self._loses_reports))

    def emit(self, event: LockEvent) -> None:
        """Tell every listener; one that fails does not stop another."""
        for listener in list(self._listeners):
            if listener in self._listeners:
                self._emit_to(listener, event)

    def _emit_to(self, listener: Callable[[LockEvent], None], event: LockEvent) -> None:
        try:
            listener(event)
        except Exception:  # noqa: BLE001 - as every provider has to
            return

    async def _begin(self, call: Call, slot: int | None) -> None:
        self.calls.append((call, slot))
        if self._is_elsewhere:
            assert self.found_at is not None
            raise AddressChangedError(self.found_at)
        if (gate := self._gates.get(call)) is not None:
            await self._wait(gate)
        if self.faults.breaks is not None:
            raise self.faults.breaks
        if not self._connected or self._strikes("unreachable"):
            raise LockUnreachableError

    async def _wait(self, gate: asyncio.Event) -> None:
        while not gate.is_set():
            try:
                await gate.wait()
            except asyncio.CancelledError:
                if not self.faults.deaf:
                    raise

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
            raise LockUnreachableError
        if self.faults.fails_late is not None:
            raise self.faults.fails_late
        if self._strikes("lost_answers"):
            raise LockUnreachableError
        return WriteResult.OPTIMISTIC

    def _strikes(self, fault: str) -> bool:
        """Return whether a counted fault hits now; uses up one of its count."""
        left: int | bool = getattr(self.faults, fault)
        if left is True or not left:
            return bool(left)
        setattr(self.faults, fault, left - 1)
        return True
