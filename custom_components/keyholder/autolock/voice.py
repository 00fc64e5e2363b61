"""What a guard tells people: each thing once, until it does not hold any more."""

from collections.abc import Callable
import logging
from typing import Final

from homeassistant.core import callback

from ..model.autolock import Notice, Told

_LOGGER: Final = logging.getLogger(__name__)


class Voice:
    """Remembers what was told last. Who cannot hear it stops nothing."""

    def __init__(self, tell: Callable[[Told], None]) -> None:
        """Tell by `tell`, whatever that raises."""
        self._tell = tell
        self._is_closed = False
        self.last: Notice | None = None

    @callback
    def say(self, told: Told) -> None:
        """Tell what is over as soon as it is told."""
        if self._is_closed:
            return
        try:
            self._tell(told)
        except Exception:
            _LOGGER.exception("What autolock has to say cannot be told")

    @callback
    def say_once(self, told: Told) -> None:
        """Tell what goes on, unless it was the last to be told."""
        if self.last is not told.notice:
            self.say(told)
            self.last = told.notice

    @callback
    def settle(self) -> None:
        """Take back what was told."""
        if self.last is not None:
            self.last = None
            self.say(Told(Notice.SETTLED))

    @callback
    def close(self) -> None:
        """Leave nothing behind that nobody would take back; say no more."""
        self.settle()
        self._is_closed = True
