from datetime import UTC, datetime

import pytest

from custom_components.keyholder.logic.lock_replacement import (
    replacement_entry,
    unconfirmed_entry,
    without_replaced,
)
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.journal import LockJournalEntry
from custom_components.keyholder.model.provider_io import Capabilities, Occupancy
from custom_components.keyholder.model.slot import (
    DesiredState,
    Observation,
    Operation,
    Origin,
    PendingCommand,
    Reason,
    Retry,
    SlotRecord,
    Target,
    UnresolvedCommand,
)

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def record(slot: int, *, desired: DesiredState = DesiredState.PRESENT) -> SlotRecord:
    """Return a record in which everything is set that can be."""
    return SlotRecord(
        slot=slot,
        credential=CredentialRef(f"person-{slot}"),
        person_name=f"Person {slot}",
        target=Target(desired, 3),
        origin=Origin.UNMANAGED,
        observed=Observation(occupancy=Occupancy.EMPTY, observed_at=NOW),
        pending=PendingCommand(
            operation=Operation.WRITE, revision=3, started_at=NOW, deadline=NOW
        ),
        unresolved_commands=(
            UnresolvedCommand(
                operation=Operation.CLEAR,
                revision=3,
                started_at=NOW,
                may_land_until=NOW,
            ),
        ),
        restored_at=(NOW,),
        changed_externally=True,
        owner_saved=True,
        binding={"user": 4},
        retry=Retry(
            failed_attempts=2,
            failed_reads=2,
            suspended_reason=Reason.NOT_STORED,
            at=NOW,
        ),
    )


def proven_gone(slot: int) -> SlotRecord:
    return SlotRecord(
        slot=slot,
        credential=CredentialRef(f"person-{slot}"),
        person_name=f"Person {slot}",
        target=Target(DesiredState.ABSENT, 3),
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


@pytest.mark.parametrize("desired", DesiredState)
def test_desired_codes_move_and_nothing_is_verified(desired: DesiredState) -> None:
    before = record(4, desired=desired)
    page = LockJournalEntry(
        lock="old", name="Front door", records={4: before}, open=True
    )

    moved = replacement_entry(page, "new", capabilities(range(1, 31)))

    assert moved == LockJournalEntry(
        lock="new",
        name="Front door",
        capabilities=capabilities(range(1, 31)),
        replaces=("old",),
        records={
            4: SlotRecord(
                slot=4,
                credential=before.credential,
                person_name="Person 4",
                target=Target(desired, 3),
                owner_saved=True,
                needs_read=True,
                origin=Origin.UNCONFIRMED,
            )
        },
    )
    assert not moved.is_cleared


def test_a_code_that_was_proven_gone_is_not_looked_for_on_the_new_lock() -> None:
    page = LockJournalEntry(lock="old", name="Front door", records={4: proven_gone(4)})

    moved = replacement_entry(page, "new", capabilities(range(1, 31)))

    assert moved.records[4].origin is Origin.MANAGED
    # but the slot is read
    assert moved.records[4].needs_read
    assert moved.records[4].evidence is Evidence.NONE


@pytest.mark.parametrize(
    ("slots", "kept"), [(range(1, 4), [2, 3]), (range(3, 9), [3, 8]), (range(1), [])]
)
def test_slots_that_the_new_lock_does_not_have_are_given_up(
    slots: range, kept: list[int]
) -> None:
    records = {slot: record(slot) for slot in (2, 3, 8)}
    page = LockJournalEntry(lock="old", name="Front door", records=records)

    assert list(replacement_entry(page, "new", capabilities(slots)).records) == kept


def test_a_lock_that_moves_again_remembers_both_origins_until_one_is_back() -> None:
    first = replacement_entry(
        LockJournalEntry(lock="a", name=""), "b", capabilities(range(1, 9))
    )
    second = replacement_entry(first, "c", capabilities(range(1, 9)))

    assert second.replaces == ("a", "b")
    assert without_replaced(second, "a").replaces == ("b",)


def test_another_device_at_an_accepted_address_is_proven_anew() -> None:
    """Clause 16.24: what an earlier device has shown proves nothing about this one."""
    before = LockJournalEntry(
        lock="front", name="Front door", records={1: record(1)}, replaces=("old",)
    )

    after = unconfirmed_entry(before)

    (slot,) = after.records.values()
    assert slot.evidence is Evidence.NONE
    assert slot.needs_read
    assert slot.origin is Origin.UNCONFIRMED
    assert slot.pending is None
    assert slot.target == record(1).target
    assert (after.lock, after.name, after.replaces) == ("front", "Front door", ("old",))
