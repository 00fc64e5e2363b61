"""The position of the bolt, asked of the lock itself where ZHA shows a guess.

ZHA shows after a start what it knew before, and what happened meanwhile is told by nobody.
After a command it shows what was asked for as soon as the lock has accepted that, and a
bolt that does not move need not be reported. Home Assistant's lock entity, and whoever
goes by it, would go by that.
"""

from datetime import datetime
from typing import Final, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from zigpy.zcl.clusters.closures import DoorLock

from ..base import LockUnreachableError
from ..lock_state import BoltStateReader
from .library import InvalidResponseError, call
from .link import ZhaLockReference

CONFIRM_DELAY: Final = 3.0
"""Seconds that a lock may take to report what ZHA shows."""
_TOLD: Final = 1.0
"""Seconds within which what a lock told and what ZHA shows are the same news."""


class ZhaBoltStateReader(BoltStateReader[ZhaLockReference]):
    """Has the state read again also where ZHA may show what nobody told it."""

    def __init__(self, hass: HomeAssistant, link: ZhaLockReference) -> None:
        """Read nothing before `look` or `shown`."""
        super().__init__(hass, link, self._ask)
        self._told: tuple[float, bool] = -_TOLD, False
        self._cancel_doubt: CALLBACK_TYPE | None = None

    @callback
    def on_reported(self, locked: bool) -> None:
        """The lock has said by itself whether it is locked; no need to ask."""
        self._told = self._hass.loop.time(), locked
        self._drop_doubt()

    @callback
    def on_entity_changed(self, *, locked: bool) -> None:
        """ZHA shows another position: read it soon, unless the lock tells it; 1 read."""
        self._drop_doubt()
        told_at, told = self._told
        if told is locked and self._hass.loop.time() - told_at < _TOLD:
            return
        self._cancel_doubt = async_call_later(self._hass, CONFIRM_DELAY, self._on_doubt)

    @callback
    @override
    def stop(self) -> None:
        """Leave it at what is known. May be called again."""
        self._drop_doubt()
        super().stop()

    @callback
    def _on_doubt(self, _now: datetime) -> None:
        self._cancel_doubt = None
        self.start()

    @callback
    def _drop_doubt(self) -> None:
        if self._cancel_doubt is not None:
            self._cancel_doubt()
            self._cancel_doubt = None

    async def _ask(self) -> None:
        """Read it; ZHA hears the answer as well as we do."""
        attribute = DoorLock.AttributeDefs.lock_state.name
        cluster = self._link.resolve().cluster
        try:
            await call(cluster.read_attributes([attribute], allow_cache=False))
        except InvalidResponseError as err:
            raise LockUnreachableError("the answer made no sense") from err
