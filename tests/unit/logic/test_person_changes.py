"""Which changes of a person only an administrator may make."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.keyholder.logic.person_changes import needs_administrator
from custom_components.keyholder.model.access_rules import (
    AccessRule,
    Mode,
    RuleCondition,
    ScheduleSource,
    Weekday,
    WeeklySchedule,
    Window,
)
from custom_components.keyholder.model.credential import Person

NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")
MORNING = WeeklySchedule((Window(frozenset({Weekday.MONDAY}), 480, 720),))
EXCEPT_MORNING = replace(MORNING, mode=Mode.EXCLUDE)
HELPER = ScheduleSource(entity="schedule.guests")
HOME = RuleCondition(entity="input_boolean.home", state="on")
DRY = RuleCondition(entity="binary_sensor.rain", state="off")


def person(rule: dict[str, Any] | None = None, **values: Any) -> Person:
    given = {"name": "Anna", "locks": frozenset({"front", "back"}), "enabled": True}
    return Person(
        person_id="anna",
        subentry_id="anna",
        rule=AccessRule(**(rule or {})),
        **{**given, **values},
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (person(), person()),
        (person(), person(locks=frozenset({"front"}))),
        (person(), person(locks=frozenset())),
        (person(locks=None), person()),
        (person(), person(enabled=False)),
        (person(enabled=False), person(enabled=False, locks=frozenset({"front"}))),
        (person(), person({"valid_from": NOON})),
        (person({"valid_from": NOON}), person({"valid_from": NOON + HOUR})),
        (person(), person({"valid_until": NOON})),
        (person({"valid_until": NOON}), person({"valid_until": NOON - HOUR})),
        (
            person({"valid_until": NOON}),
            person({"valid_until": NOON.astimezone(BERLIN)}),
        ),
        (person(), person({"use_limit": 1})),
        (person({"use_limit": 2}), person({"use_limit": 1})),
        (person(), person({"weekly": MORNING, "source": HELPER})),
        (person({"conditions": (HOME,)}), person({"conditions": (DRY, HOME)})),
    ],
)
def test_a_change_that_only_takes_away_needs_no_administrator(
    before: Person, after: Person
) -> None:
    """Clause 16.28: no widening."""
    assert not needs_administrator(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (person(), person(name="Ann")),
        (person(), person(name="anna")),
        (person(), person(locks=None)),
        (person(), person(locks=frozenset({"front", "back", "gate"}))),
        (person(), person(locks=frozenset({"gate"}))),
        (person(locks=frozenset()), person()),
        (person(enabled=False), person()),
        (person({"valid_from": NOON}), person()),
        (person({"valid_from": NOON}), person({"valid_from": NOON - HOUR})),
        (person({"valid_until": NOON}), person()),
        (person({"valid_until": NOON}), person({"valid_until": NOON + HOUR})),
        (person({"use_limit": 1}), person()),
        (person({"use_limit": 1}), person({"use_limit": 2})),
        (person({"weekly": MORNING}), person()),
        (person({"weekly": MORNING}), person({"weekly": EXCEPT_MORNING})),
        (person({"source": HELPER}), person()),
        (person({"source": HELPER}), person({"source": replace(HELPER, grace=HOUR)})),
        (person({"conditions": (HOME, DRY)}), person({"conditions": (HOME,)})),
        (
            person({"conditions": (HOME,)}),
            person({"conditions": (replace(HOME, grace=HOUR),)}),
        ),
        # one limit is narrower, the other wider
        (
            person({"valid_until": NOON, "use_limit": 1}),
            person({"valid_until": NOON - HOUR, "use_limit": 2}),
        ),
    ],
)
def test_a_change_that_may_give_more_needs_an_administrator(
    before: Person, after: Person
) -> None:
    """Clause 16.28: renames, added locks, lifted limits, and what cannot be compared."""
    assert needs_administrator(before, after)


def test_the_second_of_two_equal_hours_is_the_later_one() -> None:
    """Clause 16.28: moments are compared, not what a clock on the wall shows."""
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=0)
    second = first.replace(fold=1)

    assert needs_administrator(
        person({"valid_until": first}), person({"valid_until": second})
    )
