"""The way from one instance to a lock: it ends with the instance, the lock goes on."""

from collections.abc import Callable, Collection
from typing import override

from custom_components.keyholder.model.lock_events import LockEvent
from custom_components.keyholder.model.lock_schedule import LockSchedule
from custom_components.keyholder.model.provider_io import (
    Capabilities,
    CodeTarget,
    SlotReading,
    WriteResult,
)
from custom_components.keyholder.providers.base import (
    LockProvider,
    LockUnreachableError,
    Unsubscribe,
)
from tests.harness.engine.delayed_lock import DelayedFakeLock
from tests.harness.engine.fake_disk import FakeDisk


class ProviderProxy(LockProvider):
    """Passes everything on, and sees that what is written is on disk before it is."""

    def __init__(self, lock: DelayedFakeLock, disk: FakeDisk, lock_id: str) -> None:
        """Connect an instance with a lock."""
        self.lock = lock
        self.lock_id = lock_id
        self._disk = disk
        self._is_cut = False
        self._capabilities: Capabilities | None = None

    def cut(self) -> None:
        """Let nothing through any more."""
        self._is_cut = True

    @property
    @override
    def capabilities(self) -> Capabilities | None:
        return self._capabilities

    @override
    async def async_probe(self) -> Capabilities:
        self._check()
        self._capabilities = await self.lock.async_probe()
        return self._capabilities

    @override
    async def async_read(self, slots: Collection[int]) -> dict[int, SlotReading]:
        self._check()
        return await self.lock.async_read(slots)

    @override
    async def async_write(self, slot: int, target: CodeTarget) -> WriteResult:
        self._check()
        if not self._is_intended(slot, target.pin.reveal()):
            fault = f"slot {slot} is written without an intent on disk"
            self.lock.oracle.faults.append(fault)
        return await self.lock.async_write(slot, target)

    @override
    async def async_clear(self, slot: int) -> WriteResult:
        self._check()
        return await self.lock.async_clear(slot)

    @override
    async def async_set_enabled(self, slot: int, *, on: bool) -> WriteResult:
        self._check()
        record = self._disk.record(self.lock_id, slot)
        if on and (record is None or record["target"]["desired"] != "present"):
            fault = f"slot {slot} is switched on without an intent on disk"
            self.lock.oracle.faults.append(fault)
        return await self.lock.async_set_enabled(slot, on=on)

    @override
    async def async_read_schedule(self, slot: int) -> LockSchedule | None:
        self._check()
        return await self.lock.async_read_schedule(slot)

    @override
    def subscribe(self, on_event: Callable[[LockEvent], None]) -> Unsubscribe:
        def pass_on(event: LockEvent) -> None:
            if not self._is_cut:
                on_event(event)

        return self.lock.subscribe(pass_on)

    def _check(self) -> None:
        if self._is_cut:
            raise LockUnreachableError

    def _is_intended(self, slot: int, code: str) -> bool:
        page = self._disk.page(self.lock_id)
        record = self._disk.record(self.lock_id, slot)
        if page is None or not page["open"] or record is None:
            return False
        pins = self._disk.pins(record["credential"]["person"])
        return (
            record["target"]["desired"] == "present"
            and record["owner_saved"]
            and pins.get(record["target"]["revision"]) == code
        )
