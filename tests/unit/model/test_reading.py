"""What is said of a slot, and how much that is worth."""

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.provider_io import (
    Capabilities,
    Occupancy,
    SlotReading,
)
from custom_components.keyholder.model.slot import Observation


def test_grades_of_evidence_are_ordered() -> None:
    grades = list(Evidence)
    assert grades == [
        Evidence.NONE,
        Evidence.ACKNOWLEDGED,
        Evidence.PRESENCE,
        Evidence.VALUE,
    ]
    assert [grade.is_read_back for grade in grades] == [False, False, True, True]
    assert [grade.shows_code for grade in grades] == [False] * 3 + [True]


def test_only_what_was_shown_counts_as_occupied() -> None:
    assert [each for each in Occupancy if each.is_occupied] == [
        Occupancy.MASKED,
        Occupancy.PRESENT,
    ]


def test_readings_by_name() -> None:
    assert SlotReading.unknown().occupancy is Occupancy.UNKNOWN
    assert SlotReading.empty().occupancy is Occupancy.EMPTY
    assert SlotReading.masked().enabled is None
    assert SlotReading.masked(enabled=False).enabled is False
    assert SlotReading.present(Pin("9071")).code == Pin("9071")


def test_a_lock_that_only_acknowledges_shows_no_occupancy() -> None:
    for best, shows in zip(Evidence, [False, False, True, True], strict=True):
        capabilities = Capabilities(
            slots=range(1, 5),
            pin_min_length=4,
            pin_max_length=8,
            best_evidence=best,
            reports_changes=False,
        )
        assert capabilities.shows_occupancy is shows


def test_a_code_that_is_disabled_does_not_show_its_revision() -> None:
    seen = Observation(occupancy=Occupancy.PRESENT, revision=2)
    assert seen.is_ours
    assert not seen.is_unmanaged_code
    assert seen.holds_revision(2)
    assert not seen.holds_revision(1)
    off = Observation(occupancy=Occupancy.PRESENT, revision=2, enabled=False)
    assert not off.holds_revision(2)
    assert Observation(occupancy=Occupancy.PRESENT).is_unmanaged_code
    assert not Observation(occupancy=Occupancy.MASKED).is_unmanaged_code
