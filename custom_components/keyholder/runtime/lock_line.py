"""Calls over the line to one lock: bounded, contained, and with a memory of silence."""

from collections.abc import Callable, Coroutine
from datetime import datetime
import logging
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..model.lifecycle import Outcome, Refused, Uncertain
from ..model.reading import CodeTarget, Occupancy, Reading
from ..model.slot import Reason
from ..model.timing import Timing, backoff
from ..providers.base import (
    CodeRejected,
    LockProvider,
    LockUnreachable,
    NotSupported,
    ProviderBroken,
    SlotUnavailable,
)
from .bounded import CallLost, bounded
from .queue import LockQueue

_LOGGER: Final = logging.getLogger(__name__)


class LockLine:
    """Turns what a provider does, raises or never returns into what the engine knows.

    While the lock is out of reach its queue is held, and tried again with growing
    waits. `reachable` and `broken` say what was last found.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        name: str,
        *,
        provider: LockProvider,
        queue: LockQueue,
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
        self._contained: tuple[str, str] | None = None
        self._unsub_retry: CALLBACK_TYPE | None = None
        self._closed = False
        self.reachable = False
        self.broken = False

    async def async_read(self, slot: int) -> Reading | None:
        """Return one slot as the lock shows it now, or None if the read failed."""
        try:
            readings = await self._bounded(self._provider.async_read([slot]))
        except LockUnreachable, CallLost:
            self.lose()
            return None
        except ProviderBroken:
            self.break_off()
            return None
        except Exception as err:  # noqa: BLE001 - any fault of a library stays here
            self.contain("read", err)
            return None
        self.find()
        reading = readings.get(slot, Reading.unknown())
        return None if reading.occupancy is Occupancy.UNKNOWN else reading

    async def async_write(self, slot: int, target: CodeTarget) -> Outcome:
        """Return what became of a write."""
        return await self._command("write", self._provider.async_write(slot, target))

    async def async_clear(self, slot: int) -> Outcome:
        """Return what became of a clear."""
        return await self._command("clear", self._provider.async_clear(slot))

    async def _command(self, what: str, call: Coroutine[Any, Any, Outcome]) -> Outcome:
        try:
            outcome = await self._bounded(call)
        except LockUnreachable, CallLost:
            self.lose()
            return Uncertain(chargeable=False)
        except CodeRejected as err:
            outcome = Refused(err.reason)
        except SlotUnavailable:
            outcome = Refused(Reason.SLOT_UNAVAILABLE)
        except NotSupported:
            outcome = Refused(Reason.NOT_SUPPORTED)
        except ProviderBroken:
            self.break_off()
            return Uncertain(chargeable=False)
        except Exception as err:  # noqa: BLE001 - any fault of a library stays here
            self.contain(what, err)
            return Uncertain(chargeable=True)
        self.find()
        return outcome

    async def _bounded[T](self, call: Coroutine[Any, Any, T]) -> T:
        return await bounded(call, self._timing.job_timeout)

    @callback
    def lose(self) -> None:
        """The lock is out of reach: hold everything, and try again later."""
        if self._closed:
            return
        self._queue.hold()
        self._failures += 1
        self._cancel_retry()
        wait = backoff(
            self._timing.unreachable_backoff,
            self._timing.unreachable_backoff_cap,
            self._failures,
        )
        self._unsub_retry = async_call_later(self._hass, wait, self._async_retry)
        if self.reachable:
            _LOGGER.warning("The lock %s is out of reach", self._name)
            self.reachable = False
            self._on_change()
        self._on_lost()

    @callback
    def find(self) -> None:
        """The lock answers: go on at once."""
        if self._closed:
            return
        self._failures = 0
        self._contained = None
        self._cancel_retry()
        self.broken = False
        regained = not self.reachable
        self.reachable = True
        self._queue.release()
        if regained:
            _LOGGER.info("The lock %s can be reached", self._name)
            self._on_regained()
            self._on_change()

    @callback
    def knock(self) -> None:
        """Let the next job try the lock now, without waiting for the back-off."""
        self._queue.release()

    @callback
    def close(self) -> None:
        """Stop trying; an answer that comes later changes nothing."""
        self._closed = True
        self._cancel_retry()

    @callback
    def break_off(self) -> None:
        """The library behind the lock is not what its provider was written for."""
        if not self.broken:
            _LOGGER.error(
                "The lock %s cannot be spoken to with this library", self._name
            )
        self.broken = True
        self.lose()
        self._on_change()

    @callback
    def contain(self, what: str, err: Exception) -> None:
        """Note a fault that no provider should let through, once until all is well."""
        if self._contained == (what, type(err).__name__):
            return
        self._contained = (what, type(err).__name__)
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
