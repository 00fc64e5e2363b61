"""Calls a provider with a timeout, maps its errors, and tracks whether it is reachable."""

from collections.abc import Callable, Collection, Coroutine, Hashable
from datetime import datetime
import logging
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ...logic.unanswered import ANSWERED
from ...model.lock_schedule import LockSchedule
from ...model.provider_io import CodeTarget, LockAddress, Occupancy, SlotReading
from ...model.slot import Reason
from ...model.slot_events import CommandOutcome, OutcomeUnknown, Rejected
from ...model.timing import MAX_UNANSWERED_CALLS, Timing, backoff
from ...providers.base import (
    AddressChangedError,
    CodeRejectedError,
    IncompatibleLibraryError,
    LockProvider,
    LockUnreachableError,
    NotSupportedError,
    ScheduleRejectedError,
    ScheduleUnconfirmedError,
    SlotUnavailableError,
    TemporarilyRefusedError,
)
from .job_queue import JobQueue
from .timeouts import CallTimeoutError, async_run_with_timeout

_LOGGER: Final = logging.getLogger(__name__)


class LockConnection:
    """The connection to one lock: runs provider calls and maps results and errors.

    While the lock is unreachable its queue is held, and retried with growing back-off.
    A lock whose calls return without data counts as unreachable too. It is reachable
    again after a read with a known occupancy or, on a lock that cannot report
    occupancy, an accepted command. `reachable` and `incompatible` are the last result,
    `unanswered` is since when there was none, and `changed_address` where the lock was
    found last, if that address is not accepted.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        name: str,
        *,
        provider: LockProvider,
        queue: JobQueue,
        timing: Timing,
        on_change: Callable[[], None],
        on_lost: Callable[[], None],
        on_regained: Callable[[], None],
        on_retry: Callable[[], None],
        asks_unprompted: bool = True,
    ) -> None:
        """Set up a connection that counts as unreachable until the lock has answered.

        `on_change` is called when `reachable`, `incompatible` or `changed_address`
        changes, `on_lost` each time that the lock did not answer, `on_regained` when it
        is reachable again, and `on_retry` when it is time to retry the lock.
        `asks_unprompted`: a lock that shows its slots is read soon after it has connected.
        """
        self._hass = hass
        self._name = name
        self._provider = provider
        self._queue = queue
        self._timing = timing
        self._on_change = on_change
        self._on_lost = on_lost
        self._on_regained = on_regained
        self._on_retry = on_retry
        self._asks_unprompted = asks_unprompted
        self._failures = 0
        self._calls = 0
        self._unanswered_calls = 0
        self._unanswered_slots: set[int] = set()
        self._error_logged = False
        self._unsub_retry: CALLBACK_TYPE | None = None
        self._closed = False
        self.reachable = False
        self.incompatible = False
        self.unanswered = ANSWERED
        self.changed_address: LockAddress | None = None

    async def async_read(self, slot: int) -> SlotReading | None:
        """Read one slot; return None if the read failed."""
        try:
            readings = await self._bounded(self._provider.async_read([slot]))
        except (LockUnreachableError, CallTimeoutError) as err:
            self._on_no_answer(err)
            return None
        except IncompatibleLibraryError as err:
            self.async_mark_incompatible(err)
            return None
        except Exception as err:  # noqa: BLE001 - any fault of a library stays here
            self.async_log_unexpected_error("read", err)
            self._record_no_answer(slot)
            return None
        reading = readings.get(slot, SlotReading.unknown())
        if reading.occupancy is not Occupancy.UNKNOWN:
            self.async_mark_reachable()
            return reading
        if self._shows_occupancy:
            self._record_no_answer(slot)
        return None

    async def async_read_schedule(self, slot: int) -> LockSchedule | None:
        """Read the schedule of a slot; return None if the read failed."""
        try:
            return await self._bounded(self._provider.async_read_schedule(slot))
        except (LockUnreachableError, CallTimeoutError) as err:
            self._on_no_answer(err)
        except IncompatibleLibraryError as err:
            self.async_mark_incompatible(err)
        except Exception as err:  # noqa: BLE001 - any fault of a library stays here
            self.async_log_unexpected_error("read of schedules", err)
        return None

    async def async_write(self, slot: int, target: CodeTarget) -> CommandOutcome:
        """Write a code to a slot; return the outcome."""
        call = self._provider.async_write(slot, target)
        return await self._command("write", slot, call)

    async def async_clear(self, slot: int) -> CommandOutcome:
        """Clear a slot; return the outcome."""
        return await self._command("clear", slot, self._provider.async_clear(slot))

    async def async_set_enabled(self, slot: int, *, on: bool) -> CommandOutcome:
        """Enable or disable the code of a slot; return the outcome."""
        call = self._provider.async_set_enabled(slot, on=on)
        return await self._command("switch", slot, call)

    async def async_rename(self, slot: int, name: str) -> CommandOutcome:
        """Change the name that the lock keeps with a code; return the outcome."""
        return await self._command(
            "name", slot, self._provider.async_rename(slot, name)
        )

    async def _command(
        self, what: str, slot: int, call: Coroutine[Any, Any, CommandOutcome]
    ) -> CommandOutcome:
        try:
            outcome = await self._bounded(call)
        except ScheduleUnconfirmedError:
            self._record_no_answer(slot)
            return OutcomeUnknown(counts_as_failure=True)
        except (LockUnreachableError, CallTimeoutError) as err:
            self._on_no_answer(err)
            return OutcomeUnknown(counts_as_failure=False)
        except CodeRejectedError as err:
            outcome = Rejected(err.reason)
        except ScheduleRejectedError:
            outcome = Rejected(Reason.LIMITS_REFUSED)
        except SlotUnavailableError:
            outcome = Rejected(Reason.SLOT_UNAVAILABLE)
        except NotSupportedError:
            outcome = Rejected(Reason.NOT_SUPPORTED)
        except TemporarilyRefusedError as err:
            outcome = OutcomeUnknown(counts_as_failure=True, reason=err.reason)
        except IncompatibleLibraryError as err:
            self.async_mark_incompatible(err)
            return OutcomeUnknown(counts_as_failure=False)
        except Exception as err:  # noqa: BLE001 - any fault of a library stays here
            self.async_log_unexpected_error(what, err)
            self._record_no_answer(slot)
            return OutcomeUnknown(counts_as_failure=True)
        if not self._shows_occupancy:
            self.async_mark_reachable()
        return outcome

    async def _bounded[T](self, call: Coroutine[Any, Any, T]) -> T:
        self._calls += 1
        return await async_run_with_timeout(call, self._timing.job_timeout)

    @property
    def can_continue(self) -> bool:
        """Return whether the running job may make its next call."""
        return not self._queue.is_held

    @property
    def _shows_occupancy(self) -> bool:
        """Return whether the lock can report occupancy; true while that is unknown."""
        capabilities = self._provider.capabilities
        return capabilities is None or capabilities.shows_occupancy

    @callback
    def _record_no_answer(self, slot: int) -> None:
        """Count a call without an answer; several in a row mark the lock unreachable."""
        self._unanswered_calls += 1
        self._unanswered_slots.add(slot)
        if self._unanswered_calls < MAX_UNANSWERED_CALLS and self.reachable:
            return
        unanswered = frozenset(self._unanswered_slots)
        # one slot that gives no answer must not block the jobs of the others
        self._set_unreachable(
            None if len(unanswered) > 1 else lambda key: not _is_of(key, unanswered)
        )

    @callback
    def _on_no_answer(self, err: LockUnreachableError | CallTimeoutError) -> None:
        self._note_address(err)
        self._set_unreachable(None)

    @callback
    def async_mark_unreachable(self, err: Exception | None = None) -> None:
        """Mark the lock unreachable because the connection to it is lost.

        `err` is the error of the call that found it so, if one did.
        """
        self._note_address(err)
        self.unanswered = self.unanswered.after_disconnected(dt_util.utcnow())
        self._hold_and_retry(None)

    @callback
    def _note_address(self, err: Exception | None) -> None:
        if isinstance(err, AddressChangedError):
            self.async_set_changed_address(err.address)

    @callback
    def async_set_changed_address(self, address: LockAddress | None) -> None:
        """Set where the lock was found; None for the accepted address."""
        if address == self.changed_address or self._closed:
            return
        if address is not None:
            _LOGGER.warning(
                "Lock %s was found at another address; nothing is sent to it unless the "
                "repair issue about it is settled",
                self._name,
            )
        self.changed_address = address
        self._on_change()

    @callback
    def _set_unreachable(self, spare: Callable[[Hashable], bool] | None) -> None:
        """Mark the lock unreachable because a call got no answer."""
        self.unanswered = self.unanswered.after_failed_call(dt_util.utcnow())
        self._hold_and_retry(spare)

    @callback
    def _hold_and_retry(self, spare: Callable[[Hashable], bool] | None) -> None:
        if self._closed:
            return
        self._queue.hold(spare)
        self._failures += 1
        # an attempt that took several calls is followed by as many waits
        calls = 1 if self.reachable else max(1, self._calls)
        self._calls = 0
        self._retry_later(calls)
        if self.reachable:
            if not self._error_logged:
                _LOGGER.warning("Lock %s is unreachable", self._name)
            self.reachable = False
            self._on_change()
        self._on_lost()

    @callback
    def _retry_later(self, calls: int) -> None:
        self._cancel_retry()
        wait = backoff(
            self._timing.unreachable_backoff,
            self._timing.unreachable_backoff_cap,
            self._failures,
        )
        self._unsub_retry = async_call_later(
            self._hass, wait * calls, self._async_retry
        )

    @callback
    def async_mark_reachable(self) -> None:
        """Mark the lock reachable because it has answered: release its jobs at once."""
        self.unanswered = ANSWERED
        self._release()

    @callback
    def async_mark_connected(self) -> None:
        """Mark the lock reachable because it has connected, which need not be an answer."""
        is_asked = self._asks_unprompted and self._shows_occupancy
        self.unanswered = self.unanswered.after_connected(is_asked=is_asked)
        self._release()

    @callback
    def _release(self) -> None:
        if self._closed:
            return
        self._failures = 0
        self._calls = 0
        self._unanswered_calls = 0
        self._unanswered_slots.clear()
        self._error_logged = False
        self._cancel_retry()
        self.incompatible = False
        self.async_set_changed_address(None)
        regained = not self.reachable
        self.reachable = True
        self._queue.release()
        if regained:
            _LOGGER.info("Lock %s is reachable", self._name)
            self._on_regained()
            self._on_change()

    @callback
    def async_retry_now(self) -> None:
        """Let the next job try the lock now, without waiting for the back-off."""
        self._queue.release()
        if not self.reachable and not self._closed:
            # that job may fail: the retry timer must stay set
            self._retry_later(1)

    @callback
    def async_close(self) -> None:
        """Stop retrying; an answer that comes later changes nothing."""
        self._closed = True
        self._cancel_retry()

    @callback
    def async_mark_incompatible(self, err: IncompatibleLibraryError) -> None:
        """Mark the lock unreachable because its library is not the expected version."""
        if not self.incompatible:
            _LOGGER.error(
                "The library for %s is not compatible: %s",
                self._name,
                str(err) or type(err).__name__,
            )
        self.incompatible = True
        self.async_mark_unreachable()
        self._on_change()

    @callback
    def async_log_unexpected_error(self, what: str, err: Exception) -> None:
        """Log an exception that no provider should let through, once until a call works."""
        if self._error_logged:
            return
        self._error_logged = True
        # only the type: the text of a library's exception may hold a code
        _LOGGER.warning(
            "A %s on %s failed with %s", what, self._name, type(err).__name__
        )

    @callback
    def _async_retry(self, _now: datetime) -> None:
        self._unsub_retry = None
        self._on_retry()

    @callback
    def _cancel_retry(self) -> None:
        if self._unsub_retry is not None:
            self._unsub_retry()
            self._unsub_retry = None


def _is_of(key: Hashable, slots: Collection[int]) -> bool:
    """Return whether a job's key, a slot or a tuple that ends in one, is of these slots."""
    slot = key[-1] if isinstance(key, tuple) and key else key
    return slot in slots
