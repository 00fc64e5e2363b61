"""What a guard tells people: each thing once, until it does not hold any more."""

from collections.abc import Callable
import logging
from typing import Final

from homeassistant.core import callback

from ..model.autolock import AutolockNotice, AutolockNoticeType

_LOGGER: Final = logging.getLogger(__name__)


class NoticePublisher:
    """Remembers what was told last. Who cannot hear it stops nothing."""

    def __init__(self, tell: Callable[[AutolockNotice], None]) -> None:
        """Tell by `tell`, whatever that raises."""
        self._tell = tell
        self._is_closed = False
        self.active: AutolockNoticeType | None = None

    @callback
    def publish(self, told: AutolockNotice) -> None:
        """Tell what is over as soon as it is told."""
        if self._is_closed:
            return
        try:
            self._tell(told)
        except Exception:
            _LOGGER.exception("What autolock has to say cannot be told")

    @callback
    def publish_once(self, told: AutolockNotice) -> None:
        """Tell what goes on, unless it was the last to be told."""
        if self.active is not told.notice:
            self.publish(told)
            self.active = told.notice

    @callback
    def clear(self) -> None:
        """Take back what was told."""
        if self.active is not None:
            self.active = None
            self.publish(AutolockNotice(AutolockNoticeType.CLEARED))

    @callback
    def close(self) -> None:
        """Leave nothing behind that nobody would take back; say no more."""
        self.clear()
        self._is_closed = True
