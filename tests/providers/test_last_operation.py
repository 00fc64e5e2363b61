"""Operations of locks that keep showing the last one: each is passed on once."""

from datetime import UTC, datetime
from typing import Final

import pytest

from custom_components.keyholder.model.lock_events import Action, LockOperated, Method
from custom_components.keyholder.providers.last_operation import (
    SAME_OPERATION_SECONDS,
    LastOperation,
)

AT: Final = datetime(2026, 11, 1, 8, tzinfo=UTC)


def by(
    slot: int | None, action: Action = Action.UNLOCK, method: Method = Method.KEYPAD
) -> LockOperated:
    return LockOperated(action, method, slot, AT)


ANN, BEN, NOBODY = by(3), by(4), by(None)
LOCKED_BY_ANN = by(3, Action.LOCK)
KEY = by(None, method=Method.MANUAL)

type Report = tuple[str, LockOperated | bool]


@pytest.mark.parametrize(
    ("reports", "new"),
    [
        # each way alone
        ([("value", ANN)], [True]),
        ([("event", ANN)], [True]),
        ([("value", ANN), ("value", BEN)], [True, True]),
        ([("event", ANN), ("event", ANN)], [True, True]),
        # both ways, in either order
        ([("event", ANN), ("value", ANN)], [True, False]),
        ([("value", ANN), ("event", ANN)], [True, False]),
        ([("value", ANN), ("event", NOBODY)], [True, False]),
        ([("event", NOBODY), ("value", ANN)], [True, True]),
        # repeated by the lock, and by the same person after the door was locked
        ([("value", ANN), ("value", ANN)], [True, False]),
        ([("value", ANN), ("locked", True), ("value", ANN)], [True, True]),
        ([("value", ANN), ("locked", False), ("value", ANN)], [True, False]),
        ([("value", ANN), ("value", LOCKED_BY_ANN), ("value", ANN)], [True] * 3),
        ([("value", ANN), ("event", LOCKED_BY_ANN), ("value", ANN)], [True] * 3),
        (
            [("event", ANN), ("value", ANN), ("locked", True), ("event", ANN)],
            [True, False, True],
        ),
        # somebody else in between, or another way to open the door
        ([("value", ANN), ("event", BEN), ("value", ANN)], [True] * 3),
        (
            [("value", ANN), ("locked", True), ("event", KEY), ("value", ANN)],
            [True] * 3,
        ),
        # one way says less of who it was than the other
        ([("value", ANN), ("event", KEY)], [True, False]),
        ([("event", ANN), ("value", KEY)], [True, False]),
        ([("value", KEY), ("event", ANN)], [True, True]),
        ([("event", KEY), ("value", ANN)], [True, True]),
        ([("event", BEN), ("value", ANN)], [True, True]),
        # what was shown before is history until the bolt has moved
        ([("shown", ANN), ("value", ANN)], [False]),
        ([("shown", ANN), ("locked", True), ("value", ANN)], [True]),
        ([("shown", ANN), ("value", BEN)], [True]),
    ],
)
def test_each_operation_is_new_once(reports: list[Report], new: list[bool]) -> None:
    """Clause 16.11."""
    last = LastOperation()
    found = []
    for way, what in reports:
        if isinstance(what, bool):
            last.record_position(locked=what)
        elif way == "shown":
            last.assume(what)
        elif way == "value":
            found.append(last.is_new_value(what, 100))
        else:
            found.append(last.is_new_event(what, 101))
    assert found == new


@pytest.mark.parametrize(("later", "new"), [(0, True), (0.1, False)])
def test_an_event_long_after_the_value_is_another_operation(
    later: float, new: bool
) -> None:
    last = LastOperation()
    last.is_new_value(ANN, 100)
    assert last.is_new_event(ANN, 100 + SAME_OPERATION_SECONDS - later) is new
