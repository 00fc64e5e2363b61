"""What a lock remembers: users with their PINs and cards, and schedules."""

from dataclasses import dataclass, field

type ScheduleKey = tuple[int, int]
"""A user id and the number of one of its schedules."""


@dataclass
class Code:
    """A PIN or a card of one user."""

    status: int
    kind: int
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class WeekDay:
    """Hours of some days; bit 0 of the mask is Sunday. The end is not included."""

    days: int
    start: tuple[int, int]
    end: tuple[int, int]


@dataclass(frozen=True)
class Span:
    """From one moment to another, in local seconds since 2000; the end not included."""

    start: int
    end: int


@dataclass(frozen=True)
class Holiday:
    """A span in which the lock is in another operating mode."""

    span: Span
    mode: int


@dataclass
class Memory:
    """Everything a lock holds, by user id."""

    pins: dict[int, Code] = field(default_factory=dict)
    rfids: dict[int, Code] = field(default_factory=dict)
    week_days: dict[ScheduleKey, WeekDay] = field(default_factory=dict)
    year_days: dict[ScheduleKey, Span] = field(default_factory=dict)
    holidays: dict[int, Holiday] = field(default_factory=dict)

    def code_of(self, user: int) -> Code | None:
        """Return what a user has, the PIN before the card."""
        return self.pins.get(user) or self.rfids.get(user)

    def forget_schedules(self, user: int) -> None:
        """Drop the schedules of a user."""
        for schedules in (self.week_days, self.year_days):
            for key in [key for key in schedules if key[0] == user]:
                del schedules[key]

    def forget_all(self) -> None:
        """Be as new."""
        for held in (
            self.pins,
            self.rfids,
            self.week_days,
            self.year_days,
            self.holidays,
        ):
            held.clear()
