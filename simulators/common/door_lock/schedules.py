"""Schedules of a door lock: week day, year day, holiday; alike on Zigbee and Matter."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

type ScheduleKey = tuple[int, int]
"""A user, and the number of one of its schedules."""


@dataclass(frozen=True)
class WeekDay:
    """Hours of some days; bit 0 of the mask is Sunday. The end is not included."""

    days: int
    start: tuple[int, int]
    end: tuple[int, int]

    def includes(self, local: datetime) -> bool:
        """Return whether a wall time is in these hours."""
        day = 1 << (local.isoweekday() % 7)
        return (
            bool(self.days & day)
            and self.start <= (local.hour, local.minute) < self.end
        )


@dataclass(frozen=True)
class Span:
    """From one moment to another, in local seconds since 2000; the end not included."""

    start: int
    end: int

    def includes(self, local_seconds: int) -> bool:
        """Return whether a moment is in this span."""
        return self.start <= local_seconds < self.end


@dataclass(frozen=True)
class Holiday:
    """A span in which the lock is in another operating mode."""

    span: Span
    mode: int


@dataclass
class Schedules:
    """Everything that a lock holds of them."""

    week_days: dict[ScheduleKey, WeekDay] = field(default_factory=dict)
    year_days: dict[ScheduleKey, Span] = field(default_factory=dict)
    holidays: dict[int, Holiday] = field(default_factory=dict)

    def week_days_allow(self, user: int, local: datetime) -> bool | None:
        """Return whether a week day schedule of a user allows access; None without one."""
        entries = [each for (of, _), each in self.week_days.items() if of == user]
        return any(each.includes(local) for each in entries) if entries else None

    def year_days_allow(self, user: int, local_seconds: int) -> bool | None:
        """Return whether a year day schedule of a user allows access; None without one."""
        spans = [each for (of, _), each in self.year_days.items() if of == user]
        return any(each.includes(local_seconds) for each in spans) if spans else None

    def forget_schedules(self, user: int) -> None:
        """Drop the schedules of a user."""
        for schedules in (self.week_days, self.year_days):
            for key in [key for key in schedules if key[0] == user]:
                del schedules[key]

    def schedules_to_json(self) -> dict[str, Any]:
        """Return them as JSON knows them."""
        return {
            "week_days": [[list(k), asdict(one)] for k, one in self.week_days.items()],
            "year_days": [[list(k), asdict(one)] for k, one in self.year_days.items()],
            "holidays": [
                [number, asdict(one)] for number, one in self.holidays.items()
            ],
        }

    def restore_schedules(self, held: dict[str, Any]) -> None:
        """Take what was written; raises KeyError, TypeError or ValueError if it was not."""
        self.week_days = {
            (user, number): WeekDay(one["days"], tuple(one["start"]), tuple(one["end"]))
            for (user, number), one in held["week_days"]
        }
        self.year_days = {
            (user, number): Span(**one) for (user, number), one in held["year_days"]
        }
        self.holidays = {
            number: Holiday(Span(**one["span"]), one["mode"])
            for number, one in held["holidays"]
        }
