"""Read the state of the bolt where ZHA may show an assumed one.

After a start ZHA shows the state from before, and no report says what happened
meanwhile. After a command it shows the commanded state as soon as the lock has accepted
the command, and a bolt that does not move need not be reported. Home Assistant's lock
entity, and everything that uses it, would show that state.
"""

from datetime import datetime
from typing import Final, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from zigpy.zcl.clusters.closures import DoorLock

from ..base import LockUnreachableError
from ..bolt_state import BoltStateReader
from .client import InvalidResponseError, async_call
from .reference import ZhaLockReference

CONFIRM_DELAY: Final = 3.0
"""Seconds in which the lock may report the state that ZHA shows."""
_SAME_CHANGE_SECONDS: Final = 1.0
"""Seconds within which a report of the lock and a state of ZHA are the same change."""


class ZhaBoltStateReader(BoltStateReader[ZhaLockReference]):
    """Reads the state again also after ZHA shows one that the lock has not reported."""

    def __init__(self, hass: HomeAssistant, reference: ZhaLockReference) -> None:
        """Read nothing before `start` or `on_entity_changed`."""
        super().__init__(hass, reference, self._read_lock_state)
        self._reported: tuple[float, bool] = -_SAME_CHANGE_SECONDS, False
        self._unsub_confirm: CALLBACK_TYPE | None = None

    @callback
    def async_on_reported(self, locked: bool) -> None:
        """The lock has reported whether it is locked; a pending read is cancelled."""
        self._reported = self._hass.loop.time(), locked
        self._cancel_confirm()

    @callback
    def async_on_entity_changed(self, *, locked: bool) -> None:
        """ZHA shows another position: read it soon unless the lock reports it; 1 read."""
        self._cancel_confirm()
        reported_at, reported = self._reported
        if (
            reported is locked
            and self._hass.loop.time() - reported_at < _SAME_CHANGE_SECONDS
        ):
            return
        self._unsub_confirm = async_call_later(
            self._hass, CONFIRM_DELAY, self._on_confirm_delay
        )

    @callback
    @override
    def async_stop(self) -> None:
        """Cancel a pending read. May be called again."""
        self._cancel_confirm()
        super().async_stop()

    @callback
    def _on_confirm_delay(self, _now: datetime) -> None:
        self._unsub_confirm = None
        self.async_start()

    @callback
    def _cancel_confirm(self) -> None:
        if self._unsub_confirm is not None:
            self._unsub_confirm()
            self._unsub_confirm = None

    async def _read_lock_state(self) -> None:
        """Read the state from the lock; ZHA receives the answer as well."""
        attribute = DoorLock.AttributeDefs.lock_state.name
        cluster = self._reference.resolve().cluster
        try:
            await async_call(cluster.read_attributes([attribute], allow_cache=False))
        except InvalidResponseError as err:
            raise LockUnreachableError("the answer could not be parsed") from err
