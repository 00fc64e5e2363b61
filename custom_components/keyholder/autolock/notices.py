"""Publish the autolock notices of one lock until its controller is closed."""

from collections.abc import Callable
import logging
from typing import Final

from homeassistant.core import callback

from ..model.autolock import AutolockNotice

_LOGGER: Final = logging.getLogger(__name__)


class NoticePublisher:
    """Publishes notices to one listener, whose exceptions are logged."""

    def __init__(self, on_notice: Callable[[AutolockNotice], None]) -> None:
        """Publish notices to `on_notice`."""
        self._on_notice = on_notice
        self._is_closed = False

    @callback
    def publish(self, notice: AutolockNotice) -> None:
        """Publish a notice, unless closed: a command may return later than that."""
        if self._is_closed:
            return
        try:
            self._on_notice(notice)
        except Exception:
            _LOGGER.exception("Publishing an autolock notice failed")

    @callback
    def close(self) -> None:
        """Stop publishing."""
        self._is_closed = True
