"""Say what becomes of a mutant: the tests that execute its lines are run on it."""

from collections.abc import Iterable
from dataclasses import replace
from time import monotonic
from typing import Final

from tests.mutants.choosing import rounds
from tests.mutants.line_map import IN_PROCESS, ZWAVE, LineMap, Part
from tests.mutants.mutant import DoesNotApplyError, Mutant
from tests.mutants.results import Outcome, Result
from tests.mutants.tree import Tree

_ZWAVE_FILES: Final = "providers/zwave_js/"


def parts_for(mutant: Mutant) -> list[Part]:
    """Return which tests may find a mutant."""
    if mutant.file.startswith(_ZWAVE_FILES):
        return [IN_PROCESS, ZWAVE]
    return [IN_PROCESS]


def judge(mutant: Mutant, tree: Tree, line_map: LineMap) -> Result:
    """Try a mutant with ever more tests until one fails."""
    began = monotonic()
    result = Result(id=mutant.id, sample=mutant.sample, outcome=Outcome.SURVIVED)
    if mutant.equivalent is not None:
        return replace(result, outcome=Outcome.EQUIVALENT, by=mutant.equivalent)
    try:
        with tree.mutated(mutant) as lines:
            result = _tried(result, mutant, lines, tree, line_map)
    except DoesNotApplyError as err:
        result = replace(result, outcome=Outcome.DOES_NOT_APPLY, by=str(err))
    return replace(result, seconds=round(monotonic() - began, 1))


def _tried(
    result: Result, mutant: Mutant, lines: range, tree: Tree, line_map: LineMap
) -> Result:
    covering = list(line_map.covering(parts_for(mutant), tree.root, mutant.file, lines))
    result = replace(result, covering=len(covering))
    for chosen in rounds(covering):
        if not chosen:
            break
        run = tree.run([recorded.test for recorded in chosen])
        result = replace(result, tried=result.tried + len(chosen))
        if (unsure := run.timed_out or run.unready) is not None:
            # once, the machine or a simulator may have been slow
            run = tree.run([unsure])
        if run.timed_out is not None:
            return replace(result, outcome=Outcome.TIMED_OUT, by=run.timed_out)
        if run.failed:
            return replace(result, outcome=Outcome.KILLED, by=run.failed[0])
    return result


def doubtful(results: Iterable[Result], tree: Tree) -> list[Result]:
    """Return, as such, kills by tests that fail on the code as it is.

    A test that fails now and then would otherwise pass for one that finds defects.
    """
    killed = [
        result
        for result in results
        if result.outcome is Outcome.KILLED and result.by is not None
    ]
    tests = list(dict.fromkeys(result.by for result in killed if result.by is not None))
    if not tests:
        return []
    failing = tree.run(tests, stop_at_first=False).failed
    return [
        replace(result, outcome=Outcome.DOUBTFUL)
        for result in killed
        if result.by in failing
    ]
