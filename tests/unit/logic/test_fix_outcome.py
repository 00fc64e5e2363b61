"""Whether a fix is done, and what is remembered of one that is tried."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from custom_components.keyholder.logic.fix_outcome import (
    FixOutcome,
    outcome_of_all,
    slot_outcome,
)
from custom_components.keyholder.logic.lifecycle import reduce
from custom_components.keyholder.logic.pending_command import mark_verified
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.slot import (
    DesiredState,
    Origin,
    Reason,
    Retry,
    SlotRecord,
    Target,
)
from custom_components.keyholder.model.slot_events import (
    DesiredChanged,
    LockTraits,
    ResumeChoice,
    UserResumed,
)
from custom_components.keyholder.model.timing import Timing

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 8, 1, 13, tzinfo=UTC)
TRAITS = LockTraits(best_evidence=Evidence.VALUE, timing=Timing())

TRIED = SlotRecord(
    slot=1,
    credential=CredentialRef("ann"),
    person_name="Ann",
    target=Target(DesiredState.PRESENT, 1),
)
PROVEN = replace(TRIED, evidence=Evidence.VALUE)
SUSPENDED = replace(TRIED, retry=Retry(suspended_reason=Reason.NOT_STORED))
UNMANAGED = replace(TRIED, origin=Origin.UNMANAGED)
GOING = replace(TRIED, target=Target(DesiredState.ABSENT, 1))


@pytest.mark.parametrize(
    ("record", "outcome"),
    [
        (None, FixOutcome.DONE),
        (PROVEN, FixOutcome.DONE),
        (replace(PROVEN, needs_read=True), FixOutcome.UNDER_WAY),
        (TRIED, FixOutcome.UNDER_WAY),
        (SUSPENDED, FixOutcome.FAILED),
        (UNMANAGED, FixOutcome.FAILED),
        (GOING, FixOutcome.UNDER_WAY),
        (replace(GOING, origin=Origin.UNMANAGED), FixOutcome.UNDER_WAY),
        (replace(GOING, evidence=Evidence.VALUE), FixOutcome.DONE),
    ],
)
def test_a_fix_is_done_when_the_lock_has_shown_it(
    record: SlotRecord | None, outcome: FixOutcome
) -> None:
    """Clause 16.35: a repair is not closed before."""
    assert slot_outcome(record) is outcome


@pytest.mark.parametrize(
    ("parts", "outcome"),
    [
        ([], FixOutcome.DONE),
        ([FixOutcome.DONE, FixOutcome.DONE], FixOutcome.DONE),
        ([FixOutcome.DONE, FixOutcome.UNDER_WAY], FixOutcome.UNDER_WAY),
        ([FixOutcome.UNDER_WAY, FixOutcome.FAILED], FixOutcome.FAILED),
    ],
)
def test_a_fix_of_several_codes_is_done_with_the_last(
    parts: list[FixOutcome], outcome: FixOutcome
) -> None:
    """Clause 16.35: one code that is missing keeps the repair."""
    assert outcome_of_all(parts) is outcome


def resumed(record: SlotRecord, at: datetime = NOW) -> SlotRecord:
    return reduce(record, UserResumed(ResumeChoice.RETRY), at, TRAITS)[0]


def test_since_when_a_code_is_tried_again_is_remembered_until_it_is_proven() -> None:
    """Clause 16.35: it is in the record, so a restart does not close the repair."""
    trying = resumed(SUSPENDED)
    assert trying.blocked is None
    assert trying.retry.resumed == (Reason.NOT_STORED, NOW)
    assert resumed(trying, LATER).retry.resumed == (Reason.NOT_STORED, NOW)
    assert mark_verified(trying, Evidence.VALUE, LATER, TRAITS).retry.resumed is None


def test_a_new_pin_is_not_the_code_that_was_tried_again() -> None:
    """Clause 16.35: what failed before says nothing of it."""
    changed = DesiredChanged(Target(DesiredState.PRESENT, 2))
    assert reduce(resumed(SUSPENDED), changed, LATER, TRAITS)[0].retry.resumed is None


def test_a_code_that_is_taken_away_is_not_tried_again() -> None:
    """Clause 16.35: its repair says that it may still open the door."""
    assert resumed(GOING).retry.resumed is None
