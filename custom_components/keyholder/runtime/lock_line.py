"""Calls over the line to one lock: bounded, contained, and with a memory of silence."""

from collections.abc import Callable, Collection, Coroutine, Hashable
from datetime import datetime
import logging
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..model.lifecycle import Outcome, OutcomeUnknown, Rejected
from ..model.limits import LockSchedule
from ..model.reading import CodeTarget, Occupancy, SlotReading
from ..model.slot import Reason
from ..model.timing import MAX_UNANSWERED_CALLS, Timing, backoff
from ..providers.base import (
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
from .bounded import CallTimeoutError, run_with_timeout
from .queue import JobQueue

_LOGGER: Final = logging.getLogger(__name__)


class LockConnection:
    """Turns what a provider does, raises or never returns into what the engine knows.

    While the lock is out of reach its queue is held, and tried again with growing
    waits. Out of reach is also a lock that answers and tells nothing: only news end it,
    a read that shows something or, on a lock that shows nothing, an accepted command.
    `reachable` and `broken` say what was last found.
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
    ) -> None:
        """Set up a line that nothing is known of yet.

        `on_change` is called when what is shown changes, `on_lost` each time that the
        lock did not answer, `on_regained` after a silence, and `on_retry` when it is
        time to try the lock again.
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
        self._failures = 0
        self._calls = 0
        self._unanswered_calls = 0
        self._unanswered_slots: set[int] = set()
        self._error_logged = False
        self._unsub_retry: CALLBACK_TYPE | None = None
        self._closed = False
        self.reachable = False
        self.incompatible = False

    async def async_read(self, slot: int) -> SlotReading | None:
        """Return one slot as the lock shows it now, or None if the read failed."""
        try:
            readings = await self._bounded(self._provider.async_read([slot]))
        except LockUnreachableError, CallTimeoutError:
            self.mark_unreachable()
            return None
        except IncompatibleLibraryError as err:
            self.mark_incompatible(err)
            return None
        except Exception as err:  # noqa: BLE001 - any fault of a library stays here
            self.log_unexpected_error("read", err)
            self._record_no_answer(slot)
            return None
        reading = readings.get(slot, SlotReading.unknown())
        if reading.occupancy is not Occupancy.UNKNOWN:
            self.mark_reachable()
            return reading
        if self._shows_something:
            self._record_no_answer(slot)
        return None

    async def async_read_limits(self, slot: int) -> LockSchedule | None:
        """Return what the lock shows of a slot's restrictions, None if the read failed."""
        try:
            return await self._bounded(self._provider.async_read_schedule(slot))
        except LockUnreachableError, CallTimeoutError:
            self.mark_unreachable()
        except IncompatibleLibraryError as err:
            self.mark_incompatible(err)
        except Exception as err:  # noqa: BLE001 - any fault of a library stays here
            self.log_unexpected_error("read of schedules", err)
        return None

    async def async_write(self, slot: int, target: CodeTarget) -> Outcome:
        """Return what became of a write."""
        call = self._provider.async_write(slot, target)
        return await self._command("write", slot, call)

    async def async_clear(self, slot: int) -> Outcome:
        """Return what became of a clear."""
        return await self._command("clear", slot, self._provider.async_clear(slot))

    async def async_switch(self, slot: int, *, on: bool) -> Outcome:
        """Return what became of switching a code on or off."""
        call = self._provider.async_set_enabled(slot, on=on)
        return await self._command("switch", slot, call)

    async def _command(
        self, what: str, slot: int, call: Coroutine[Any, Any, Outcome]
    ) -> Outcome:
        try:
            outcome = await self._bounded(call)
        except ScheduleUnconfirmedError:
            self._record_no_answer(slot)
            return OutcomeUnknown(chargeable=True)
        except LockUnreachableError, CallTimeoutError:
            self.mark_unreachable()
            return OutcomeUnknown(chargeable=False)
        except CodeRejectedError as err:
            outcome = Rejected(err.reason)
        except ScheduleRejectedError:
            outcome = Rejected(Reason.LIMITS_REFUSED)
        except SlotUnavailableError:
            outcome = Rejected(Reason.SLOT_UNAVAILABLE)
        except NotSupportedError:
            outcome = Rejected(Reason.NOT_SUPPORTED)
        except TemporarilyRefusedError as err:
            outcome = OutcomeUnknown(chargeable=True, reason=err.reason)
        except IncompatibleLibraryError as err:
            self.mark_incompatible(err)
            return OutcomeUnknown(chargeable=False)
        except Exception as err:  # noqa: BLE001 - any fault of a library stays here
            self.log_unexpected_error(what, err)
            self._record_no_answer(slot)
            return OutcomeUnknown(chargeable=True)
        if not self._shows_something:
            self.mark_reachable()
        return outcome

    async def _bounded[T](self, call: Coroutine[Any, Any, T]) -> T:
        self._calls += 1
        return await run_with_timeout(call, self._timing.job_timeout)

    @property
    def can_continue(self) -> bool:
        """Return whether the running job may go on to its next call."""
        return not self._queue.is_held

    @property
    def _shows_something(self) -> bool:
        """Return whether a read tells more of this lock than an accepted command."""
        capabilities = self._provider.capabilities
        return capabilities is None or capabilities.shows_occupancy

    @callback
    def _record_no_answer(self, slot: int) -> None:
        """A call brought no news of the slot; several in a row say so of the lock."""
        self._unanswered_calls += 1
        self._unanswered_slots.add(slot)
        if self._unanswered_calls < MAX_UNANSWERED_CALLS and self.reachable:
            return
        silent = frozenset(self._unanswered_slots)
        # one slot that tells nothing is no reason to keep another one waiting
        self._lose(None if len(silent) > 1 else lambda key: not _is_of(key, silent))

    @callback
    def mark_unreachable(self) -> None:
        """The lock is out of reach: hold everything, and try again later."""
        self._lose(None)

    @callback
    def _lose(self, spare: Callable[[Hashable], bool] | None) -> None:
        if self._closed:
            return
        self._queue.hold(spare)
        self._failures += 1
        # a probe that took several calls is paid for with as many waits
        calls = 1 if self.reachable else max(1, self._calls)
        self._calls = 0
        self._retry_later(calls)
        if self.reachable:
            if not self._error_logged:
                _LOGGER.warning("The lock %s is out of reach", self._name)
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
    def mark_reachable(self) -> None:
        """The lock answers: go on at once."""
        if self._closed:
            return
        self._failures = 0
        self._calls = 0
        self._unanswered_calls = 0
        self._unanswered_slots.clear()
        self._error_logged = False
        self._cancel_retry()
        self.incompatible = False
        regained = not self.reachable
        self.reachable = True
        self._queue.release()
        if regained:
            _LOGGER.info("The lock %s can be reached", self._name)
            self._on_regained()
            self._on_change()

    @callback
    def retry_now(self) -> None:
        """Let the next job try the lock now, without waiting for the back-off."""
        self._queue.release()
        if not self.reachable and not self._closed:
            # whatever becomes of that job, it is not the last that is tried
            self._retry_later(1)

    @callback
    def close(self) -> None:
        """Stop trying; an answer that comes later changes nothing."""
        self._closed = True
        self._cancel_retry()

    @callback
    def mark_incompatible(self, err: IncompatibleLibraryError) -> None:
        """The library behind the lock is not what its provider was written for."""
        if not self.incompatible:
            _LOGGER.error(
                "The lock %s cannot be spoken to with this library: %s",
                self._name,
                str(err) or type(err).__name__,
            )
        self.incompatible = True
        self.mark_unreachable()
        self._on_change()

    @callback
    def log_unexpected_error(self, what: str, err: Exception) -> None:
        """Note a fault that no provider should let through, once until all is well."""
        if self._error_logged:
            return
        self._error_logged = True
        # only the type: the text of a library's exception may hold a code
        _LOGGER.warning(
            "A %s on the lock %s failed with %s", what, self._name, type(err).__name__
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
    """Return whether a job of that key, a slot or something of a slot, is for these."""
    slot = key[-1] if isinstance(key, tuple) and key else key
    return slot in slots
