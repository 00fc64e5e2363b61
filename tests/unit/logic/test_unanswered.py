"""Since when a lock has given no answer, and what is shown of its codes then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.keyholder.logic.snapshots import lock_snapshot
from custom_components.keyholder.logic.unanswered import (
    ANSWERED,
    Unanswered,
    is_outdated,
    next_deadline,
    overdue_codes,
    waiting_since,
)
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.journal import LockJournalEntry
from custom_components.keyholder.model.slot import (
    DesiredState,
    Reason,
    SlotRecord,
    Target,
)
from custom_components.keyholder.model.slot_events import LockTraits
from custom_components.keyholder.model.snapshot import CredentialsState, LockSnapshot
from custom_components.keyholder.model.timing import Timing

NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DELAY = timedelta(minutes=15)
ANN, BEN = CredentialRef("ann"), CredentialRef("ben")
TRAITS = LockTraits(best_evidence=Evidence.VALUE, timing=Timing())

PROVEN = SlotRecord(
    slot=1,
    credential=ANN,
    person_name="Ann",
    target=Target(DesiredState.PRESENT, 1),
    evidence=Evidence.VALUE,
    verified_at=NOON,
)
CLEARED = replace(PROVEN, target=Target(DesiredState.ABSENT, 1))
WANTED = replace(PROVEN, slot=2, credential=BEN, evidence=Evidence.NONE)


def shown(*records: SlotRecord, outdated: bool, reachable: bool = True) -> LockSnapshot:
    return lock_snapshot(
        LockJournalEntry(
            lock="front",
            name="Front",
            records={record.slot: record for record in records},
        ),
        TRAITS,
        {"ann", "ben"},
        {},
        reachable=reachable,
        incompatible=False,
        storage_failed=False,
        unanswered_since=NOON,
        outdated=outdated,
    )


def after(state: Unanswered, event: str, now: datetime) -> Unanswered:
    match event:
        case "failed":
            return state.after_failed_call(now)
        case "disconnected":
            return state.after_disconnected(now)
        case "answered":
            return ANSWERED
    return state.after_connected(is_asked=event == "connected")


@pytest.mark.parametrize(
    ("events", "since"),
    [
        ([], None),
        (["failed"], 1),
        (["failed", "failed"], 1),
        (["disconnected"], 1),
        (["disconnected", "failed"], 1),
        (["failed", "disconnected"], 1),
        (["disconnected", "connected"], None),
        (["failed", "connected"], 1),
        (["failed", "disconnected", "connected", "failed"], 1),
        (["failed", "connected unasked"], None),
        (["failed", "answered"], None),
        (["failed", "answered", "failed"], 3),
    ],
)
def test_only_an_answer_ends_that_calls_got_none(
    events: list[str], since: int | None
) -> None:
    """Clause 16.6: a connection that comes and goes is no word of the lock."""
    state = ANSWERED
    for number, event in enumerate(events, 1):
        state = after(state, event, NOON + number * HOUR)
    assert state.since == (None if since is None else NOON + since * HOUR)


@pytest.mark.parametrize(
    ("since", "hours", "outdated"),
    [(None, 1000, False), (NOON, 23, False), (NOON, 24, True), (NOON, 200, True)],
)
def test_what_was_shown_is_too_old_from_the_limit_on(
    since: datetime | None, hours: int, outdated: bool
) -> None:
    """Clause 16.6: the limit counts from the first call without an answer."""
    assert is_outdated(since, 24 * HOUR, NOON + hours * HOUR) is outdated


def test_nothing_of_an_outdated_lock_is_shown_as_proven_now() -> None:
    """Clause 16.6: the last proof and its age stay; absence is not proven now either."""
    snapshot = shown(PROVEN, replace(CLEARED, slot=3), outdated=True)

    assert snapshot.state is CredentialsState.ATTENTION
    assert snapshot.has_problem
    for view in snapshot.slots.values():
        assert view.state is None
        assert (view.evidence, view.verified_at) == (Evidence.VALUE, NOON)
    assert snapshot.slots[1].reason is Reason.LOCK_UNREACHABLE
    assert snapshot.slots[3].reason is None


def test_a_lock_without_codes_that_does_not_answer_needs_attention() -> None:
    """Clause 16.6: that it holds none is not proven now either."""
    assert shown(outdated=True).state is CredentialsState.ATTENTION
    assert shown(outdated=False).state is CredentialsState.IN_SYNC


def test_a_wanted_code_waits_until_it_is_proven() -> None:
    """Clause 16.6: the time of each code counts for itself."""
    both = shown(PROVEN, WANTED, outdated=False)
    first = waiting_since({}, both, {ANN, BEN}, NOON)
    assert first == {BEN: NOON}
    assert overdue_codes(first, DELAY, NOON + DELAY - timedelta(seconds=1)) == set()
    assert overdue_codes(first, DELAY, NOON + DELAY) == {BEN}

    later = NOON + 2 * DELAY
    unproven = replace(PROVEN, evidence=Evidence.NONE)
    second = waiting_since(first, shown(unproven, WANTED, outdated=False), {ANN}, later)
    assert list(second.items()) == [(BEN, NOON), (ANN, later)]
    assert overdue_codes(second, DELAY, later) == {BEN}

    proven = replace(WANTED, evidence=Evidence.VALUE)
    third = waiting_since(second, shown(unproven, proven, outdated=False), {BEN}, later)
    assert third == {ANN: later}


def test_who_has_no_slot_waits_and_who_may_have_no_code_does_not() -> None:
    """Clause 16.6: a wanted code without a slot is waited for as any other."""
    revoked = replace(CLEARED, evidence=Evidence.NONE)
    snapshot = replace(shown(revoked, outdated=False), unassigned={BEN: None})
    assert waiting_since({ANN: NOON}, snapshot, {ANN, BEN}, NOON) == {BEN: NOON}


def test_a_proven_code_of_an_outdated_lock_does_not_wait() -> None:
    """Clause 16.6: one repair says since when nothing is proven."""
    assert waiting_since({}, shown(PROVEN, outdated=True), {ANN}, NOON) == {}


@pytest.mark.parametrize(
    ("waiting", "since", "now", "deadline"),
    [
        ([], None, NOON, None),
        ([NOON], None, NOON, NOON + DELAY),
        ([NOON], None, NOON + DELAY, None),
        ([NOON], NOON - HOUR, NOON, NOON + DELAY),
        ([], NOON, NOON + DELAY, NOON + 24 * HOUR),
        ([], NOON, NOON + 24 * HOUR, None),
    ],
)
def test_the_next_change_by_time_alone_is_known(
    waiting: list[datetime],
    since: datetime | None,
    now: datetime,
    deadline: datetime | None,
) -> None:
    """Clause 16.6: there is one timer, and none where time changes nothing."""
    assert next_deadline(waiting, DELAY, since, 24 * HOUR, now) == deadline
