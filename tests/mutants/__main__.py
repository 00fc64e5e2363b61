"""Put small defects into copies of the integration, one at a time, and run the tests.

Prints for each mutant which test finds it ("killed") or that none does ("survived"), then
the share that was killed. Ends with 1 if less than 90 % were, or if one does not apply.
"""
# ruff: noqa: T201 - script/mutants prints

import argparse
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
import signal
import sys
from time import monotonic
from typing import Final

from tests.mutants.draw import as_toml, draw
from tests.mutants.judging import doubtful, judge, parts_for
from tests.mutants.line_map import CACHE, LineMap, Part, open_line_map
from tests.mutants.mutant import (
    PACKAGE,
    DoesNotApplyError,
    Mutant,
    elsewhere,
    load,
    mutate,
)
from tests.mutants.results import Outcome, Result, Results, is_enough, summary
from tests.mutants.starting import end_runs
from tests.mutants.tree import ROOT, Tree

_QUOTAS: Final = {
    "logic": 12,
    "runtime": 13,
    "autolock": 7,
    "providers": 11,
    "application": 4,
    "flows": 2,
    "services": 5,
    "repairs": 2,
    "surface": 4,
}
"""How many of each area are drawn, in proportion to the first sample."""
_EPILOG: Final = """
The mutants are in tests/mutants/tables, each with its function and the text it replaces.
One that "does not apply" no longer finds them, as the code was changed. Correct its entry
or, where the code is gone, put one of --draw in its place. --check tells in a second.

The first run records which test executes which lines and keeps that in .mutants, which
takes as long as the tests do. After a change of the integration all is recorded again,
after a change of tests only what changed. Then a mutant takes some seconds, and one that
survives a few minutes.

Not in CI. A survivor means that a test is missing, that code is dead, or, if nobody could
see the difference, that its entry wants a line `equivalent = "why"`.
"""


def main() -> int:
    """Do what the command line asks; return the exit code."""
    arguments = _arguments()
    # ended from outside, it leaves no process and no copy behind either
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    mutants = load()
    if arguments.draw is not None:
        drawn = draw(_sources(), mutants, _QUOTAS, arguments.draw)
        print("\n".join(map(as_toml, drawn)))
        return 0
    if arguments.only:
        if unknown := set(arguments.only) - {mutant.id for mutant in mutants}:
            sys.exit(f"there is no mutant {min(unknown)}")
        mutants = [mutant for mutant in mutants if mutant.id in arguments.only]
    if arguments.check:
        return _check(mutants)
    kept = arguments.resume or bool(arguments.only)
    results = Results(arguments.results, resume=kept)
    todo = [
        mutant for mutant in mutants if not (arguments.resume and mutant.id in results)
    ]
    _try_all(todo, results, arguments.jobs, arguments.limit)
    found = results.of(mutant.id for mutant in mutants)
    print(*summary(found), sep="\n")
    return 0 if is_enough(found) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/mutants",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--only", type=int, nargs="+", metavar="N", help="try these mutants")
    add("--jobs", type=int, default=1, metavar="J", help="how many at a time (1)")
    add(
        "--limit",
        type=float,
        default=600,
        metavar="SECONDS",
        help="how long a run of tests may take before it is ended (600)",
    )
    add("--resume", action="store_true", help="go on after an interrupted run")
    add(
        "--results",
        type=Path,
        default=CACHE / "results.jsonl",
        metavar="FILE",
        help="where results are kept, as JSON lines (.mutants/results.jsonl)",
    )
    add("--check", action="store_true", help="only say which mutants do not apply")
    add(
        "--draw",
        type=int,
        metavar="SEED",
        help="print sixty new mutants for the tables, drawn at random",
    )
    return parser.parse_args()


def _sources() -> dict[str, str]:
    folder = ROOT / PACKAGE
    return {
        str(file.relative_to(folder)): file.read_text(encoding="utf-8")
        for file in sorted(folder.rglob("*.py"))
    }


def _check(mutants: Sequence[Mutant]) -> int:
    """Print which mutants do not apply."""
    sources = _sources()
    unfit = 0
    for mutant in mutants:
        if (reason := _why_not(mutant, sources)) is not None:
            unfit += 1
            print(f"{mutant.id} {mutant.file}: {reason}")
    print(f"{len(mutants) - unfit} of {len(mutants)} mutants apply")
    return 1 if unfit else 0


def _why_not(mutant: Mutant, sources: dict[str, str]) -> str | None:
    """Return why a mutant does not apply, and where its text is now."""
    if mutant.file in sources:
        try:
            mutate(mutant, sources[mutant.file])
        except DoesNotApplyError as err:
            reason = str(err)
        else:
            return None
    else:
        reason = "there is no such file"
    places = elsewhere(mutant, sources)[:3]
    return reason + (f"; its text is in {', '.join(places)}" if places else "")


def _try_all(
    mutants: Sequence[Mutant], results: Results, jobs: int, limit: float
) -> None:
    """Try mutants, print and keep what becomes of each."""
    parts = dict.fromkeys(part for mutant in mutants for part in parts_for(mutant))
    with ExitStack() as stack:
        trees = [stack.enter_context(Tree(limit)) for _ in range(jobs)]
        line_map = open_line_map()
        for part in parts:
            _record(line_map, part, trees[0], jobs)
        free: SimpleQueue[Tree] = SimpleQueue()
        for tree in trees:
            free.put(tree)

        def judge_one(mutant: Mutant) -> Result:
            tree = free.get()
            try:
                result = judge(mutant, tree, line_map)
            finally:
                free.put(tree)
            results.add(result)
            print(_line(mutant, result), flush=True)
            return result

        with ThreadPoolExecutor(jobs) as pool:
            try:
                found = list(pool.map(judge_one, mutants))
            except BaseException:
                end_runs()  # which the threads wait for
                raise
        for result in doubtful(found, trees[0]):
            results.add(result)


def _record(line_map: LineMap, part: Part, tree: Tree, jobs: int) -> None:
    if files := line_map.outdated(part, tree.root):
        print(f"recording what {len(files)} files of tests execute, {part.name}")
        began = monotonic()
        line_map.record(part, tree, files, jobs)
        print(f"recorded in {monotonic() - began:.0f} s", flush=True)


def _line(mutant: Mutant, result: Result) -> str:
    """Return what is printed of a mutant."""
    tried = f"{result.tried} of {result.covering} tests, {result.seconds:.0f} s"
    lines = [
        f"{mutant.id} {mutant.file} {mutant.function} {mutant.kind}: {result.outcome} ({tried})"
    ]
    if result.by is not None:
        lines.append(f"    {result.by}")
    if result.outcome is Outcome.SURVIVED:
        lines += [f"    {mutant.before}", f"    -> {mutant.after}"]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
