"""Publish the autolock notices of one lock until its controller is closed."""

from collections.abc import Callable
import logging
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..model.autolock import AutolockNotice
from ..model.credential import LockId
from .entity_state import async_log_name

_LOGGER: Final = logging.getLogger(__name__)


class NoticePublisher:
    """Publishes the notices of a lock to one listener, whose exceptions are logged."""

    def __init__(
        self,
        hass: HomeAssistant,
        lock: LockId,
        on_notice: Callable[[AutolockNotice], None],
    ) -> None:
        """Publish notices to `on_notice`."""
        self._hass = hass
        self._lock = lock
        self._on_notice = on_notice
        self._is_closed = False

    @callback
    def async_publish(self, notice: AutolockNotice) -> None:
        """Publish a notice, unless closed: a command may return later than that."""
        if self._is_closed:
            return
        try:
            self._on_notice(notice)
        except Exception:
            _LOGGER.exception(
                "Publishing an autolock notice of %s failed",
                async_log_name(self._hass, self._lock),
            )

    @callback
    def async_close(self) -> None:
        """Stop publishing."""
        self._is_closed = True
