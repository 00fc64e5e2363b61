"""Access rules: when, how often and on what condition a person's codes may be on a lock.

A rule is data; `logic.access_rules` evaluates it. All of its parts have to allow, and
each may be missing. Times of the day are minutes since local midnight.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final

MINUTES_PER_DAY: Final = 24 * 60
"""The minutes of a day; as a time of the day, the end of its last minute."""
DEFAULT_GRACE: Final = timedelta(minutes=15)
"""How long the last known state of an entity counts while it is unavailable."""


class Weekday(IntEnum):
    """The days of the week, numbered as `datetime.weekday()` does."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Window:
    """A span of local time on some days of the week: `start` is included, `end` is not.

    One that ends before it starts, or at 0, ends on the day after; it belongs to the
    day that it starts on. 0 to `MINUTES_PER_DAY` is the whole day. Raises ValueError
    for times out of range, for an end that equals the start, and for no day at all.
    """

    days: frozenset[Weekday]
    start: int
    end: int

    def __post_init__(self) -> None:
        """Validate the times and the days."""
        if (
            not 0 <= self.start < MINUTES_PER_DAY
            or not 0 <= self.end <= MINUTES_PER_DAY
        ):
            raise ValueError("a time that is not of a day")
        if self.start == self.end:
            raise ValueError("a window without length")
        if not self.days:
            raise ValueError("a window without days")

    @property
    def crosses_midnight(self) -> bool:
        """Return whether the window ends on the day after the one it starts on."""
        return self.end < self.start


class Mode(StrEnum):
    """Whether the windows of a schedule allow access or deny it."""

    INCLUDE = "include"
    EXCLUDE = "exclude"


@dataclass(frozen=True, slots=True)
class WeeklySchedule:
    """Access inside the windows of every week, or outside of all of them.

    Raises ValueError for `INCLUDE` without any window, which would never allow
    anything.
    """

    windows: tuple[Window, ...]
    mode: Mode = Mode.INCLUDE

    def __post_init__(self) -> None:
        """Reject a schedule that could never allow anything."""
        if not self.windows and self.mode is Mode.INCLUDE:
            raise ValueError("a schedule without windows")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSource:
    """A schedule helper or a calendar that decides when access is allowed.

    `entity` is a registry id, or an entity id where there is none. Of a calendar,
    `text` chooses the events: those that have it in their title or description, in any
    case. `grace` is how long the last known state counts while the entity is
    unavailable.
    """

    entity: str
    text: str | None = None
    grace: timedelta = DEFAULT_GRACE


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCondition:
    """An entity that has to be in a state. `entity` and `grace` as in `ScheduleSource`."""

    entity: str
    state: str
    grace: timedelta = DEFAULT_GRACE


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRule:
    """When a person may have access. A rule without any part always allows.

    `valid_from` and `valid_until` are aware; the first is included, the second is not.
    Raises ValueError for a time without a zone or that UTC has no date for, for an end
    that is not after the start, and for a use limit below 1.
    """

    weekly: WeeklySchedule | None = None
    source: ScheduleSource | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    use_limit: int | None = None
    conditions: tuple[RuleCondition, ...] = ()

    def __post_init__(self) -> None:
        """Validate the times and the use limit."""
        start, end = _instant(self.valid_from), _instant(self.valid_until)
        if start is not None and end is not None and end <= start:
            raise ValueError("an end before the start")
        if self.use_limit is not None and self.use_limit < 1:
            raise ValueError("a limit below 1")

    @property
    def is_unrestricted(self) -> bool:
        """Return whether the rule never denies."""
        return self == UNRESTRICTED_RULE


def _instant(moment: datetime | None) -> datetime | None:
    """Return a moment in UTC: Python compares two moments of one zone by their wall clock."""
    if moment is None:
        return None
    if moment.utcoffset() is None:
        raise ValueError("a time without a zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError as err:
        raise ValueError("a time out of range") from err


UNRESTRICTED_RULE: Final = AccessRule()


@dataclass(frozen=True, slots=True, kw_only=True)
class InputState:
    """What an entity says about a schedule or a condition.

    `allows` is its last known answer, None if it never gave one: that denies.
    `expires_at` is when the answer ceases to count because the entity has been
    unavailable for its grace, None while it is available. `next_change` is when the
    answer will be the opposite, if the entity says so.
    """

    allows: bool | None = None
    expires_at: datetime | None = None
    next_change: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleInputs:
    """What a rule is evaluated on besides the time.

    `uses` are counted since there is a use limit. `source` is the state of the rule's
    schedule entity; `conditions` are those of its conditions, in their order.
    """

    uses: int = 0
    source: InputState = field(default_factory=InputState)
    conditions: tuple[InputState, ...] = ()


class DenialCause(StrEnum):
    """The part of a rule that denies; where several do, the first one in this order."""

    USED_UP = "used_up"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    SCHEDULE = "schedule"
    CONDITION = "condition"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """The result of a rule at one moment.

    `denied_by` is the part that denies, None where access is allowed. `next_change` is
    the first moment at which time alone changes `denied_by`, None if it never does.
    """

    denied_by: DenialCause | None = None
    next_change: datetime | None = None

    @property
    def allows(self) -> bool:
        """Return whether access is allowed."""
        return self.denied_by is None

    @property
    def is_temporarily_denied(self) -> bool:
        """Return whether time alone denies, and will allow again."""
        return self.denied_by in (DenialCause.NOT_YET, DenialCause.SCHEDULE)
