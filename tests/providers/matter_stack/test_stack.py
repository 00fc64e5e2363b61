"""The stack as a guest on this machine: it says why it cannot be, and leaves nothing behind."""

import os
from pathlib import Path
import signal
import subprocess
import sys

import psutil
import pytest

from simulators.matter.real import (
    RealStack,
    StackError,
    UnavailableError,
    VirtualLock,
    installation,
    unavailable_reason,
)
from tests.harness.networks.matter_stack import skip_without_stack

_RUNS_A_STACK = """
import asyncio, sys
from pathlib import Path
from simulators.matter.real import RealStack

async def main():
    await RealStack(Path(sys.argv[1])).start()
    print("ready", flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""
_PATIENCE = 120.0


def test_what_was_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation, "INSTALLED", tmp_path)
    monkeypatch.setattr("shutil.which", lambda tool: f"/usr/bin/{tool}")
    assert unavailable_reason() == "script/matter_stack has not been run"
    (tmp_path / "missing").write_text("no Python 3.13 here\n")
    assert unavailable_reason() == "no Python 3.13 here"
    (tmp_path / "missing").unlink()
    (tmp_path / "stamp").touch()
    assert unavailable_reason() is None
    monkeypatch.setattr("shutil.which", lambda tool: None)
    assert unavailable_reason() == "unshare is missing"


async def test_a_kernel_that_forbids_it_is_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbids = tmp_path / "unshare"
    forbids.write_text("#!/bin/sh\necho Operation not permitted >&2\nexit 1\n")
    forbids.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr("simulators.matter.real.stack.unavailable_reason", lambda: None)
    with pytest.raises(UnavailableError, match="Operation not permitted"):
        await RealStack(tmp_path / "stack").start()


@pytest.mark.simulator
@pytest.mark.timeout(300)
def test_nothing_outlives_who_started_it_or_lies_about(tmp_path: Path) -> None:
    skip_without_stack()
    had_data = Path("/data").exists()
    runner = subprocess.Popen(
        [sys.executable, "-c", _RUNS_A_STACK, tmp_path], stdout=subprocess.PIPE
    )
    try:
        assert runner.stdout
        assert runner.stdout.readline() == b"ready\n"
        parts = psutil.Process(runner.pid).children(recursive=True)
        names = {part.name() for part in parts}
        assert {"node", "cat"} <= names
        assert len(parts) == 3
    finally:
        runner.send_signal(signal.SIGKILL)
        runner.wait()
    gone, alive = psutil.wait_procs(parts, timeout=_PATIENCE)
    assert (len(gone), alive) == (3, [])
    assert Path("/data").exists() == had_data
    assert not any((tmp_path / "root").iterdir())


async def test_a_lock_that_is_gone_is_an_error(socket_enabled: None) -> None:
    with pytest.raises(StackError, match="does not answer"):
        await VirtualLock("http://127.0.0.1:1").dump()
