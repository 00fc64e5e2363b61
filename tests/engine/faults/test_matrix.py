"""Every fault of a lock, on every kind of lock, while each thing is done to a slot."""

from dataclasses import replace
from functools import cache

from _pytest.mark import ParameterSet
import pytest

from custom_components.keyholder.model.slot import DesiredState, SlotState
from tests.engine.faults.cases import FAULTS, NO_FAULT
from tests.harness.doc_tables import (
    assert_documented,
    read_table,
    render_table,
    writes_documents,
)
from tests.harness.fakes.provider import Call, Profile
from tests.harness.faults.engine_scenario import Fault, Outcome, run_scenario
from tests.harness.faults.fault_scenario import (
    FIRST_PIN,
    SECOND_PIN,
    UserChange,
    table_row,
)
from tests.harness.sampling import FULL, PATIENCE, sample_share

KINDS = {
    Profile.READABLE: "readable",
    Profile.MASKING: "masking",
    Profile.WRITE_ONLY: "write-only",
}
PAGE, TABLE = "reliability.md", "faults of a lock"
HEAD = ("fault", "while", "lock", "what the sensor shows", "told", "r / w / c")
EVERY = "every kind"

type Case = tuple[Fault, UserChange, Profile]
type Cells = tuple[str, str, str]

ALL: list[Case] = [
    (fault, change, profile)
    for fault in FAULTS
    for change in fault.changes
    for profile in fault.profiles
]
CLEARED: list[Case] = [
    (fault, change, profile)
    for fault, change, profile in ALL
    if change is UserChange.CLEAR and profile is not Profile.WRITE_ONLY
]


def cases(of: list[Case], part: float) -> list[ParameterSet]:
    """Return that part of them, and all in a full run.

    No provider has locks that show nothing: of those a third of that part will do.
    """
    blind = [case for case in of if case[2] is Profile.WRITE_ONLY]
    showing = [case for case in of if case[2] is not Profile.WRITE_ONLY]
    return [
        pytest.param(*case, id=f"{case[0].name}-{case[1]}-{KINDS[case[2]]}")
        for case in (*sample_share(showing, part), *sample_share(blind, part / 3))
    ]


played = cache(run_scenario)


@pytest.mark.parametrize(("fault", "change", "profile"), cases(ALL, 0.6))
def test_fault_never_shows_a_false_in_sync_within_its_radio_budget(
    fault: Fault, change: UserChange, profile: Profile
) -> None:
    run = played(fault, change, profile)
    well = played(replace(fault, inject=NO_FAULT.inject), change, profile)

    # what a masking lock holds in secret, no read of it can tell
    assert run.false_claims == () or (fault.hidden and profile is Profile.MASKING)
    assert sum(run.commands) <= fault.at_most
    assert len(run.reported) == len(set(run.reported))
    assert run.slots <= {fault.slot}
    _assert_the_end_is_true(fault, profile, run)

    settled = "accepted" if profile is Profile.WRITE_ONLY else "in_sync"
    assert run.other_shown == (settled,)
    assert set(run.other_operations) <= {Call.READ, Call.PROBE}
    assert run.other_operations[Call.READ] <= fault.others
    assert (run.back_shown, run.back_operations) == (
        well.back_shown,
        well.back_operations,
    )

    assert (
        writes_documents()
        or table_row(run) == _documented()[fault.name, change, profile]
    )


def _assert_the_end_is_true(fault: Fault, profile: Profile, run: Outcome) -> None:
    """What is shown in the end is what the lock really holds."""
    if profile is Profile.WRITE_ONLY:
        # the lock never shows anything: it is never said to be in sync
        assert run.ends is not SlotState.IN_SYNC
        return
    if run.ends is not SlotState.IN_SYNC or fault.hidden:
        return
    if run.desired is DesiredState.ABSENT:
        assert run.held not in (FIRST_PIN, SECOND_PIN)
    else:
        assert run.held in (FIRST_PIN, SECOND_PIN)


@pytest.mark.parametrize(("fault", "change", "profile"), cases(CLEARED, 0.6))
def test_a_code_that_was_taken_back_is_not_left_behind_unsaid(
    fault: Fault, change: UserChange, profile: Profile
) -> None:
    run = played(fault, change, profile)
    held = run.held in (FIRST_PIN, SECOND_PIN)
    gone = run.ends is SlotState.IN_SYNC
    assert gone or "revocation_pending" in run.reported
    assert not (held and gone)


@pytest.mark.timeout(PATIENCE)
def test_the_documentation_has_a_row_of_each_fault() -> None:
    """Each run is compared with its row where it is played."""
    if FULL or writes_documents():
        assert_documented(PAGE, TABLE, render_table(HEAD, _rows()))
    documented = {(fault.name, change, profile) for fault, change, profile in ALL}
    assert _documented().keys() == documented


@cache
def _documented() -> dict[tuple[str, str, Profile], Cells]:
    """Return what is documented of each run."""
    rows: dict[tuple[str, str, Profile], Cells] = {}
    for name, change, kinds, *shown in read_table(PAGE, TABLE):
        moments, reported, radio = shown
        for profile, kind in KINDS.items():
            if kinds == EVERY or kind in kinds.split(", "):
                rows[name, change, profile] = (moments, reported, radio)
    return rows


def _rows() -> list[tuple[str, ...]]:
    """One row for each fault and thing done, kinds of lock that do the same merged."""
    rows: list[tuple[str, ...]] = []
    for fault in FAULTS:
        for change in fault.changes:
            alike: dict[Cells, list[str]] = {}
            for profile in fault.profiles:
                cells = table_row(played(fault, change, profile))
                alike.setdefault(cells, []).append(KINDS[profile])
            for (shown, reported, radio), kinds in alike.items():
                named = EVERY if len(kinds) == len(Profile) else ", ".join(kinds)
                rows.append((fault.name, change.value, named, shown, reported, radio))
    return rows
