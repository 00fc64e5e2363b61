"""What changes on a lock that every code of ours is to leave."""

from dataclasses import replace

from custom_components.keyholder.logic.plan import plan_removal
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.disabled_code import DisabledCode
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.journal import LockJournalEntry
from custom_components.keyholder.model.slot import (
    DesiredState,
    SlotRecord,
    Target,
)
from custom_components.keyholder.model.slot_events import DesiredChanged


def record(slot: int, desired: DesiredState, evidence: Evidence) -> SlotRecord:
    return SlotRecord(
        slot=slot,
        credential=CredentialRef(f"person {slot}"),
        person_name="Ann",
        target=Target(desired, slot),
        evidence=evidence,
    )


HELD = record(1, DesiredState.PRESENT, Evidence.VALUE)
LEAVING = record(2, DesiredState.ABSENT, Evidence.NONE)
GONE = record(3, DesiredState.ABSENT, Evidence.PRESENCE)


def test_every_code_that_is_still_wanted_goes_and_nothing_else_changes() -> None:
    plan = plan_removal({each.slot: each for each in (HELD, LEAVING, GONE)})

    assert plan.changes == ((1, DesiredChanged(Target(DesiredState.ABSENT, 1))),)
    assert (plan.unassigned, plan.removable) == ((), ())
    assert not plan.person_names


def test_a_code_that_is_disabled_goes_as_well() -> None:
    off = replace(
        GONE,
        disabled_code=DisabledCode(revision=3),
        target=replace(GONE.target, temporarily_denied=True),
    )
    plan = plan_removal({3: off})
    assert plan.changes == ((3, DesiredChanged(Target(DesiredState.ABSENT, 3))),)
    assert not LockJournalEntry(lock="lock", name="Front", records={3: off}).is_cleared


def test_a_lock_is_clear_when_every_code_is_proven_gone() -> None:
    def is_clear(*records: SlotRecord) -> bool:
        page = LockJournalEntry(
            lock="lock", name="Front", records={each.slot: each for each in records}
        )
        return page.is_cleared

    assert is_clear()
    assert is_clear(GONE)
    assert not is_clear(GONE, LEAVING)
    assert not is_clear(HELD)
