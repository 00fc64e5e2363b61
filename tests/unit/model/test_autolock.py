"""What is known of a door."""

from datetime import timedelta

import pytest

from custom_components.keyholder.model.autolock import AutolockConfig, Position


@pytest.mark.parametrize(
    ("position", "is_known", "is_open"),
    [
        (Position.LOCKED, True, False),
        (Position.UNLOCKED, True, True),
        (Position.JAMMED, True, True),
        (Position.LOCKING, False, False),
        (Position.UNAVAILABLE, False, False),
        (Position.MISSING, False, False),
    ],
)
def test_only_a_bolt_that_rests_is_known_and_only_a_known_one_is_open(
    position: Position, is_known: bool, is_open: bool
) -> None:
    assert position.is_known is is_known
    assert position.is_not_locked is is_open


def test_nothing_is_locked_unless_somebody_wants_it() -> None:
    rules = AutolockConfig()
    assert not rules.enabled
    assert not rules.lock_when_closed
    assert rules.night <= rules.day
    assert rules.close_delay > timedelta(0)
