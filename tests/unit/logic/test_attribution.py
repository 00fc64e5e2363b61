"""Whose doing it was: certain, or nobody's."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.keyholder.logic.attribution import attribute_event
from custom_components.keyholder.model.access import AccessType
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.disabled_code import DisabledCode
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_events import (
    AccessDenied,
    Action,
    LockOperated,
    Method,
)
from custom_components.keyholder.model.provider_io import Occupancy
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
from tests.harness.logic.disabled_slots import MASKING, READABLE, both, disabled
from tests.harness.logic.scenario import Scenario, in_sync

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
ANNS = SlotRecord(
    slot=3,
    credential=CredentialRef("person-Ann"),
    person_name="Ann",
    target=Target(DesiredState.PRESENT, 1),
)
KEYPAD = LockOperated(Action.UNLOCK, Method.KEYPAD, 3, AT)


@pytest.mark.parametrize(
    ("event", "kind", "slot", "name"),
    [
        (KEYPAD, AccessType.UNLOCKED, 3, "Ann"),
        (replace(KEYPAD, action=Action.LOCK), AccessType.LOCKED, 3, "Ann"),
        (replace(KEYPAD, slot=None), AccessType.UNLOCKED, None, None),
        (replace(KEYPAD, slot=0), AccessType.UNLOCKED, None, None),
        (replace(KEYPAD, slot=4), AccessType.UNLOCKED, 4, None),
        *(
            (replace(KEYPAD, method=method), AccessType.UNLOCKED, None, None)
            for method in Method
            if method is not Method.KEYPAD
        ),
        (AccessDenied(AT), AccessType.DENIED, None, None),
        (AccessDenied(AT, 0), AccessType.DENIED, None, None),
        (AccessDenied(AT, 3), AccessType.DENIED, 3, "Ann"),
        (AccessDenied(AT, 4), AccessType.DENIED, 4, None),
    ],
)
def test_who_is_named(
    event: LockOperated | AccessDenied,
    kind: AccessType,
    slot: int | None,
    name: str | None,
) -> None:
    published = attribute_event(event, "front", {3: ANNS})
    assert (published.lock, published.type, published.at) == ("front", kind, AT)
    assert (published.slot, published.name) == (slot, name)
    assert published.person == (None if name is None else "person-Ann")
    assert published.method is (
        event.method if isinstance(event, LockOperated) else None
    )


@pytest.mark.parametrize(
    "command",
    [
        {"origin": Origin.UNMANAGED},
        {"origin": Origin.UNCONFIRMED},
        {"changed_externally": True},
    ],
)
def test_nobody_is_named_where_the_code_may_be_another_one(
    command: dict[str, Any],
) -> None:
    published = attribute_event(KEYPAD, "front", {3: replace(ANNS, **command)})
    assert (published.slot, published.person, published.name) == (3, None, None)


# Only where the code is held to be there

WRITE_ONLY = Evidence.ACKNOWLEDGED
EARLIER = AT - timedelta(hours=1)
SOON = AT + timedelta(minutes=1)
EMPTY = Observation(occupancy=Occupancy.EMPTY, observed_at=EARLIER)
SEEN = Observation(occupancy=Occupancy.MASKED, observed_at=EARLIER)
OFF = Target(DesiredState.ABSENT, 1)
CLEARED: dict[str, Any] = {
    "target": OFF,
    "observed": EMPTY,
    "evidence": Evidence.VALUE,
    "verified_at": EARLIER,
}
"""A record whose code is proven to be gone."""


def pending(operation: Operation) -> PendingCommand:
    return PendingCommand(
        operation=operation, revision=1, started_at=EARLIER, deadline=SOON
    )


def unresolved(*, followed_by_clear: bool = False) -> tuple[UnresolvedCommand, ...]:
    write = UnresolvedCommand(
        operation=Operation.WRITE,
        revision=1,
        started_at=EARLIER,
        may_land_until=SOON,
        followed_by_clear=followed_by_clear,
    )
    return (write,)


def used_by(record: SlotRecord, at: datetime = AT) -> str | None:
    """Return who is named when the record's slot is used at the keypad."""
    event = LockOperated(Action.UNLOCK, Method.KEYPAD, record.slot, at)
    return attribute_event(event, "front", {record.slot: record}).name


