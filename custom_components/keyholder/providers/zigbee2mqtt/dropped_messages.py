"""Log the messages about one lock that are dropped, at most one in an hour."""

import logging
from time import monotonic
from typing import Final

from ..entity_reference import EntityReference
from .messages import MalformedMessageError

_LOGGER: Final = logging.getLogger(__name__)

LOG_INTERVAL: Final = 3600.0
"""Seconds. Whoever publishes such messages may publish many."""


class DroppedMessageLog:
    """Logs why a message was dropped, and nothing of what it contains."""

    def __init__(self, reference: EntityReference) -> None:
        """Begin without dropped messages of this lock."""
        self._reference = reference
        self._next_at = 0.0

    def async_report(self, topic: str, why: MalformedMessageError) -> None:
        """Log a dropped message, unless one was logged within the last hour."""
        now = monotonic()
        if now < self._next_at:
            return
        self._next_at = now + LOG_INTERVAL
        _LOGGER.warning(
            "Lock %s: a message at %s was dropped, because %s; more of them are not "
            "logged for an hour",
            self._reference,
            topic,
            why,
        )
