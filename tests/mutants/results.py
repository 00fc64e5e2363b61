"""What became of each mutant: kept as JSON lines, and counted."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
import json
from pathlib import Path
from typing import Final

ENOUGH: Final = 0.9
"""Less of them killed than this is a failure."""


class Outcome(StrEnum):
    """What the tests said of a mutant."""

    KILLED = "killed"
    TIMED_OUT = "killed by time-out"
    SURVIVED = "survived"
    DOUBTFUL = "killed by a test that fails without it too"
    DOES_NOT_APPLY = "does not apply"
    EQUIVALENT = "equivalent"

    @property
    def is_killed(self) -> bool:
        """Return whether a test told the mutant from the code."""
        return self in (Outcome.KILLED, Outcome.TIMED_OUT)

    @property
    def counts(self) -> bool:
        """Return whether it is part of a score."""
        return self not in (Outcome.DOES_NOT_APPLY, Outcome.EQUIVALENT)


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of one mutant."""

    id: int
    sample: int
    outcome: Outcome
    by: str | None = None
    """The test that failed, or why the mutant does not apply."""
    seconds: float = 0
    tried: int = 0
    """How many tests were chosen, of which the last was the killer or all passed."""
    covering: int = 0
    """How many tests execute its lines."""


class Results:
    """A file with one result on each line; the last one of a mutant holds."""

    def __init__(self, file: Path, *, resume: bool) -> None:
        """Begin a file anew, or go on with what is in it."""
        self._file = file
        self._results: dict[int, Result] = {}
        file.parent.mkdir(exist_ok=True)
        if not resume:
            file.write_text("")
            return
        for line in file.read_text().splitlines() if file.exists() else ():
            fields = json.loads(line)
            result = Result(**fields | {"outcome": Outcome(fields["outcome"])})
            self._results[result.id] = result

    def __contains__(self, number: int) -> bool:
        """Return whether a mutant was judged, and not merely unfit."""
        result = self._results.get(number)
        return result is not None and result.outcome is not Outcome.DOES_NOT_APPLY

    def add(self, result: Result) -> None:
        """Keep a result, on disk as well."""
        self._results[result.id] = result
        with self._file.open("a") as lines:
            lines.write(json.dumps(asdict(result)) + "\n")

    def of(self, numbers: Iterable[int]) -> list[Result]:
        """Return the results that there are of these mutants."""
        return [self._results[each] for each in numbers if each in self._results]


def score(results: Iterable[Result]) -> tuple[int, int]:
    """Return how many were killed, and of how many that count."""
    counted = [result for result in results if result.outcome.counts]
    return sum(result.outcome.is_killed for result in counted), len(counted)


def summary(results: Sequence[Result]) -> list[str]:
    """Return the lines that close a run: what needs a look, then the scores."""
    lines: list[str] = []
    for outcome in (Outcome.DOES_NOT_APPLY, Outcome.DOUBTFUL, Outcome.SURVIVED):
        numbers = [str(each.id) for each in results if each.outcome is outcome]
        if numbers:
            lines.append(f"{outcome}: {' '.join(numbers)}")
    for sample in sorted({result.sample for result in results}):
        killed, of = score(each for each in results if each.sample == sample)
        lines.append(f"sample {sample}: {killed} of {of} killed")
    killed, of = score(results)
    share = f"{killed / of:.0%}" if of else "none"
    lines.append(f"score: {killed} of {of}, {share}; at least {ENOUGH:.0%} is wanted")
    return lines


def is_enough(results: Sequence[Result]) -> bool:
    """Return whether enough were killed, and each that was asked for applied."""
    killed, of = score(results)
    all_apply = all(each.outcome is not Outcome.DOES_NOT_APPLY for each in results)
    return all_apply and killed >= ENOUGH * of
