"""Clause 16.14: where uses can be counted is what a lock has reported so far."""

from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.keyholder.logic.use_reports import (
    unlimited_uses,
    use_reports_after,
)
from custom_components.keyholder.model.access import AccessEvent, AccessType
from custom_components.keyholder.model.access_rules import AccessRule
from custom_components.keyholder.model.credential import CredentialRef, Person
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_events import Method
from custom_components.keyholder.model.slot import DesiredState, SlotState
from custom_components.keyholder.model.snapshot import LockSnapshot, SlotView
from custom_components.keyholder.model.use_reports import UseReports

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
UNLOCKED, LOCKED = AccessType.UNLOCKED, AccessType.LOCKED
NONE, ANONYMOUS, NAMED = UseReports


@pytest.mark.parametrize(
    ("known", "event", "after"),
    [
        (NONE, {"type": UNLOCKED, "method": Method.KEYPAD}, ANONYMOUS),
        (NONE, {"type": UNLOCKED, "method": Method.KEYPAD, "slot": 4}, NAMED),
        (ANONYMOUS, {"type": UNLOCKED, "method": Method.KEYPAD, "slot": 4}, NAMED),
        (NAMED, {"type": UNLOCKED, "method": Method.KEYPAD}, NAMED),
        # neither opens the door with a code
        (NONE, {"type": LOCKED, "method": Method.KEYPAD, "slot": 4}, NONE),
        (NONE, {"type": UNLOCKED, "method": Method.REMOTE}, NONE),
        (NONE, {"type": UNLOCKED, "method": Method.MANUAL}, NONE),
        (NONE, {"type": AccessType.DENIED, "slot": 4}, NONE),
        (ANONYMOUS, {"type": UNLOCKED, "method": Method.MANUAL}, ANONYMOUS),
    ],
)
def test_what_a_lock_has_reported(
    known: UseReports, event: dict[str, Any], after: UseReports
) -> None:
    assert use_reports_after(known, AccessEvent(lock="front", at=AT, **event)) is after


def person(name: str, limit: int | None) -> Person:
    return Person(
        person_id=name.lower(),
        subentry_id=name,
        name=name,
        locks=None,
        enabled=True,
        rule=AccessRule(use_limit=limit),
    )


def view(slot: int, owner: str, desired: DesiredState) -> SlotView:
    return SlotView(
        slot=slot,
        credential=CredentialRef(owner),
        person_name=owner,
        desired=desired,
        state=SlotState.IN_SYNC,
        evidence=Evidence.VALUE,
        verified_at=AT,
        reason=None,
        owner_removed=False,
        orphaned=False,
    )


@pytest.mark.parametrize("reports", UseReports)
def test_whose_number_of_uses_ends_nothing(reports: UseReports) -> None:
    """Those who have a code there, once the door was opened and no code was named."""
    present, absent = DesiredState.PRESENT, DesiredState.ABSENT
    views = [view(1, "zoe", present), view(2, "ann", present)]
    views += [view(3, "ben", present), view(4, "cid", absent)]
    snapshot = LockSnapshot(
        lock="front",
        name="Front",
        reachable=True,
        incompatible=False,
        storage_failed=False,
        capabilities=None,
        slots={each.slot: each for each in views},
        use_reports=reports,
    )
    people = [person("Zoe", 1), person("Ann", 3), person("Ben", None)]
    people += [person("Cid", 1), person("Dan", 1)]
    expected = ["Ann", "Zoe"] if reports is ANONYMOUS else []
    assert unlimited_uses(snapshot, people) == expected
    assert reports.counts_uses is (reports is NAMED)
