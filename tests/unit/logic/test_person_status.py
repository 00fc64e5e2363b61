"""The status of a person, by what each lock has shown."""

from dataclasses import replace

import pytest

from custom_components.keyholder.logic.person_status import person_codes
from custom_components.keyholder.model.access_rules import DenialCause, RuleResult
from custom_components.keyholder.model.credential import (
    CredentialRef,
    Person,
    PersonStatus,
)
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.slot import DesiredState, Reason, SlotState
from custom_components.keyholder.model.snapshot import LockSnapshot, SlotView

ANN = CredentialRef("ann")
PERSON = Person(person_id="ann", subentry_id="1", name="Ann", locks=None, enabled=True)
SHOWN = SlotView(
    slot=1,
    credential=ANN,
    person_name="Ann",
    desired=DesiredState.PRESENT,
    state=SlotState.IN_SYNC,
    evidence=Evidence.VALUE,
    verified_at=None,
    reason=None,
    owner_removed=False,
    orphaned=False,
)
ACCEPTED = replace(SHOWN, state=SlotState.ACCEPTED)
WRITING = replace(SHOWN, state=SlotState.SYNCING)
AWAITED = replace(SHOWN, state=SlotState.PENDING_CONFIRMATION)
UNKNOWN = replace(SHOWN, state=None)
AWAY = replace(SHOWN, state=SlotState.OUT_OF_SYNC, reason=Reason.LOCK_UNREACHABLE)
SILENT = replace(SHOWN, state=None, reason=Reason.NO_ANSWER)
SUSPENDED = replace(SHOWN, state=SlotState.SUSPENDED, reason=Reason.NOT_STORED)
CHANGED = replace(SHOWN, state=SlotState.OUT_OF_SYNC, reason=Reason.CHANGED_AT_LOCK)
OUTDATED = replace(SHOWN, state=None, reason=Reason.LOCK_UNREACHABLE, outdated=True)
STUCK = replace(
    SHOWN,
    desired=DesiredState.ABSENT,
    state=SlotState.OUT_OF_SYNC,
    reason=Reason.LOCK_UNREACHABLE,
)
NO_SLOT = Reason.NO_FREE_SLOT
NO_ANSWER = Reason.LOCK_UNREACHABLE


def lock(name: str, code: SlotView | Reason | None) -> LockSnapshot:
    """Return a lock with a code, or with one that has no slot."""
    has_slot = isinstance(code, SlotView)
    return LockSnapshot(
        lock=name,
        name=name.title(),
        reachable=True,
        incompatible=False,
        storage_failed=False,
        capabilities=None,
        slots={1: code} if isinstance(code, SlotView) else {},
        slot_by_credential={ANN: 1} if has_slot else {},
        unassigned={} if has_slot else {ANN: code},  # type: ignore[dict-item]
    )


@pytest.mark.parametrize(
    ("codes", "status"),
    [
        ([], PersonStatus.INACTIVE),
        ([SHOWN], PersonStatus.ACTIVE),
        ([SHOWN, ACCEPTED], PersonStatus.ACTIVE),
        ([None], PersonStatus.SETTING_UP),
        ([WRITING], PersonStatus.SETTING_UP),
        ([AWAITED], PersonStatus.SETTING_UP),
        ([UNKNOWN], PersonStatus.SETTING_UP),
        ([AWAY], PersonStatus.SETTING_UP),
        ([SILENT], PersonStatus.SETTING_UP),
        ([NO_ANSWER, None], PersonStatus.SETTING_UP),
        ([SHOWN, WRITING], PersonStatus.PARTLY),
        ([SHOWN, None], PersonStatus.PARTLY),
        ([SHOWN, AWAY], PersonStatus.PARTLY),
        ([NO_ANSWER, ACCEPTED], PersonStatus.PARTLY),
        ([SHOWN, NO_SLOT], PersonStatus.ATTENTION),
        ([SHOWN, SUSPENDED], PersonStatus.ATTENTION),
        ([SHOWN, CHANGED], PersonStatus.ATTENTION),
        ([SHOWN, OUTDATED], PersonStatus.ATTENTION),
        ([SHOWN, STUCK], PersonStatus.ATTENTION),
    ],
)
def test_a_person_is_active_only_where_every_lock_has_shown_the_code(
    codes: list[SlotView | Reason | None], status: PersonStatus
) -> None:
    """Clause 16.37: before that they are being set up, or have it on some locks."""
    locks = [lock(f"lock {number}", code) for number, code in enumerate(codes)]
    assert person_codes(PERSON, locks, RuleResult(), has_pin=True).status is status


@pytest.mark.parametrize(
    ("person", "verdict", "has_pin", "status"),
    [
        (replace(PERSON, enabled=False), RuleResult(), True, PersonStatus.DISABLED),
        (
            PERSON,
            RuleResult(denied_by=DenialCause.NOT_YET),
            True,
            PersonStatus.SCHEDULED,
        ),
        (PERSON, RuleResult(), False, PersonStatus.ATTENTION),
    ],
)
def test_who_may_have_no_code_is_not_being_set_up(
    person: Person, verdict: RuleResult, has_pin: bool, status: PersonStatus
) -> None:
    """Clause 16.37: the switch and the rule come before what the locks have shown."""
    locks = [lock("front", None)]
    assert person_codes(person, locks, verdict, has_pin=has_pin).status is status


def test_the_locks_are_named_that_have_shown_the_code_and_those_that_have_not() -> None:
    """Clause 16.37: an attribute says which locks it is on."""
    locks = [lock("front", SHOWN), lock("back", AWAY), lock("gate", None)]
    person = replace(PERSON, locks=frozenset({"front", "back"}))

    codes = person_codes(person, locks, RuleResult(), has_pin=True)

    assert (codes.shown_on, codes.missing_on) == (("Front",), ("Back",))


def test_a_lock_that_is_being_removed_is_not_waited_for() -> None:
    """Clause 16.37: its codes are taken away, and nobody is to have one there."""
    locks = [lock("front", SHOWN), lock("back", None)]
    codes = person_codes(PERSON, locks, RuleResult(), has_pin=True, leaving={"back"})
    assert codes.status is PersonStatus.ACTIVE
