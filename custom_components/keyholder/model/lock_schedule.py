"""Schedules that a lock itself enforces for a code, in the lock's own terms.

Times are the lock's local wall time; times of the day are minutes since midnight. A
start is included, an end is not.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from .access_rules import Weekday


@dataclass(frozen=True, slots=True, order=True)
class WeekDaySchedule:
    """Access on one day of the week; `end` is later than `start`, on the same day."""

    day: Weekday
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DailyRepeatingSchedule:
    """Access on several days of the week at the same time, for `minutes` from `start`."""

    days: tuple[Weekday, ...]
    start: int
    minutes: int


@dataclass(frozen=True, slots=True, order=True)
class YearDaySchedule:
    """Access from one moment to another, both naive and on a whole minute."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LockSchedule:
    """All schedule entries of one slot; without any entry the code works at any time.

    Entries are alternatives, and sorted so that equal schedules are equal values.
    """

    week_days: tuple[WeekDaySchedule, ...] = ()
    daily: tuple[DailyRepeatingSchedule, ...] = ()
    year_days: tuple[YearDaySchedule, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return whether the code works at any time."""
        return self == NO_SCHEDULE


NO_SCHEDULE: Final = LockSchedule()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSupport:
    """How many entries of each kind a lock takes for one slot; only one kind at a time.

    `trusts_clock`: nobody sets or reads the clock by which the lock enforces them.
    """

    week_days: int = 0
    daily: int = 0
    year_days: int = 0
    trusts_clock: bool = False


class EnforcedBy(StrEnum):
    """What denies a person access when their rule does not allow it."""

    LOCK = "lock"
    """The lock too, also while Home Assistant is not running."""
    HOME_ASSISTANT = "home_assistant"
    """Home Assistant alone, by clearing or disabling the code."""
