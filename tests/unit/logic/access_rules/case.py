"""One line of a table: a rule, a moment, and what is said of them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from custom_components.keyholder.model.access_rules import (
    AccessRule,
    DenialCause,
    InputState,
    Mode,
    RuleCondition,
    RuleInputs,
    ScheduleSource,
    Weekday,
    WeeklySchedule,
    Window,
)

BERLIN = "Europe/Berlin"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SOURCE = ScheduleSource(entity="calendar.bookings")


@dataclass(frozen=True)
class Case:
    """A sentence about a rule.

    `at` and `then`, the next change, are wall times of the zone; where that shows a time
    twice, they say which with an offset.
    """

    says: str
    rule: AccessRule
    at: str
    hold: DenialCause | None
    then: str | None
    facts: RuleInputs = field(default_factory=RuleInputs)
    zone: str = BERLIN


def moment(text: str, zone: str = BERLIN) -> datetime:
    """Return the instant, in UTC, of a wall time of the zone or with an offset."""
    said = datetime.fromisoformat(text)
    if said.tzinfo is None:
        said = said.replace(tzinfo=ZoneInfo(zone))
    return said.astimezone(UTC)


def window(text: str) -> Window:
    """Return the window that is written as "mon-fri 08:00-17:00" or "daily 0:00-24:00"."""
    days, hours = text.split()
    start, end = (_minutes(clock) for clock in hours.split("-"))
    return Window(_days(days), start, end)


def weekly(*windows: str, mode: Mode = Mode.INCLUDE) -> WeeklySchedule:
    return WeeklySchedule(tuple(window(text) for text in windows), mode)


def inside(*windows: str) -> AccessRule:
    """Return the rule that allows inside the windows."""
    return AccessRule(weekly=weekly(*windows))


def outside(*windows: str) -> AccessRule:
    """Return the rule that allows outside of the windows."""
    return AccessRule(weekly=weekly(*windows, mode=Mode.EXCLUDE))


def valid(since: str | None, until: str | None, schedule: str = "") -> AccessRule:
    """Return a rule with a time of validity, and a window if there is one."""
    return AccessRule(
        weekly=weekly(schedule) if schedule else None,
        valid_from=None if since is None else moment(since),
        valid_until=None if until is None else moment(until),
    )


def conditions(number: int) -> tuple[RuleCondition, ...]:
    return tuple(
        RuleCondition(entity=f"input_boolean.condition_{each}", state="on")
        for each in range(number)
    )


def answer(
    allows: bool | None, until: str | None = None, turns: str | None = None
) -> InputState:
    """Return an answer that ceases to count, or turns into its opposite, at a time."""
    return InputState(
        allows=allows,
        expires_at=None if until is None else moment(until),
        next_change=None if turns is None else moment(turns),
    )


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _days(text: str) -> frozenset[Weekday]:
    if text == "daily":
        return frozenset(Weekday)
    chosen = set[Weekday]()
    for part in text.split(","):
        first, _, last = part.partition("-")
        low = DAYS.index(first)
        high = DAYS.index(last) if last else low
        chosen |= {Weekday(day) for day in range(low, high + 1)}
    return frozenset(chosen)
