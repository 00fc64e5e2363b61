"""When, how often and on what condition a person's credentials may be on a lock.

A rule is data: what it means at a moment is `logic.access_rules`. All its parts hold
together, and each may be missing. Times of the day are minutes since local midnight.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final

MINUTES_PER_DAY: Final = 24 * 60
"""The minutes of a day, and the end of its last minute."""
DEFAULT_GRACE: Final = timedelta(minutes=15)
"""How long the last known answer of an entity counts while it gives none."""


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
    """A stretch of local time on some days of the week: `start` counts, `end` does not.

    One that ends before it starts, or at 0, ends on the day after; it belongs to the
    day that it starts on. 0 to `DAY` is the whole day. Raises ValueError for times out
    of range, for an end that equals the start, and for no day at all.
    """

    days: frozenset[Weekday]
    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
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
    """What the windows of a schedule mean."""

    INCLUDE = "include"
    EXCLUDE = "exclude"


@dataclass(frozen=True, slots=True)
class WeeklySchedule:
    """Access inside the windows of every week, or outside of all of them.

    Including without any window would never allow anything: ValueError.
    """

    windows: tuple[Window, ...]
    mode: Mode = Mode.INCLUDE

    def __post_init__(self) -> None:
        """Refuse what could never allow anything."""
        if not self.windows and self.mode is Mode.INCLUDE:
            raise ValueError("a schedule without windows")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSource:
    """A schedule helper or a calendar that says when.

    `entity` is a registry id, or an entity id where there is none. Of a calendar, `text`
    chooses the events: those that have it in their title or description, in any case.
    """

    entity: str
    text: str | None = None
    grace: timedelta = DEFAULT_GRACE


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """An entity that has to be in a state. `entity` as in `ScheduleSource`."""

    entity: str
    state: str
    grace: timedelta = DEFAULT_GRACE


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRule:
    """When a person may come in. One without any part always allows.

    `valid_from` and `valid_until` are aware; the first counts, the second does not.
    Raises ValueError for an order of these that leaves no time, for one that UTC has no
    date for, and for a limit below 1.
    """

    weekly: WeeklySchedule | None = None
    source: ScheduleSource | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    use_limit: int | None = None
    conditions: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could never allow anything, and times without a zone."""
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
    """Return a moment in UTC: two of one zone would be compared by its wall clock."""
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
    """What an entity says of a schedule or a condition.

    `allows` is what it said last, None if it never said anything: that denies. `until`
    is when this ceases to count because the entity has been silent for its grace, None
    while it speaks. `next_change` is when it will say the opposite, if it says so.
    """

    allows: bool | None = None
    expires_at: datetime | None = None
    next_change: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleInputs:
    """What a rule is judged on besides the time.

    `uses` are counted since there is a limit. `conditions` are the answers to those of
    the rule, in their order; `source` that of its schedule entity.
    """

    uses: int = 0
    source: InputState = field(default_factory=InputState)
    conditions: tuple[InputState, ...] = ()


class DenialCause(StrEnum):
    """Which part of a rule denies; where several do, the first one in this order."""

    USED_UP = "used_up"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    SCHEDULE = "schedule"
    CONDITION = "condition"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """What a rule says at one moment.

    `hold` says what denies, None where nothing does. `next_change` is the first moment
    at which time alone changes one of the two, None if it never does.
    """

    denied_by: DenialCause | None = None
    next_change: datetime | None = None

    @property
    def allows(self) -> bool:
        """Return whether access is allowed."""
        return self.denied_by is None

    @property
    def is_temporarily_denied(self) -> bool:
        """Return whether it is only the time that denies, and will allow again."""
        return self.denied_by in (DenialCause.NOT_YET, DenialCause.SCHEDULE)
