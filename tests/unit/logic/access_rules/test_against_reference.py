"""Any rule at any moment, against the reference that goes minute by minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings, strategies as st

from custom_components.keyholder.logic.access_rules import evaluate_rule
from custom_components.keyholder.model.access_rules import (
    MINUTES_PER_DAY,
    AccessRule,
    InputState,
    Mode,
    RuleInputs,
    Weekday,
    WeeklySchedule,
    Window,
)
from tests.harness.logic.access_rule_reference import MINUTE, hold_at, next_change
from tests.unit.logic.access_rules.case import SOURCE, conditions

FAR = timedelta(days=3)

# about when the clock moves, at a whole minute of UTC as the reference needs it
TRANSITIONS = [
    ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("Europe/Dublin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("America/St_Johns", datetime(2006, 10, 29, 2, 31, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 2, 18, 2, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC)),
    ("Australia/Sydney", datetime(2026, 10, 3, 16, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("Antarctica/Troll", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(1985, 12, 31, 18, 30, tzinfo=UTC)),
    ("Asia/Pyongyang", datetime(2018, 5, 4, 15, tzinfo=UTC)),
    ("Africa/Casablanca", datetime(2026, 2, 15, 2, tzinfo=UTC)),
]
ZONES = sorted({zone for zone, _ in TRANSITIONS} | {"UTC", "Asia/Tokyo"})

starts = st.integers(0, MINUTES_PER_DAY - 1) | st.integers(0, 47).map(
    lambda half: half * 30
)
lengths = st.integers(1, MINUTES_PER_DAY) | st.integers(1, 48).map(
    lambda half: half * 30
)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Draw a window, also a whole day, and one that ends at 24:00 or at 0:00."""
    days = draw(st.frozensets(st.sampled_from(Weekday), min_size=1))
    start, length = draw(starts), draw(lengths)
    if length == MINUTES_PER_DAY:
        return Window(days, 0, MINUTES_PER_DAY)
    end = start + length
    if end == MINUTES_PER_DAY:
        return Window(days, start, draw(st.sampled_from([0, MINUTES_PER_DAY])))
    return Window(days, start, end % MINUTES_PER_DAY)


weeks = st.builds(
    WeeklySchedule,
    windows=st.lists(windows(), min_size=1, max_size=5).map(tuple),
    mode=st.sampled_from(Mode),
)


@st.composite
def moments(draw: st.DrawFn) -> tuple[str, datetime]:
    """Draw a zone, and a moment that has often a move of its clock ahead."""
    if draw(st.booleans()):
        zone, transition = draw(st.sampled_from(TRANSITIONS))
        start = transition - timedelta(
            minutes=draw(st.integers(-90, 2 * MINUTES_PER_DAY))
        )
    else:
        zone = draw(st.sampled_from(ZONES))
        start = datetime(1985, 1, 1, tzinfo=UTC) + timedelta(
            minutes=draw(st.integers(0, 60 * 365 * MINUTES_PER_DAY))
        )
    seconds = draw(st.sampled_from([0, 0, 0.000001, 29, 59.999999]))
    return zone, start + timedelta(seconds=seconds)


def near(now: datetime) -> st.SearchStrategy[datetime]:
    """Draw a whole minute near a moment."""
    whole = now.replace(second=0, microsecond=0)
    return st.integers(-MINUTES_PER_DAY, 3 * MINUTES_PER_DAY).map(
        lambda minutes: whole + minutes * MINUTE
    )


@st.composite
def answers(draw: st.DrawFn, now: datetime) -> InputState:
    return InputState(
        allows=draw(st.sampled_from([True, True, False, None])),
        expires_at=draw(st.none() | near(now)),
        next_change=draw(st.none() | near(now)),
    )


@st.composite
def rules(draw: st.DrawFn, now: datetime) -> tuple[AccessRule, RuleInputs]:
    start, end = draw(st.none() | near(now)), draw(st.none() | near(now))
    if start is not None and end is not None and end <= start:
        start = None
    number = draw(st.integers(0, 2))
    rule = AccessRule(
        weekly=draw(st.none() | weeks),
        source=draw(st.sampled_from([None, SOURCE])),
        valid_from=start,
        valid_until=end,
        use_limit=draw(st.sampled_from([None, None, 3])),
        conditions=conditions(number),
    )
    facts = RuleInputs(
        uses=draw(st.sampled_from([0, 2, 3])),
        source=draw(answers(now)),
        conditions=tuple(draw(answers(now)) for _ in range(number)),
    )
    return rule, facts


def assert_equal_to_reference(
    rule: AccessRule, facts: RuleInputs, now: datetime, zone: ZoneInfo
) -> None:
    verdict = evaluate_rule(rule, facts, now, zone)
    assert verdict.denied_by is hold_at(rule, facts, now, zone)
    found = next_change(rule, facts, now, zone, FAR)
    if found is not None:
        assert verdict.next_change == found
    elif verdict.next_change is not None:
        # too far for the reference to go there; but that is a change
        assert verdict.next_change > now + FAR
        before = hold_at(rule, facts, verdict.next_change - MINUTE, zone)
        assert before is verdict.denied_by
        assert hold_at(rule, facts, verdict.next_change, zone) is not verdict.denied_by


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(weekly=weeks, at=moments())
def test_a_week_at_any_moment(weekly: WeeklySchedule, at: tuple[str, datetime]) -> None:
    zone, now = at
    assert_equal_to_reference(
        AccessRule(weekly=weekly), RuleInputs(), now, ZoneInfo(zone)
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), at=moments())
def test_any_rule_at_any_moment(data: st.DataObject, at: tuple[str, datetime]) -> None:
    zone, now = at
    rule, facts = data.draw(rules(now))
    assert_equal_to_reference(rule, facts, now, ZoneInfo(zone))


def test_every_change_of_days_on_which_the_clock_moves() -> None:
    """From one change to the next, as the runtime goes: none is left out."""
    for hour in (0, 1, 2, 3, 23):
        at = 60 * hour
        daily = frozenset(Weekday)
        first = Window(daily, at + 20, at + 40)
        second = Window(daily, at + 50, (at + 70) % MINUTES_PER_DAY)
        rule = AccessRule(weekly=WeeklySchedule((first, second)))
        for name, transition in TRANSITIONS:
            zone = ZoneInfo(name)
            now = transition - timedelta(hours=30)
            while now < transition + timedelta(hours=30):
                then = evaluate_rule(rule, RuleInputs(), now, zone).next_change
                assert then is not None
                assert then == next_change(rule, RuleInputs(), now, zone, FAR)
                now = then
