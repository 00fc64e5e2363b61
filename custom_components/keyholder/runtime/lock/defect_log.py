"""Log exceptions of our own code while it processes a slot."""

import logging
from typing import Final

from ...model.slot_events import SlotEvent
from .job_queue import location_of

_LOGGER: Final = logging.getLogger(__name__)


def log_defect(
    lock: str, slot: int, event: SlotEvent | None, err: BaseException
) -> None:
    """Log where an event of a slot, or the choice of its next step, has failed.

    Never the text of the exception, which may hold a code.
    """
    _LOGGER.error(
        "Slot %s of %s failed to process %s with %s at %s",
        slot,
        lock,
        "its record" if event is None else type(event).__name__,
        type(err).__name__,
        location_of(err),
    )
