"""A false claim is found, by whoever looks for it."""

import pytest

from custom_components.keyholder.model.slot import DesiredState
from tests.harness.claims import Claim, ClaimChecker, is_true

PRESENT, ABSENT = DesiredState.PRESENT, DesiredState.ABSENT


@pytest.mark.parametrize(
    ("desired", "held", "expected"),
    [
        (PRESENT, "9012", True),
        (PRESENT, "9011", False),
        (PRESENT, None, False),
        (ABSENT, None, True),
        (ABSENT, "9013", True),
        (ABSENT, "9011", False),
    ],
)
def test_a_claim_is_true_where_the_lock_holds_what_it_says(
    desired: DesiredState, held: str | None, *, expected: bool
) -> None:
    assert is_true(desired, held, current=["9012"], ever=["9011", "9012"]) is expected


def checked(*, strict: bool) -> list[str]:
    """Return what is found of a claim that is made twice and false from then on."""
    claims = [Claim("lock", 1, "since noon")]
    checker = ClaimChecker(lambda: claims, strict=strict)
    checker.check()
    claims[:] = [Claim("lock", 1, "since noon", is_true=False, text="present")]
    checker.check()
    claims[:] = [Claim("lock", 1, "since one", is_true=False, text="present again")]
    checker.check()
    claims[:] = [Claim("lock", 1, None)]
    checker.check()
    return checker.false_claims


def test_a_claim_that_becomes_false_is_found() -> None:
    assert checked(strict=True) == ["present is not true", "present again is not true"]


def test_where_locks_cannot_show_changes_only_a_new_claim_is_checked() -> None:
    assert checked(strict=False) == ["present again is not true"]
