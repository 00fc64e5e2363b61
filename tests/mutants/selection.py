"""Run chosen tests in a given order, and note what becomes of them; a plugin for pytest."""

import json
import os
from pathlib import Path
from typing import Final

from hypothesis import Phase, settings
import pytest

CHOSEN: Final = "KEYHOLDER_CHOSEN_TESTS"
"""The environment variable that names a file with one node ID on each line."""
PROGRESS: Final = "KEYHOLDER_PROGRESS"
"""Names the file to write: JSON lines with a `test` that began, or an `error` and `when`."""


def pytest_configure() -> None:
    """Let Hypothesis find a failing example only, and not look for the smallest one."""
    phases = (Phase.explicit, Phase.generate)
    # what failed with another mutant is not tried again
    settings.register_profile("mutants", phases=phases, database=None)
    settings.load_profile("mutants")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Keep the chosen tests, in their order."""
    chosen = Path(os.environ[CHOSEN]).read_text(encoding="utf-8").splitlines()
    place = {test: number for number, test in enumerate(chosen)}
    others = [item for item in items if item.nodeid not in place]
    config.hook.pytest_deselected(items=others)
    items[:] = sorted(
        (item for item in items if item.nodeid in place),
        key=lambda item: place[item.nodeid],
    )


def pytest_runtest_logstart(nodeid: str) -> None:
    """Note which test runs now, for a run that is ended from outside."""
    _note({"test": nodeid})


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note a test that fails, and where."""
    if report.failed:
        _note({"error": report.nodeid, "when": report.when})


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Note a file that cannot be imported."""
    if report.failed:
        _note({"error": report.nodeid})


def _note(what: dict[str, str]) -> None:
    with Path(os.environ[PROGRESS]).open("a", encoding="utf-8") as progress:
        progress.write(json.dumps(what) + "\n")
