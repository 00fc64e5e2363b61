from datetime import UTC, datetime

import pytest

from custom_components.keyholder.logic.moving import moved_page, without_origin
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.page import LockPage
from custom_components.keyholder.model.reading import Capabilities, Occupancy
from custom_components.keyholder.model.slot import (
    Desired,
    Doubt,
    Echo,
    Observation,
    Operation,
    Origin,
    Pending,
    Reason,
    SlotRecord,
)

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def record(slot: int, *, desired: Desired = Desired.PRESENT) -> SlotRecord:
    """Return a record in which everything is set that can be."""
    return SlotRecord(
        slot=slot,
        credential=CredentialRef(f"person-{slot}"),
        label=f"Person {slot}",
        desired=desired,
        revision=3,
        origin=Origin.UNMANAGED,
        observed=Observation(occupancy=Occupancy.EMPTY, at=NOW),
        pending=Pending(
            operation=Operation.WRITE, revision=3, started_at=NOW, deadline=NOW
        ),
        doubts=(
            Doubt(operation=Operation.CLEAR, revision=3, started_at=NOW, until=NOW),
        ),
        echoes=(Echo(operation=Operation.CLEAR, until=NOW),),
        failures=2,
        silences=2,
        suspended=Reason.NOT_STORED,
        restores=(NOW,),
        retry_at=NOW,
        disturbed=True,
        owner_saved=True,
        binding={"user": 4},
    )


def proven_gone(slot: int) -> SlotRecord:
    return SlotRecord(
        slot=slot,
        credential=CredentialRef(f"person-{slot}"),
        label=f"Person {slot}",
        desired=Desired.ABSENT,
        revision=3,
        evidence=Evidence.PRESENCE,
        verified_at=NOW,
    )


def capabilities(slots: range) -> Capabilities:
    return Capabilities(
        slots=slots,
        pin_min_length=4,
        pin_max_length=8,
        best_evidence=Evidence.VALUE,
        reports_changes=False,
    )


@pytest.mark.parametrize("desired", Desired)
def test_what_is_wanted_moves_and_nothing_is_believed(desired: Desired) -> None:
    before = record(4, desired=desired)
    page = LockPage(lock="old", name="Front door", records={4: before}, in_use=True)

    moved = moved_page(page, "new", capabilities(range(1, 31)))

    assert moved == LockPage(
        lock="new",
        name="Front door",
        capabilities=capabilities(range(1, 31)),
        moved_from=("old",),
        records={
            4: SlotRecord(
                slot=4,
                credential=before.credential,
                label="Person 4",
                desired=desired,
                revision=3,
                owner_saved=True,
                stale=True,
                moved=True,
            )
        },
    )
    assert not moved.is_clear


def test_a_code_that_was_proven_gone_is_not_looked_for_on_the_new_lock() -> None:
    page = LockPage(lock="old", name="Front door", records={4: proven_gone(4)})

    moved = moved_page(page, "new", capabilities(range(1, 31)))

    assert not moved.records[4].moved
    # but the slot is read
    assert moved.records[4].stale
    assert moved.records[4].evidence is Evidence.NONE


@pytest.mark.parametrize(
    ("slots", "kept"), [(range(1, 4), [2, 3]), (range(3, 9), [3, 8]), (range(1), [])]
)
def test_slots_that_the_new_lock_does_not_have_are_given_up(
    slots: range, kept: list[int]
) -> None:
    records = {slot: record(slot) for slot in (2, 3, 8)}
    page = LockPage(lock="old", name="Front door", records=records)

    assert list(moved_page(page, "new", capabilities(slots)).records) == kept


def test_a_lock_that_moves_again_remembers_both_origins_until_one_is_back() -> None:
    first = moved_page(LockPage(lock="a", name=""), "b", capabilities(range(1, 9)))
    second = moved_page(first, "c", capabilities(range(1, 9)))

    assert second.moved_from == ("a", "b")
    assert without_origin(second, "a").moved_from == ("b",)
