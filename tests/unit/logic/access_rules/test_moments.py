"""A moment is the same in whatever zone it is written."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.keyholder.logic.access_rules import evaluate_rule
from custom_components.keyholder.model.access_rules import (
    AccessRule,
    DenialCause,
    InputState,
    RuleInputs,
)
from tests.unit.logic.access_rules.case import conditions

BERLIN = ZoneInfo("Europe/Berlin")
BEFORE = datetime(2026, 10, 25, 0, tzinfo=UTC)
# the second of these is shown earlier by the clock
FIRST = datetime(2026, 10, 25, 2, 45, tzinfo=BERLIN)
SECOND = datetime(2026, 10, 25, 2, 15, fold=1, tzinfo=BERLIN)


@pytest.mark.parametrize("moments", [(FIRST, SECOND), (SECOND, FIRST)])
def test_the_earlier_moment_is_next_though_the_clock_shows_a_later_time(
    moments: tuple[datetime, datetime],
) -> None:
    facts = RuleInputs(
        conditions=tuple(InputState(allows=True, expires_at=until) for until in moments)
    )
    rule = AccessRule(conditions=conditions(2))
    assert evaluate_rule(rule, facts, BEFORE, BERLIN).next_change == FIRST.astimezone(
        UTC
    )


def test_a_rule_ends_before_an_answer_though_the_clock_shows_a_later_time() -> None:
    rule = AccessRule(valid_until=FIRST, conditions=conditions(1))
    facts = RuleInputs(conditions=(InputState(allows=True, expires_at=SECOND),))
    assert evaluate_rule(rule, facts, BEFORE, BERLIN).next_change == FIRST.astimezone(
        UTC
    )
    at_the_end = evaluate_rule(rule, facts, FIRST.astimezone(UTC), BERLIN)
    assert at_the_end.denied_by is DenialCause.EXPIRED


@pytest.mark.parametrize(
    ("rule", "facts"),
    [
        (AccessRule(valid_from=FIRST), RuleInputs()),
        (AccessRule(valid_until=FIRST), RuleInputs()),
        (
            AccessRule(conditions=conditions(1)),
            RuleInputs(conditions=(InputState(allows=True, next_change=FIRST),)),
        ),
    ],
)
def test_the_next_change_is_in_utc(rule: AccessRule, facts: RuleInputs) -> None:
    """So that what is added to it is real time."""
    change = evaluate_rule(rule, facts, BEFORE, BERLIN).next_change
    assert change is not None
    assert change.utcoffset() == timedelta(0)
    assert change == FIRST.astimezone(UTC)
