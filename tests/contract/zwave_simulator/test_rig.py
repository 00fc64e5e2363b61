"""The process owner starts, reports failures, leaves nothing behind, tells no codes."""

import os
from pathlib import Path
import signal
import subprocess
import sys
import time

import pytest

from simulators.zwave.rig import HERE, Rig, SimulatorError

ONE = {
    "nodes": [
        {"id": 2, "profile": "uc1", "codes": {"1": "9081"}},
        {"id": 3, "profile": "u3c", "codes": {"1": "9082"}},
    ]
}

pytestmark = [pytest.mark.simulator, pytest.mark.usefixtures("socket_enabled")]


def alive(pid: int) -> bool:
    """Whether a process exists and is not a zombie."""
    try:
        return (
            Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        )
    except FileNotFoundError:
        return False


def gone(pid: int, seconds: float = 10) -> bool:
    """Whether the process ends in time."""
    deadline = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(pid)


def test_a_network_given_as_a_mapping_a_cache_and_a_log(tmp_path: Path) -> None:
    """The second start over the cache knows the names and codes; no code is in the log."""
    log = tmp_path / "node.log"
    with Rig(ONE, cache=tmp_path / "cache", log=log) as first:
        assert {lock["id"]: lock["codes"][1]["code"] for lock in first.nodes()} == {
            2: "9081",
            3: "9082",
        }
        asked_at_first = first.counts(3)["other"]
        first.act(2, "keypad_set_code", slot=3, code="9083")
        first.act(3, "keypad_set_code", slot=3, code="9084")
        first.reset(2)
        pid, port = first.pid, int(first.websocket_url.rpartition(":")[2])
    assert not alive(pid)
    with Rig(ONE, cache=tmp_path / "cache", log=log, ws_port=port) as second:
        assert second.websocket_url.endswith(f":{port}")
        assert second.health()["interviewed"] == [2, 3]
        assert second.counts(3)["other"] < asked_at_first
    text = log.read_text()
    assert "DRIVER" in text
    for code in ("9081", "9082", "9083", "9084"):
        assert code not in text
        assert code.encode().hex() not in text


def test_stopping_twice_is_no_harm() -> None:
    """A context manager after stop() too."""
    rig = Rig(ONE)
    rig.stop()
    rig.stop()
    with pytest.raises(SimulatorError, match="does not answer"):
        rig.health()


def test_a_wrong_network_is_reported_with_the_last_words() -> None:
    """The reason is in the error, not in a file somewhere."""
    with pytest.raises(
        SimulatorError, match=r"ended before it was ready(.|\n)*unknown profile uc9"
    ):
        Rig({"nodes": [{"id": 2, "profile": "uc9"}]})


def test_too_slow_is_a_failure_and_leaves_no_process() -> None:
    """A start that takes longer than it may."""
    with pytest.raises(SimulatorError, match="not ready within"):
        Rig(ONE, ready_timeout=0.05)


def test_the_simulator_dies_with_its_python_process(tmp_path: Path) -> None:
    """Even when Python has no chance to clean up."""
    script = (
        "import sys\n"
        "from simulators.zwave.rig import Rig\n"
        f"rig = Rig({ONE!r})\n"
        "print(rig.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=HERE.parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout
    assert owner.stdin
    pid = int(owner.stdout.readline())
    assert alive(pid)
    owner.kill()
    owner.wait()
    assert gone(pid)
    owner.stdout.close()
    owner.stdin.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it(number: signal.Signals) -> None:
    """As a supervisor or the terminal would."""
    with Rig(ONE) as rig:
        os.kill(rig.pid, number)
        assert gone(rig.pid)


def test_a_raw_frame_log_is_refused() -> None:
    """From "debug" on the driver prints frames, and codes are in them."""
    ended = subprocess.run(
        ["node", HERE / "main.mjs", "--log", "debug"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "--log is one of" in ended.stderr


def test_a_second_start_finds_the_locks_as_they_were_left(tmp_path: Path) -> None:
    network = {"nodes": [{"id": 2, "profile": "uc1"}, {"id": 3, "profile": "u3c"}]}
    with Rig(network, state=tmp_path / "locks.json") as rig:
        for node in (2, 3):
            rig.act(node, "silent_set_code", slot=4, code="9074")
        rig.act(2, "manual_unlock")

    with Rig(network, state=tmp_path / "locks.json") as rig:
        held = {slot: code["code"] for slot, code in rig.truth(2)["codes"].items()}
        assert held == {4: "9074"}
        assert rig.truth(3)["codes"] == {4: {"code": "9074", "enabled": True}}
        assert not rig.truth(2)["locked"]


def test_a_damaged_file_is_told_in_a_sentence_without_what_is_in_it(
    tmp_path: Path,
) -> None:
    file = tmp_path / "locks.json"
    file.write_text('{"2": {"locked": true, "codes": {"4": {"code": "9074"')
    with pytest.raises(SimulatorError) as told:
        Rig({"nodes": [{"id": 2, "profile": "uc1"}]}, state=file)
    _, sentence = str(told.value).splitlines()
    assert sentence == f"{file} is damaged; without that file all begins anew"
