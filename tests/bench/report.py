"""Measures in peace, and prints what was measured beside what is allowed."""
# ruff: noqa: T201 - script/bench prints

import argparse
import gc
import logging
from pathlib import Path
from statistics import median
from typing import Final

from tests.bench.bench_site import Size
from tests.bench.limits import LIMITS, STALL
from tests.bench.measures import Figures, count, measure, measure_memory
from tests.bench.plot import growth_plot
from tests.harness.doc_tables import render_table, write_table
from tests.harness.fakes.provider import Profile

RUNS: Final = 5
GROWTH: Final = [Size(locks, 50) for locks in (1, 2, 5, 10, 15, 20)]
PLOT: Final = Path(__file__).parents[2] / "docs" / "images" / "growth.svg"


def _medians(size: Size, *, on_disk: bool = False) -> tuple[float, float]:
    """Return the medians of the seconds that setup and first convergence take."""
    runs: list[Figures] = []
    for _ in range(RUNS):
        runs.append(measure(size, on_disk=on_disk))
        gc.collect()
    return median(run.setup for run in runs), median(run.convergence for run in runs)


def _longest(size: Size) -> float:
    """Return the longest callback of as many runs, in seconds."""
    return max(measure(size, watched=True).longest for _ in range(RUNS))


def table() -> str:
    """Return what each size costs, with its limits."""
    rows: dict[str, list[str]] = {}

    def put(name: str, measured: object, limit: object) -> None:
        rows.setdefault(name, []).append(f"{measured} (≤ {limit})")

    for size, limits in LIMITS.items():
        setup, convergence = _medians(size)
        on_disk = _medians(size, on_disk=True)
        counts = count(size)
        made, edit = counts.converging, counts.edit
        again = counts.after_restart.writes + counts.after_reload.writes
        put("setup from stores, s", f"{setup:.3f}", limits.setup)
        put("setup, on a real disk, s", f"{on_disk[0]:.3f}", limits.setup)
        put("first convergence, s", f"{convergence:.3f}", limits.convergence)
        put("convergence, on a real disk, s", f"{on_disk[1]:.3f}", limits.convergence)
        put("writes to converge", made.writes, size.slots)
        put("reads to converge", made.reads, 2 * size.slots)
        put("writes after a restart and a reload", again, 0)
        done = edit.operations
        put("a PIN edited: writes", done.writes, size.locks)
        put("a PIN edited: reads", done.reads, size.locks)
        put("a PIN edited: state writes, per lock", edit.state_writes, 5)
        put("journal saves to converge", counts.journal_saves, limits.journal_saves)
        put("timers and tasks at rest", counts.alive, size.locks)
        put("memory, MiB", f"{measure_memory(size):.1f}", limits.memory)
        put(
            "longest callback, ms",
            f"{_longest(size) * 1000:.0f}",
            f"{STALL * 1000:.0f}",
        )
    head = ["locks×people", *map(str, LIMITS)]
    return render_table(head, [[name, *cells] for name, cells in rows.items()])


def main() -> None:
    """Print the table, or with --plot draw how the cost grows."""
    parser = argparse.ArgumentParser(prog="script/bench", description=main.__doc__)
    parser.add_argument(
        "--plot", action="store_true", help="draw docs/images/growth.svg"
    )
    parser.add_argument(
        "--docs", action="store_true", help="write the table into docs/performance.md"
    )
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    measure(Size(1, 1))  # what is imported at the first setup is not measured
    if arguments.plot:
        points = [(size.slots, *_medians(size)) for size in GROWTH]
        PLOT.parent.mkdir(exist_ok=True)
        PLOT.write_text(growth_plot(points))
        print(f"{PLOT} is drawn")
        return
    measured = table()
    print(measured)
    if arguments.docs:
        write_table("performance.md", "measured", measured)
    masked = count(Size(5, 30), Profile.MASKING).edit.operations
    print(f"\nA PIN edited on 5 locks that mask their codes: {masked}")


if __name__ == "__main__":
    main()