def denied_to(record: SlotRecord, at: datetime = AT) -> str | None:
    """Return who is named when the record's slot is denied access."""
    event = AccessDenied(at, record.slot)
    return attribute_event(event, "front", {record.slot: record}).name


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize(
    ("known", "named"),
    [
        (CLEARED, False),
        (CLEARED | {"evidence": Evidence.ACKNOWLEDGED}, False),
        (CLEARED | {"needs_read": True}, False),
        # a read showed it empty, and nothing was written since
        ({"observed": EMPTY}, False),
        ({"observed": EMPTY, "target": OFF}, False),
        (
            {"observed": EMPTY, "retry": Retry(suspended_reason=Reason.NOT_STORED)},
            False,
        ),
        ({"observed": EMPTY, "pending": pending(Operation.CLEAR)}, False),
        (
            {
                "observed": EMPTY,
                "target": OFF,
                "unresolved_commands": unresolved(followed_by_clear=True),
            },
            False,
        ),
        # a write may have taken effect
        ({"observed": EMPTY, "pending": pending(Operation.WRITE)}, True),
        ({"observed": EMPTY, "unresolved_commands": unresolved()}, True),
        # not yet proven to be gone
        ({"observed": SEEN, "target": OFF}, True),
        ({"observed": SEEN, "target": OFF, "pending": pending(Operation.CLEAR)}, True),
        ({"target": OFF}, True),
        # there
        ({"observed": SEEN, "evidence": Evidence.PRESENCE}, True),
        ({"evidence": Evidence.ACKNOWLEDGED}, True),
    ],
)
def test_the_owner_is_named_only_where_the_code_is_held_to_be_there(
    known: dict[str, Any], action: Action, *, named: bool
) -> None:
    """Clause 16.3: a slot proven empty has no user; what is not known is not proven."""
    event = replace(KEYPAD, action=action)
    published = attribute_event(event, "front", {3: replace(ANNS, **known)})
    assert published.slot == 3
    assert (published.name, published.person) == (
        ("Ann", "person-Ann") if named else (None, None)
    )


@pytest.mark.parametrize("best_evidence", [READABLE, MASKING, WRITE_ONLY])
def test_a_use_from_before_the_code_was_gone_is_its_owners(
    best_evidence: Evidence,
) -> None:
    """Clause 16.3: a report that comes late is judged by the time of the use."""
    scenario = in_sync(best_evidence)
    used_at = scenario.now
    assert used_by(scenario.record, used_at) == "Ada"
    scenario.run(60)
    scenario.want_absent()
    scenario.run(3600)
    assert used_by(scenario.record, used_at) == "Ada"
    assert used_by(scenario.record, scenario.now) is None
    scenario.look()
    scenario.restart(after=3600)
    scenario.run(3600)
    assert used_by(scenario.record, used_at) == "Ada"
    assert used_by(scenario.record, scenario.now) is None
    scenario.want_present()
    scenario.run(3600)
    assert used_by(scenario.record, scenario.now) == "Ada"


def test_a_code_that_was_never_written_was_used_by_nobody() -> None:
    """Clause 16.3: what happened with the slot before is not its new owner's."""
    scenario = Scenario()
    # the slot was read before it was given to anybody
    scenario.record = replace(scenario.record, observed=EMPTY)
    scenario.want_absent()
    scenario.run(60)
    for at in (scenario.now, scenario.now - timedelta(days=1)):
        assert used_by(scenario.record, at) is None


@both
def test_a_disabled_code_opens_for_nobody_and_is_denied_by_name(
    best_evidence: Evidence,
) -> None:
    """Clause 16.3: who types a disabled code is known if it is denied, not if it opens."""
    scenario = disabled(best_evidence)
    assert scenario.record.disabled_code == DisabledCode(
        revision=1, disabled_since=scenario.record.absent_since
    )
    assert used_by(scenario.record, scenario.now) is None
    assert denied_to(scenario.record, scenario.now) == "Ada"
    scenario.want_present()
    scenario.run(3600)
    assert used_by(scenario.record, scenario.now) == "Ada"


def test_a_denial_with_an_empty_slot_names_nobody() -> None:
    """Clause 16.3: no code of the owner can have been typed."""
    assert denied_to(replace(ANNS, **CLEARED)) is None
