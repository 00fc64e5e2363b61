"""Convert a provider's reading to an observation: replace the code by its revision."""

from collections.abc import Mapping

from ..model.pin import Pin
from ..model.provider_io import SlotReading
from ..model.slot import Observation


def identify_reading(reading: SlotReading, revisions: Mapping[int, Pin]) -> Observation:
    """Return the reading without its code: which revision it is, if it is one of ours.

    `revisions` are all PINs that the slot's own credential ever had and that a lock may
    still hold, by revision. Where two are equal, the newest one counts.
    """
    revision = None
    if reading.code is not None:
        revision = max(
            (number for number, pin in revisions.items() if pin == reading.code),
            default=None,
        )
    return Observation(
        occupancy=reading.occupancy,
        revision=revision,
        enabled=reading.enabled,
        made_by_us=reading.made_by_us,
    )
