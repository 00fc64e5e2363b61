"""How much is tried: a sample in `script/test`, everything in `script/test --full`.

The sample moves by the day, so that all is tried over some days. Its number is printed
when a run begins; KEYHOLDER_SAMPLE=NUMBER takes the same one again.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from math import ceil
import os
from typing import Final

FULL: Final = os.environ.get("KEYHOLDER_FULL") == "1"

_TODAY: Final = datetime.now(UTC).date() - datetime.fromtimestamp(0, UTC).date()
SAMPLE: Final = int(os.environ.get("KEYHOLDER_SAMPLE") or _TODAY.days)
"""Which sample: the days since 1970 unless told otherwise.

Also the seed of Hypothesis, where it is not to try the same in each run: the long
searches look elsewhere in the full run only, lest a change fails for what it finds.
"""

PATIENCE: Final = 3600 if FULL else 120
"""Seconds for a test that tries all of it in one go."""


def sample_size(sampled: int, full: int) -> int:
    """Return how many examples a property is to be tried with."""
    return full if FULL else sampled


def sample[T](cases: Sequence[T], sampled: int) -> list[T]:
    """Return all cases, or as many of them, spread evenly, where a sample is asked."""
    return list(cases) if FULL else stratified_sample(cases, sampled, SAMPLE)


def sample_share[T](cases: Sequence[T], part: float) -> list[T]:
    """Return all cases, or that part of them where a sample is asked, at least one."""
    return sample(cases, ceil(len(cases) * part))


def stratified_sample[T](cases: Sequence[T], size: int, number: int) -> list[T]:
    """Return one case out of each of `size` equal stretches of all cases.

    The next number takes the next case of each stretch, and begins anew at its end: as
    many successive numbers as a stretch has cases try them all. Each stretch is one case
    ahead of the one before, lest the sample of a product has one value of a factor only.
    """
    if size >= len(cases):
        return list(cases)
    bounds = [stretch * len(cases) // size for stretch in range(size + 1)]
    return [
        cases[begin + (number + ahead) % (end - begin)]
        for ahead, (begin, end) in enumerate(pairwise(bounds))
    ]


def full_only[**P, R](test: Callable[P, R]) -> Callable[P, R]:
    """Have a test collected by `script/test --full` only."""
    test.__test__ = FULL  # type: ignore[attr-defined]
    return test


def has_twin[**P, R](
    file: str, name: str
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Have a test collected by `script/test --full` only: another tries the same.

    That one is in a file below tests/, and needs no process of its own.
    """
    assert file, name
    return full_only
