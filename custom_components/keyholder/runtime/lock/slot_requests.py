"""Requests of users about the slots of one lock, whose callers await an answer."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from homeassistant.core import callback

from ...logic.allocation import SlotCount
from ...logic.disabled_codes import allow_disabling
from ...model.provider_io import Capabilities, SlotReading
from ...providers.base import LockUnreachableError
from .connection import LockConnection
from .job_queue import AwaitedJobs, JobQueue, Priority
from .slot_allocator import SlotAllocator
from .slot_reader import SlotReader
from .slot_records import SlotRecords


class SlotRequests:
    """Reads slots for callers, who share a read and get None if the lock is unreachable."""

    def __init__(
        self,
        *,
        slot_records: SlotRecords,
        connection: LockConnection,
        reader: SlotReader,
        queue: JobQueue,
        allocator: SlotAllocator,
        capabilities: Callable[[], Awaitable[Capabilities]],
        verify: Callable[[int], Awaitable[bool]],
    ) -> None:
        """Await `verify` to read a managed slot back, in a job of the queue.

        `capabilities` returns those of the lock, and probes it if they are not known.
        """
        self._slot_records = slot_records
        self._connection = connection
        self._reader = reader
        self._allocator = allocator
        self._capabilities = capabilities
        self._verify_slot = verify
        self._awaited_jobs = AwaitedJobs(queue)

    async def async_read_slot(self, slot: int) -> SlotReading | None:
        """Read a slot now, with its code if readable; return None if there is no answer.

        The reading is for the engine, never for entities or services: it may hold the code.
        """
        self._connection.async_retry_now()
        return await self._awaited_jobs.async_run(
            ("show", slot), Priority.VERIFY, partial(self._reader.async_read, slot)
        )

    async def async_verify(self) -> dict[int, bool]:
        """Read every managed slot back now; return for each whether the lock answered.

        An unreachable lock is tried once, without back-off. Disabling is tried again for
        codes that the lock failed to disable.
        """
        self._connection.async_retry_now()
        asked = list(self._slot_records.records)
        for slot in asked:
            self._allow_disabling(slot)
        answers = await asyncio.gather(
            *(
                self._awaited_jobs.async_run(
                    ("verify", slot), Priority.VERIFY, partial(self._verify_slot, slot)
                )
                for slot in asked
            )
        )
        return {slot: bool(answer) for slot, answer in zip(asked, answers, strict=True)}

    async def async_check_capacity(self) -> SlotCount | None:
        """Return the slot count if no slot is free, else None.

        Reads until a slot is empty. Raises LockUnreachableError if the lock does not
        answer, a ProviderError or CallTimeoutError if its capabilities cannot be probed.
        """
        capabilities = await self._capabilities()
        found: SlotCount | None
        if capabilities.shows_occupancy:
            self._connection.async_retry_now()
            found = await self._awaited_jobs.async_run(
                "look",
                Priority.WRITE,
                partial(self._allocator.async_look, capabilities),
            )
        else:
            found = self._allocator.count_reserved(capabilities)
        if found is None:
            raise LockUnreachableError
        return None if found.has_free else found

    @callback
    def async_cancel_all(self) -> None:
        """Return None to all callers that wait: the lock gives no answer."""
        self._awaited_jobs.async_cancel_all()

    @callback
    def async_close(self) -> None:
        """Return None to every caller, now and from now on."""
        self._awaited_jobs.async_close()

    @callback
    def _allow_disabling(self, slot: int) -> None:
        record = self._slot_records.records.get(slot)
        if record is not None:
            self._slot_records.async_save(allow_disabling(record))
