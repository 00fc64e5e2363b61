"""A lock that goes by its limits never turns away whom the rule lets in."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings, strategies as st

from custom_components.keyholder.logic.access_rules import evaluate_rule
from custom_components.keyholder.logic.native_schedule import native_schedule
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
from custom_components.keyholder.model.lock_schedule import (
    LockSchedule,
    ScheduleSupport,
)
from tests.unit.logic.access_rules.case import SOURCE, conditions

ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati"]
WEDNESDAY = datetime(2026, 1, 7, 21, 13, tzinfo=UTC)
"""No clock moves in the fortnight from here on."""
MINUTES = 14 * MINUTES_PER_DAY

# what a lock can hold is rare among all windows: most are drawn within a day
within_a_day = st.builds(
    Window,
    days=st.frozensets(st.sampled_from(Weekday), min_size=1),
    start=st.integers(0, MINUTES_PER_DAY // 2 - 1),
    end=st.integers(MINUTES_PER_DAY // 2, MINUTES_PER_DAY - 1),
)
of_any_kind = st.builds(
    lambda days, start, length: Window(days, start, (start + length) % MINUTES_PER_DAY),
    days=st.frozensets(st.sampled_from(Weekday), min_size=1),
    start=st.integers(0, MINUTES_PER_DAY - 1),
    length=st.integers(1, MINUTES_PER_DAY - 1),
)
weeks = st.builds(
    WeeklySchedule,
    windows=st.lists(within_a_day, min_size=1, max_size=4).map(tuple)
    | st.lists(of_any_kind, min_size=1, max_size=3).map(tuple),
    mode=st.sampled_from([Mode.INCLUDE, Mode.INCLUDE, Mode.EXCLUDE]),
)
moments = st.integers(-MINUTES_PER_DAY, MINUTES + MINUTES_PER_DAY).map(
    lambda minutes: WEDNESDAY + timedelta(minutes=minutes)
)
supports = st.builds(
    ScheduleSupport,
    week_days=st.sampled_from([0, 7, 28]),
    daily=st.sampled_from([0, 1, 7]),
    year_days=st.sampled_from([0, 1]),
)


@st.composite
def rules(draw: st.DrawFn) -> AccessRule:
    start, end = draw(st.none() | moments), draw(st.none() | moments)
    if start is not None and end is not None and end <= start:
        start = None
    other = draw(st.sampled_from([None, None, None, "uses", "source", "condition"]))
    return AccessRule(
        weekly=draw(st.none() | weeks),
        valid_from=start,
        valid_until=end,
        use_limit=3 if other == "uses" else None,
        source=SOURCE if other == "source" else None,
        conditions=conditions(1 if other == "condition" else 0),
    )


def lets_in(limits: LockSchedule, wall: datetime) -> bool:
    """Return what a lock with these entries does when its clock shows this."""
    if limits.is_empty:
        return True
    minute = wall.hour * 60 + wall.minute
    for of_week in limits.week_days:
        if of_week.day == wall.weekday() and of_week.start <= minute < of_week.end:
            return True
    for of_day in limits.daily:
        ends = of_day.start + of_day.minutes
        if wall.weekday() in of_day.days and of_day.start <= minute < ends:
            return True
    return any(entry.start <= wall < entry.end for entry in limits.year_days)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rule=rules(), support=supports, zone=st.sampled_from(ZONES).map(ZoneInfo))
def test_a_lock_lets_in_whom_the_rule_lets_in(
    rule: AccessRule, support: ScheduleSupport, zone: ZoneInfo
) -> None:
    native = native_schedule(rule, support, zone)
    yes = InputState(allows=True)
    facts = RuleInputs(source=yes, conditions=(yes,) * len(rule.conditions))
    limits = native.schedule
    if limits is not None:
        assert not limits.is_empty
        kinds = (limits.week_days, limits.daily, limits.year_days)
        assert sum(bool(kind) for kind in kinds) == 1
    if limits is None and not native.complete:
        return
    verdict = evaluate_rule(rule, facts, WEDNESDAY, zone)
    for after in range(MINUTES):
        now = WEDNESDAY + timedelta(minutes=after)
        if now == verdict.next_change:
            verdict = evaluate_rule(rule, facts, now, zone)
        wall = now.astimezone(zone).replace(tzinfo=None)
        lock = limits is None or lets_in(limits, wall)
        if native.complete:
            assert lock is verdict.allows
        elif verdict.allows:
            assert lock
