"""Changes that the lock will report because we made them.

A lock reports every change of its users and codes to everybody, also to who made it. The
report carries our fabric then, but another application of the same home has the same
one: so it has to be a change that we asked for, too. While the lock's reports are held up
(the subscription died, and is set up again) it may be told minutes later.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Final

from .statuses import CommandRejectedError

EXPECTED_SECONDS: Final = 600.0
"""How late a report of our own change may come."""


@dataclass(frozen=True, slots=True)
class DataChange:
    """One change in the lock's memory: of what kind, how, and at which index.

    `data` and `operation` are LockDataTypeEnum and DataOperationTypeEnum.
    """

    data: int
    operation: int
    index: int | None


class ExpectedChanges:
    """The changes of one lock that were asked for and not reported yet."""

    def __init__(self) -> None:
        """Begin with none."""
        self._expected: list[tuple[DataChange, float]] = []

    @contextmanager
    def expecting(self, change: DataChange) -> Iterator[None]:
        """Expect a report, from before the command; not if the lock refuses it."""
        expected = (change, monotonic())
        self._expected.append(expected)
        try:
            yield
        except CommandRejectedError:
            if expected in self._expected:
                self._expected.remove(expected)
            raise

    def consume(self, change: DataChange) -> bool:
        """Return whether a report is about one of ours; each is expected once."""
        since = monotonic() - EXPECTED_SECONDS
        self._expected = [each for each in self._expected if each[1] > since]
        for each in self._expected:
            if each[0] == change:
                self._expected.remove(each)
                return True
        return False
