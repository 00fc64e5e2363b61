"""Publish autolock notices, suppressing repeats until they are cleared."""

from collections.abc import Callable
import logging
from typing import Final

from homeassistant.core import callback

from ..model.autolock import AutolockNotice, AutolockNoticeType

_LOGGER: Final = logging.getLogger(__name__)


class NoticePublisher:
    """Remembers the active notice. Exceptions of the listener are logged."""

    def __init__(self, tell: Callable[[AutolockNotice], None]) -> None:
        """Publish notices to `tell`."""
        self._tell = tell
        self._is_closed = False
        self.active: AutolockNoticeType | None = None

    @callback
    def publish(self, told: AutolockNotice) -> None:
        """Publish a one-time notice, which does not become active."""
        if self._is_closed:
            return
        try:
            self._tell(told)
        except Exception:
            _LOGGER.exception("Publishing an autolock notice failed")

    @callback
    def publish_once(self, told: AutolockNotice) -> None:
        """Publish a notice and make it active, unless it is active already."""
        if self.active is not told.notice:
            self.publish(told)
            self.active = told.notice

    @callback
    def clear(self) -> None:
        """Clear the active notice and publish that it is cleared."""
        if self.active is not None:
            self.active = None
            self.publish(AutolockNotice(AutolockNoticeType.CLEARED))

    @callback
    def close(self) -> None:
        """Clear the active notice, which nothing else would clear, and stop publishing."""
        self.clear()
        self._is_closed = True
