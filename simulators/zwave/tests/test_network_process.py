"""`NetworkProcess`: start, errors, shutdown, and no codes in its output."""

from dataclasses import dataclass
import os
from pathlib import Path
import signal
import subprocess
import sys
import time

import pytest
import pytest_socket

from simulators.zwave.answers import Truth
from simulators.zwave.network_process import HERE, NetworkProcess, SimulatorError
from tests.harness.networks.shared_simulators import replace_if_unhealthy

ONE = {
    "nodes": [
        {"id": 2, "profile": "uc1", "codes": {"1": "9081"}},
        {"id": 3, "profile": "u3c", "codes": {"1": "9082"}},
    ]
}

pytestmark = [
    pytest.mark.simulator,
    pytest.mark.usefixtures("socket_enabled"),
    pytest.mark.timeout(300),  # three starts are one fixture
]


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


@dataclass
class Lives:
    """What was seen in three starts of one network, the last two over what was kept."""

    at_first: list[Truth]
    kept: list[list[Truth]]
    """Of each later start."""
    asked: list[int]
    """Commands that each start asked of the second lock."""
    ports: list[int]
    ended: dict[str, bool]
    """By what ended the process, whether that did."""
    after_stop: str
    """What a request to a simulator that was stopped twice raises."""
    replaced: str
    """The warnings about a process that had ended and was replaced."""
    log: str


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Lives:
    """Start one network three times; each start costs seconds."""
    # this comes before any test may open sockets
    pytest_socket.enable_socket()
    folder = tmp_path_factory.mktemp("lives")
    log = folder / "node.log"
    cache, state = folder / "cache", folder / "locks.json"
    ended: dict[str, bool] = {}
    with NetworkProcess(ONE, cache=cache, state=state, log=log) as process:
        at_first, asked, ports = process.nodes(), [_asked(process)], [_port(process)]
        process.act(2, "keypad_set_code", slot=3, code="9083")
        process.act(3, "keypad_set_code", slot=3, code="9084")
        process.reset(2)
        for node in (2, 3):
            process.act(node, "unreported_set_code", slot=4, code="9074")
        process.act(2, "manual_unlock")
    ended["stop"] = not alive(process.pid)
    process.stop()
    with pytest.raises(SimulatorError) as after_stop:
        process.health()

    found: list[list[Truth]] = []

    def end_by(number: signal.Signals) -> None:
        found.append(process.nodes())
        asked.append(_asked(process))
        ports.append(_port(process))
        assert process.health()["interviewed"] == [2, 3]
        os.kill(process.pid, number)
        ended[number.name] = gone(process.pid)

    with NetworkProcess(
        ONE, ws_port=ports[0], cache=cache, state=state, log=log
    ) as process:
        end_by(signal.SIGTERM)
        with pytest.warns(UserWarning, match="is replaced") as warned:
            replace_if_unhealthy(process)
        end_by(signal.SIGINT)
    return Lives(
        at_first,
        found,
        asked,
        ports,
        ended,
        str(after_stop.value),
        str(warned[0].message),
        log.read_text(),
    )


def _asked(process: NetworkProcess) -> int:
    return process.counts(3)["other"]


def _port(process: NetworkProcess) -> int:
    return int(process.websocket_url.rpartition(":")[2])


def _codes(lock: Truth) -> dict[int, str]:
    return {slot: code["code"] for slot, code in lock["codes"].items()}


def test_a_network_may_be_a_mapping(lives: Lives) -> None:
    held = {lock["id"]: _codes(lock) for lock in lives.at_first}
    assert held == {2: {1: "9081"}, 3: {1: "9082"}}


def test_a_start_over_the_cache_asks_less(lives: Lives) -> None:
    """The driver knows the locks from the last time."""
    assert all(asked < lives.asked[0] for asked in lives.asked[1:])


def test_it_listens_on_the_port_it_is_given(lives: Lives) -> None:
    """A simulator that is replaced keeps its own."""
    assert len(set(lives.ports)) == 1


def test_no_code_is_in_the_log(lives: Lives) -> None:
    assert "DRIVER" in lives.log
    for code in ("9081", "9082", "9083", "9084", "9074"):
        assert code not in lives.log
        assert code.encode().hex() not in lives.log


@pytest.mark.parametrize("start", [0, 1])
def test_a_later_start_finds_the_locks_as_they_were_left(
    lives: Lives, start: int
) -> None:
    uc1, u3c = lives.kept[start]
    assert _codes(uc1) == {1: "9081", 4: "9074"}
    assert _codes(u3c) == {1: "9082", 3: "9084", 4: "9074"}
    assert u3c["codes"][4]["enabled"]
    assert not uc1["locked"]


def test_stopping_twice_is_no_harm(lives: Lives) -> None:
    """A context manager after stop() too."""
    assert lives.ended["stop"]
    assert "does not answer" in lives.after_stop


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_ends_it(lives: Lives, name: str) -> None:
    """As a supervisor or the terminal would."""
    assert lives.ended[name]


def test_ended_simulator_is_replaced_with_a_warning(
    lives: Lives,
) -> None:
    """One that dies in a test does not take the tests after it along."""
    assert "does not answer" in lives.replaced


def test_a_wrong_network_is_reported_with_the_last_words() -> None:
    """The reason is in the error, not in a file somewhere."""
    with pytest.raises(
        SimulatorError, match=r"ended before it was ready(.|\n)*unknown profile uc9"
    ):
        NetworkProcess({"nodes": [{"id": 2, "profile": "uc9"}]})


def test_too_slow_is_a_failure_and_leaves_no_process() -> None:
    """A start that takes longer than it may."""
    with pytest.raises(SimulatorError, match="not ready within"):
        NetworkProcess(ONE, ready_timeout=0.05)


def test_the_simulator_dies_with_its_python_process(tmp_path: Path) -> None:
    """Even when Python has no chance to clean up."""
    script = (
        "import sys\n"
        "from simulators.zwave.network_process import NetworkProcess\n"
        "process = NetworkProcess({'nodes': [{'id': 2, 'profile': 'uc1'}]})\n"
        "print(process.pid, flush=True)\n"
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


def test_a_raw_frame_log_is_refused() -> None:
    """From "debug" on the driver prints frames, and codes are in them."""
    ended = subprocess.run(
        ["node", HERE / "main.mjs", "--log", "debug"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "--log is one of" in ended.stderr


def test_damaged_state_file_is_reported_without_its_content(
    tmp_path: Path,
) -> None:
    file = tmp_path / "locks.json"
    file.write_text('{"2": {"locked": true, "codes": {"4": {"code": "9074"')
    with pytest.raises(SimulatorError) as reported:
        NetworkProcess({"nodes": [{"id": 2, "profile": "uc1"}]}, state=file)
    _, sentence = str(reported.value).splitlines()
    assert sentence == f"{file} is damaged; without that file all begins anew"
