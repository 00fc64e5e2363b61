"""How much is tried: a sample in `script/test`, everything in `script/test --full`."""

import os
from typing import Final

FULL: Final = os.environ.get("KEYHOLDER_FULL") == "1"

PATIENCE: Final = 3600 if FULL else 120
"""Seconds for a test that tries all of it in one go."""


def examples(sampled: int, full: int) -> int:
    """Return how many examples a property is to be tried with."""
    return full if FULL else sampled


def every[T](cases: list[T], sampled: int) -> list[T]:
    """Return all cases, or as many of them, spread evenly, where a sample is asked."""
    if FULL or len(cases) <= sampled:
        return cases
    step = (len(cases) - 1) / (sampled - 1) if sampled > 1 else 0
    return [cases[round(number * step)] for number in range(sampled)]
