"""Expected reports: changes of users and codes that we made and the lock will report.

A lock reports every change of its users and codes to all subscribers, also to the one
that made it. The report then names our fabric, but another application of the same home
has the same fabric: so it must also be a change that we commanded. While reports are
delayed (the subscription was lost and is being renewed) one may come minutes later.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from time import monotonic
from typing import Final

from .statuses import CommandRejectedError

EXPECTED_SECONDS: Final = 600.0
"""Seconds after the command in which the report of our own change may come."""


class LockDataType(IntEnum):
    """LockDataTypeEnum, the values that are used here."""

    USER = 2
    WEEK_DAY_SCHEDULE = 3
    YEAR_DAY_SCHEDULE = 4
    PIN = 6


class DataOperation(IntEnum):
    """DataOperationTypeEnum."""

    ADD = 0
    CLEAR = 1
    MODIFY = 2


@dataclass(frozen=True, slots=True)
class DataChange:
    """One change of the lock's users, codes or schedules.

    `data` and `operation` are LockDataTypeEnum and DataOperationTypeEnum.
    """

    data: int
    operation: int
    index: int | None


class ExpectedChanges:
    """The changes of one lock that were commanded and not reported yet."""

    def __init__(self) -> None:
        """Begin without expected reports."""
        self._expected: list[tuple[DataChange, float]] = []

    @contextmanager
    def expecting(self, change: DataChange) -> Iterator[None]:
        """Expect the report from before the command; not if the lock rejects the command."""
        expected = (change, monotonic())
        self._expected.append(expected)
        try:
            yield
        except CommandRejectedError:
            if expected in self._expected:
                self._expected.remove(expected)
            raise

    def consume(self, change: DataChange) -> bool:
        """Return whether a report is expected; each is expected once."""
        since = monotonic() - EXPECTED_SECONDS
        self._expected = [each for each in self._expected if each[1] > since]
        for each in self._expected:
            if each[0] == change:
                self._expected.remove(each)
                return True
        return False
