"""Every fault of a lock, on every kind of lock, while each thing is done to a slot."""

from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from custom_components.keyholder.model.slot import Desired, SlotState
from tests.fakes.provider import Call, Profile
from tests.tables import assert_documented, rendered

from .cases import FAULTS, NO_FAULT
from .scene import FIRST_PIN, SECOND_PIN, Doing, Fault, Run, play

KINDS = {
    Profile.READABLE: "readable",
    Profile.MASKING: "masking",
    Profile.WRITE_ONLY: "write-only",
}
CASES = [
    pytest.param(fault, doing, profile, id=f"{fault.name}-{doing}-{KINDS[profile]}")
    for fault in FAULTS
    for doing in fault.doings
    for profile in fault.profiles
]

played = cache(play)


@pytest.mark.parametrize(("fault", "doing", "profile"), CASES)
def test_the_truth_is_shown_the_radio_spared_and_nothing_else_touched(
    fault: Fault, doing: Doing, profile: Profile
) -> None:
    run = played(fault, doing, profile)
    well = played(replace(fault, strike=NO_FAULT.strike), doing, profile)

    # what a masking lock holds in secret, no read of it can tell
    assert run.lies == () or (fault.hidden and profile is Profile.MASKING)
    assert sum(run.operations) <= fault.at_most
    _assert_the_end_is_true(fault, profile, run)

    settled = "accepted" if profile is Profile.WRITE_ONLY else "in_sync"
    assert run.other_shown == (settled,)
    assert set(run.other_operations) <= {Call.READ, Call.PROBE}
    assert run.other_operations[Call.READ] <= fault.others
    assert (run.back_shown, run.back_operations) == (
        well.back_shown,
        well.back_operations,
    )


def _assert_the_end_is_true(fault: Fault, profile: Profile, run: Run) -> None:
    """What is shown in the end is what the lock really holds."""
    if profile is Profile.WRITE_ONLY:
        # the lock never shows anything: it is never said to be in sync
        assert run.ends is not SlotState.IN_SYNC
        return
    if run.ends is not SlotState.IN_SYNC or fault.hidden:
        return
    if run.desired is Desired.ABSENT:
        assert run.ends_held not in (FIRST_PIN, SECOND_PIN)
    else:
        assert run.ends_held in (FIRST_PIN, SECOND_PIN)


@pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_code_that_was_taken_back_is_not_left_behind_unsaid(
    fault: Fault, profile: Profile
) -> None:
    if Doing.CLEAR not in fault.doings or profile not in fault.profiles:
        pytest.skip("nothing is cleared here")
    run = played(fault, Doing.CLEAR, profile)
    held = run.ends_held in (FIRST_PIN, SECOND_PIN)
    gone = run.ends is SlotState.IN_SYNC
    assert gone or "revocation_pending" in run.told
    assert not (held and gone)


def test_what_is_shown_is_what_the_documentation_says() -> None:
    assert_documented(
        "reliability.md",
        "faults of a lock",
        rendered(
            ("fault", "while", "lock", "what the sensor shows", "told", "r / w / c"),
            _rows(),
        ),
    )


def _rows() -> list[tuple[str, ...]]:
    """One row for each fault and thing done, kinds of lock that do the same merged."""
    rows: list[tuple[str, ...]] = []
    for fault in FAULTS:
        for doing in fault.doings:
            alike: dict[tuple[str, str, str], list[str]] = {}
            for profile in fault.profiles:
                cells = _cells(played(fault, doing, profile))
                alike.setdefault(cells, []).append(KINDS[profile])
            for (shown, told, radio), kinds in alike.items():
                named = "every kind" if len(kinds) == len(Profile) else ", ".join(kinds)
                rows.append((fault.name, doing.value, named, shown, told, radio))
    return rows


def _cells(run: Run) -> tuple[str, str, str]:
    moments = [f"{second} s {shown}" for second, shown in run.shown]
    if len(moments) > _MOMENTS:
        moments = [*moments[: _MOMENTS - 1], "and so on"]
    told = Counter(run.told)
    return (
        ", ".join(moments).replace("_", " "),
        ", ".join(told).replace("_", " ") or "–",
        " / ".join(map(str, run.operations)),
    )


_MOMENTS = 8
"""States that a row shows; what follows repeats them with longer waits."""
