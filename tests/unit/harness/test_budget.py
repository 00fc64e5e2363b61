"""What folders of tests may cost, and how that is measured."""

import subprocess
import sys
from time import process_time

import pytest

from tests.harness.plugins.budget import Cost, cpu_used, folder_of, overdrawn

FOLDERS = ("tests/components", "tests/components/zwave")


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("tests/components/test_diagnostics.py", "tests/components"),
        ("tests/components/config_flow/test_rules.py", "tests/components"),
        ("tests/components/zwave/test_windows.py", "tests/components/zwave"),
        ("tests/components_new/test_it.py", "tests/components_new"),
    ],
)
def test_a_test_counts_for_the_longest_folder_that_holds_it(
    path: str, folder: str
) -> None:
    assert folder_of(path, FOLDERS) == folder


@pytest.mark.parametrize(
    ("cpu", "slowness", "said"),
    [
        (10.0, 1.0, []),
        (10.5, 1.0, ["tests/unit took 10 s of CPU, its budget is 10 s"]),
        (14.0, 1.5, []),
        (15.5, 1.5, ["tests/unit took 16 s of CPU, its budget is 15 s"]),
        (10.5, 0.5, ["tests/unit took 10 s of CPU, its budget is 10 s"]),
    ],
)
def test_a_folder_may_take_its_budget_and_more_on_a_slow_machine(
    cpu: float, slowness: float, said: list[str]
) -> None:
    assert (
        overdrawn({"tests/unit": Cost(cpu=cpu)}, {"tests/unit": 10}, slowness) == said
    )


def test_a_folder_without_a_budget_is_an_error() -> None:
    assert overdrawn({"tests/new": Cost(cpu=0.1)}, {}, 1.0) == [
        "tests/new has no budget in pyproject.toml"
    ]


BUSY = """
import sys, time
while time.process_time() < 0.1: pass
print(flush=True)
sys.stdin.read()
"""


def test_a_process_counts_while_it_lives_and_after_it_has_ended() -> None:
    before, own = cpu_used(), process_time()
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", BUSY], stdin=pipe, stdout=pipe
    ) as busy:
        assert busy.stdout is not None
        busy.stdout.readline()
        living = cpu_used() - before - (process_time() - own)
        busy.communicate()
    ended = cpu_used() - before - (process_time() - own)

    # /proc counts two kinds of time in ticks of a hundredth, rounded down
    assert 0.07 < living <= ended
