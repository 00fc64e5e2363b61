"""What each folder of tests costs, and how much it may.

A plugin of pytest. Each worker measures the CPU seconds of a test, its own and those of
all processes below it, and sends them with the test's reports; the controller adds them
up by folder and prints them. Where `KEYHOLDER_BUDGET` is 1 (script/test sets it when all
tests run as CI runs them), a folder that takes more than pyproject.toml allows fails the
run: a feature pays for its tests.
"""

from collections import defaultdict
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
import os
from pathlib import Path
import resource
from time import process_time
import tomllib
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[3]
TICK: Final = 1 / os.sysconf("SC_CLK_TCK")
REFERENCE: Final = 0.020
"""CPU seconds that `_speed_test` takes on the machine whose seconds the budgets are."""


@dataclass
class Cost:
    """What the tests of a folder took; seconds."""

    tests: int = 0
    cpu: float = 0.0
    wall: float = 0.0


def folder_of(path: str, folders: Iterable[str]) -> str:
    """Return which of the folders a test counts for: the longest that holds it."""
    holding = [each for each in folders if path.startswith(f"{each}/")]
    return max(holding, key=len, default=path.rpartition("/")[0])


def overdrawn(
    costs: Mapping[str, Cost], budgets: Mapping[str, float], slowness: float
) -> list[str]:
    """Return a sentence for each folder that took more than it may, or has no budget.

    `slowness` is how many times longer this machine takes than the one of the budgets;
    on a faster one the budgets stay as they are.
    """
    said = []
    for folder, cost in sorted(costs.items()):
        if folder not in budgets:
            said.append(f"{folder} has no budget in pyproject.toml")
        elif cost.cpu > (may := budgets[folder] * max(1.0, slowness)):
            said.append(
                f"{folder} took {cost.cpu:.0f} s of CPU, its budget is {may:.0f} s"
            )
    return said


class BudgetPlugin:
    """Measures, adds up, reports."""

    def __init__(self, budgets: Mapping[str, float], *, enforced: bool) -> None:
        """Begin with nothing spent."""
        self._budgets = budgets
        self._enforced = enforced
        self._costs: defaultdict[str, Cost] = defaultdict(Cost)
        self._overdrawn: list[str] = []
        self._used = 0.0
        self._slowness = _speed_test() / REFERENCE if enforced else 1.0

    def pytest_collection_finish(self) -> None:
        """Measure from here: what a worker takes to collect belongs to no folder."""
        self._used = cpu_used()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self,
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note in a worker what a phase of a test took."""
        report = yield
        used = cpu_used()
        report.cpu = used - self._used  # type: ignore[attr-defined]
        self._used = used
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add a phase of a test to its folder."""
        path = report.nodeid.partition("::")[0]
        cost = self._costs[folder_of(path, self._budgets)]
        cost.tests += report.when == "call"
        cost.cpu += getattr(report, "cpu", 0.0)
        cost.wall += report.duration

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the run where a folder took too much."""
        if not self._enforced:
            return
        slowness = max(self._slowness, _speed_test() / REFERENCE)
        self._overdrawn = overdrawn(self._costs, self._budgets, slowness)
        if self._overdrawn and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> None:
        """Print what each folder took."""
        write = terminalreporter.write_line
        terminalreporter.section(
            "seconds by folder (wall adds up what ran side by side)"
        )
        write(f"{'folder':<34}{'tests':>6}{'CPU':>8}{'budget':>8}{'wall':>8}")
        for folder, cost in sorted(self._costs.items()):
            may = self._budgets.get(folder, "–")
            write(
                f"{folder:<34}{cost.tests:>6}{cost.cpu:>8.1f}{may:>8}{cost.wall:>8.1f}"
            )
        every = list(self._costs.values())
        cpu, wall = sum(each.cpu for each in every), sum(each.wall for each in every)
        write(
            f"{'sum':<34}{sum(e.tests for e in every):>6}{cpu:>8.1f}{'':>8}{wall:>8.1f}"
        )
        for sentence in self._overdrawn:
            write(f"over budget: {sentence}", red=True, bold=True)


def pytest_configure(config: pytest.Config) -> None:
    """Measure every run."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    # a worker only measures
    enforced = os.environ.get("KEYHOLDER_BUDGET") == "1"
    enforced &= not hasattr(config, "workerinput")
    plugin = BudgetPlugin(project["tool"]["keyholder"]["budget"], enforced=enforced)
    config.pluginmanager.register(plugin)


def _speed_test() -> float:
    """Return the CPU seconds that a piece of work takes at best."""

    def took() -> float:
        began = process_time()
        sum(number * number % 7 for number in range(200_000))
        return process_time() - began

    return min(took() for _ in range(5))


def cpu_used() -> float:
    """Return the CPU seconds of this process and of all below it, ended or not.

    Where there is no /proc, those that have not ended are left out.
    """
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    living = sum(_ticks(child) for child in _children("self"))
    return process_time() + ended.ru_utime + ended.ru_stime + living * TICK


def _ticks(process: str) -> int:
    """Return the clock ticks of a process, what has ended below it and what lives."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it ended meanwhile
        return 0
    return sum(map(int, stat[11:15])) + sum(map(_ticks, _children(process)))


def _children(process: str) -> list[str]:
    """Return the processes that one has started; none where /proc does not say it."""
    children: list[str] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children += task.read_text().split()
        except OSError:
            continue
    return children
