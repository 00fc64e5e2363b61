"""Start pytest from a process that has imported Home Assistant already, which saves seconds.

That process is the fork server of `multiprocessing`. It has imported nothing of ours: what
may hold a mutant is imported anew, from the copy of the tree, in each run.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
import multiprocessing
import os
from pathlib import Path
import resource
import signal
import sys
from typing import Final

_IMPORTED: Final = [
    "pytest_homeassistant_custom_component.plugins",  # before what it patches
    *("homeassistant.components.matter", "homeassistant.components.mqtt.models"),
    *("homeassistant.components.zha", "homeassistant.components.zwave_js"),
    *("homeassistant.components.recorder", "homeassistant.components.http"),
    *("hypothesis", "matter_server.client", "zwave_js_server.client"),
]
_OURS: Final = ("custom_components", "simulators", "tests")
_MEMORY: Final = 6 * 2**30
"""Bytes that a run may take: an endless loop may fill a list."""

_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload(_IMPORTED)
_running: Final[set[int]] = set()
"""The process groups of the runs that go on now."""


def end_runs() -> None:
    """End all runs at once; those who wait for them go on."""
    for group in list(_running):
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def run_pytest(
    root: Path,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    printed: Path,
    limit: float | None,
) -> int | None:
    """Run pytest in a tree; return its exit code, or None if it had to be ended.

    What it prints goes into a file. No process of it is left, whatever it started.
    """
    process = _server.Process(
        target=_run, args=(root, arguments, dict(environment), printed)
    )
    process.start()
    group = process.pid
    assert group is not None
    _running.add(group)
    try:
        process.join(limit)
        return process.exitcode
    finally:
        _running.remove(group)
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        process.join()


def _run(
    root: Path, arguments: Sequence[str], environment: Mapping[str, str], printed: Path
) -> None:
    os.setsid()
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    with printed.open("w") as output:
        os.dup2(output.fileno(), sys.stdout.fileno())
        os.dup2(output.fileno(), sys.stderr.fileno())
    os.environ.clear()
    os.environ.update(environment)
    sys.dont_write_bytecode = False
    os.chdir(root)
    here = str(Path(__file__).parents[2])
    sys.path[:] = [str(root), *(each for each in sys.path if each not in ("", here))]
    for name in [name for name in sys.modules if name.split(".")[0] in _OURS]:
        del sys.modules[name]
    import pytest

    code = int(pytest.main([*arguments]))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
