"""Choose the tests for a mutant: those that execute its lines, the most specific first."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import groupby
from typing import Final


@dataclass(frozen=True)
class Recorded:
    """What is known of a test that passed on the code without a mutant."""

    test: str
    """The node ID, as in `tests/unit/test_a.py::test_b[c]`."""
    seconds: float
    size: int
    """How many lines of the integration it executes."""


@dataclass(frozen=True)
class Budget:
    """How much is tried in one go."""

    seconds: float
    tests: int = 10_000


BUDGETS: Final = (Budget(10, tests=60), Budget(60), Budget(120))
"""Few specific tests, so that most mutants are found within seconds; then wider, twice."""


def in_order(covering: Iterable[Recorded]) -> list[Recorded]:
    """Return tests as they are to be run: from each folder for about as many seconds.

    Within a folder one case of each test function comes before the second of any, and
    those that execute the fewest lines come first.
    """
    seen: Counter[str] = Counter()
    ranked: list[tuple[str, int, Recorded]] = []
    for recorded in sorted(covering, key=lambda each: (each.size, each.test)):
        function = recorded.test.split("[")[0]
        ranked.append((_folder(recorded.test), seen[function], recorded))
        seen[function] += 1
    ranked.sort(key=lambda each: (each[0], each[1]))
    folders = [
        [recorded for _, _, recorded in group]
        for _, group in groupby(ranked, key=lambda each: each[0])
    ]
    # a slow test waits until the quick ones of other folders have taken as long
    ends = [(folder[0].seconds, place) for place, folder in enumerate(folders)]
    heapify(ends)
    ordered: list[Recorded] = []
    while ends:
        seconds, place = heappop(ends)
        ordered.append(folders[place].pop(0))
        if folders[place]:
            heappush(ends, (seconds + folders[place][0].seconds, place))
    return ordered


def rounds(
    covering: Iterable[Recorded], budgets: Sequence[Budget] = BUDGETS
) -> list[list[Recorded]]:
    """Return the tests of each round; the last rounds may have none left.

    The first test of a round is in it however long it takes.
    """
    left = in_order(covering)
    chosen: list[list[Recorded]] = []
    for budget in budgets:
        seconds = 0.0
        count = 0
        for recorded in left[: budget.tests]:
            seconds += recorded.seconds
            if count and seconds > budget.seconds:
                break
            count += 1
        chosen.append(left[:count])
        left = left[count:]
    return chosen


def _folder(test: str) -> str:
    """Return the kind of test, as in `tests/unit` or `tests/engine/restart`."""
    return "/".join(test.split("/")[: 3 if test.startswith("tests/engine/") else 2])
