"""Whose codes may meet on a lock."""

import pytest

from custom_components.keyholder.model.credential import Person

A, B, AB = frozenset({"a"}), frozenset({"b"}), frozenset({"a", "b"})


@pytest.mark.parametrize(
    ("mine", "theirs", "may_share"),
    [
        (A, A, True),
        (A, AB, True),
        (A, B, False),
        (A, frozenset(), False),
        (None, A, True),
        (A, None, True),
        (None, None, True),
        (None, frozenset(), True),
    ],
)
def test_who_has_every_lock_may_meet_everybody(
    mine: frozenset[str] | None, theirs: frozenset[str] | None, may_share: bool
) -> None:
    person = Person(
        person_id="p", subentry_id="s", name="Ann", locks=mine, enabled=True
    )

    assert person.may_share_lock(theirs) is may_share
