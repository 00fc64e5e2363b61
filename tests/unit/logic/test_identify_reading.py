"""A reading becomes something that may be remembered."""

import pytest

from custom_components.keyholder.logic.on_read import identify_reading
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.provider_io import Occupancy, SlotReading
from custom_components.keyholder.model.slot import Observation

PINS = {1: Pin("9071"), 2: Pin("9072"), 3: Pin("9071")}


@pytest.mark.parametrize(
    ("reading", "observation"),
    [
        (SlotReading.unknown(), Observation()),
        (SlotReading.empty(), Observation(occupancy=Occupancy.EMPTY)),
        (SlotReading.masked(), Observation(occupancy=Occupancy.MASKED)),
        (
            SlotReading.masked(enabled=False),
            Observation(occupancy=Occupancy.MASKED, enabled=False),
        ),
        (
            SlotReading.present(Pin("9072"), enabled=True),
            Observation(occupancy=Occupancy.PRESENT, revision=2, enabled=True),
        ),
        (
            SlotReading.present(Pin("9099")),
            Observation(occupancy=Occupancy.PRESENT),
        ),
        (SlotReading.present(Pin("")), Observation(occupancy=Occupancy.PRESENT)),
    ],
)
def test_a_reading_keeps_all_but_the_code(
    reading: SlotReading, observation: Observation
) -> None:
    assert identify_reading(reading, PINS) == observation


def test_of_two_equal_pins_the_newer_one_counts() -> None:
    assert identify_reading(SlotReading.present(Pin("9071")), PINS).revision == 3


def test_without_any_pin_of_ours_every_code_is_unmanaged() -> None:
    assert identify_reading(SlotReading.present(Pin("9071")), {}).is_unmanaged_code


def test_a_code_is_compared_as_digits_with_their_noughts() -> None:
    assert identify_reading(
        SlotReading.present(Pin("0907")), {1: Pin("907")}
    ).is_unmanaged_code
