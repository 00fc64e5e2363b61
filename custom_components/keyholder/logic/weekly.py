"""Weekly schedules by the wall clock of a zone: whether one allows, and until when.

Only the wall clock counts, also across its changes: a time that it skips does not
occur, a time that it repeats occurs twice.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final, Self

from ..model.access_rules import MINUTES_PER_DAY, Mode, WeeklySchedule, Window

type Span = tuple[int, int]
"""From one minute of the week, Monday 00:00 being 0, to before another."""

WEEK: Final = 7 * MINUTES_PER_DAY

_PROBE: Final = timedelta(days=1)
"""No zone has ever changed its offset twice in so short a time; the record is a week."""
_SECOND: Final = timedelta(seconds=1)


def whole_day_end(start: int, end: int) -> int:
    """Return the end of a window: one from 00:00 to 23:59 is meant to be the whole day."""
    return MINUTES_PER_DAY if (start, end) == (0, MINUTES_PER_DAY - 1) else end


@dataclass(frozen=True, slots=True)
class Week:
    """What a schedule allows in every week: disjoint spans in ascending order."""

    spans: tuple[Span, ...]
    _edges: tuple[int, ...]
    _flips: tuple[int, ...]

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Self:
        """Return the week of spans within it that may overlap or touch."""
        merged = tuple(_merged(spans))
        edges = tuple(edge for span in merged for edge in span)
        goes_on = bool(edges) and edges[0] == 0 and edges[-1] == WEEK
        return cls(merged, edges, edges[1:-1] if goes_on else edges)

    @property
    def is_always(self) -> bool:
        """Return whether the whole week is allowed."""
        return self.spans == ((0, WEEK),)

    def allows(self, now: datetime, zone: tzinfo) -> bool:
        """Return whether the schedule allows access at `now`."""
        return self._allows_at(now.astimezone(zone))

    def next_transition(self, now: datetime, zone: tzinfo) -> datetime | None:
        """Return the first moment after `now`, which is in UTC, with another result."""
        if not self._flips:
            return None
        allowed = self.allows(now, zone)
        while True:
            transition = now + self._until_transition(now.astimezone(zone))
            if (clock_change := _clock_moves(now, transition, zone)) is None:
                return transition
            if self.allows(clock_change, zone) is not allowed:
                return clock_change
            now = clock_change

    def _allows_at(self, wall: datetime) -> bool:
        return bisect_right(self._edges, _minute_of_week(wall)) % 2 == 1

    def _until_transition(self, wall: datetime) -> timedelta:
        """Return the time to the next transition by a clock whose offset does not change."""
        minute = _minute_of_week(wall)
        place = bisect_right(self._flips, minute)
        transition = (
            self._flips[place] if place < len(self._flips) else self._flips[0] + WEEK
        )
        return timedelta(
            minutes=transition - minute,
            seconds=-wall.second,
            microseconds=-wall.microsecond,
        )


@lru_cache(maxsize=512)
def compile_week(schedule: WeeklySchedule) -> Week:
    """Return the compiled schedule; cached, as every evaluation asks for it."""
    week = Week.of(span for window in schedule.windows for span in _spans_of(window))
    if schedule.mode is Mode.INCLUDE:
        return week
    return Week.of(_between(week.spans))


def _spans_of(window: Window) -> Iterator[Span]:
    """Yield the window on each of its days; what passes the end of the week wraps around."""
    tail = MINUTES_PER_DAY if window.crosses_midnight else 0
    for day in window.days:
        midnight = day * MINUTES_PER_DAY
        start, end = midnight + window.start, midnight + window.end + tail
        yield start, min(end, WEEK)
        if end > WEEK:
            yield 0, end - WEEK


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield what the spans cover, disjoint and in ascending order."""
    start = end = 0
    for next_start, next_end in sorted(spans):
        if next_start > end:
            if end > start:
                yield start, end
            start = next_start
        end = max(end, next_end)
    if end > start:
        yield start, end


def _between(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield what the spans leave of the week."""
    done = 0
    for start, end in spans:
        if start > done:
            yield done, start
        done = end
    if done < WEEK:
        yield done, WEEK


def _minute_of_week(wall: datetime) -> int:
    return wall.weekday() * MINUTES_PER_DAY + wall.hour * 60 + wall.minute


def _clock_moves(after: datetime, until: datetime, zone: tzinfo) -> datetime | None:
    """Return the first moment in (after, until] at which the zone changes its offset."""
    offset = _offset(after, zone)
    low = after
    while low < until:
        high = min(low + _PROBE, until)
        if _offset(high, zone) != offset:
            return _first_other(low.replace(microsecond=0), high, zone)
        low = high
    return None


def _first_other(low: datetime, high: datetime, zone: tzinfo) -> datetime:
    """Return the first whole second in (low, high] with another offset than at low."""
    offset = _offset(low, zone)
    steps = -(-(high - low) // _SECOND)
    first, last = 0, steps
    while last - first > 1:
        middle = (first + last) // 2
        if _offset(low + middle * _SECOND, zone) == offset:
            first = middle
        else:
            last = middle
    return low + last * _SECOND


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    """Return by how much the wall clock is ahead of UTC."""
    return moment.astimezone(zone).replace(tzinfo=UTC) - moment
