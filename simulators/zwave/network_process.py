"""`NetworkProcess`: a simulated Z-Wave network as a process, and its control channel.

Everything here blocks: from Home Assistant call it in an executor. Several may run side
by side. The simulator ends when its stdin closes, so it never outlives the
Python process that started it.
"""

from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
import json
import os
from pathlib import Path
import queue
import subprocess
import threading
from time import monotonic, sleep
from types import TracebackType
from typing import IO, Self, TypedDict, cast
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from .answers import Counts, Faults, Frame, Health, Truth

HERE = Path(__file__).resolve().parent
NETWORKS = HERE / "networks"

_STOP_SECONDS = 10.0
_REQUEST_SECONDS = 120.0
_STDERR_LINES = 20
_POLL_SECONDS = 0.05


class _Ready(TypedDict):
    ws: str
    control: str
    pid: int
    interviewed: list[int]
    timings: dict[str, int]


class SimulatorError(RuntimeError):
    """The simulator refused a request, died, or was not ready in time."""


class NetworkProcess:
    """A running simulator, ready when the constructor returns; a context manager that stops it."""

    def __init__(
        self,
        network: Path | Mapping[str, object],
        *,
        ws_port: int = 0,
        cache: Path | None = None,
        state: Path | None = None,
        log: Path | None = None,
        time_zone: str | None = None,
        ready_timeout: float = 90,
    ) -> None:
        """Start a network from a file or a mapping; port 0 means any free port.

        `cache` keeps the driver's cache, which makes the next start fast; `state` keeps
        what the locks hold; `log` receives the driver's own log; `time_zone` is the
        driver's, by default that of this process. Raises SimulatorError,
        with what the simulator said last, if it is not ready in `ready_timeout` seconds.
        """
        self._network = network
        self._log = log
        self._ready_timeout = ready_timeout
        self._options = ["--config", str(network) if isinstance(network, Path) else "-"]
        if cache is not None:
            self._options += ["--cache", str(cache)]
        if state is not None:
            self._options += ["--state", str(state)]
        if log is not None:
            self._options += ["--log", "info"]
        self._env = {
            **os.environ,
            "SIM_EXIT_ON_STDIN_EOF": "1",
            **({"TZ": time_zone} if time_zone else {}),
        }
        self._start(ws_port)

    def _start(self, ws_port: int) -> None:
        self._process = subprocess.Popen(
            ["node", str(HERE / "main.mjs"), "--ws", str(ws_port), *self._options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self._env,
        )
        self._last_output: deque[str] = deque(maxlen=_STDERR_LINES)
        self._stderr_reader = threading.Thread(
            target=_drain,
            args=(self._process.stderr, self._last_output, self._log),
            daemon=True,
        )
        self._stderr_reader.start()
        try:
            if not isinstance(self._network, Path):
                self._send_network(self._network)
            ready = self._wait_until_ready(self._ready_timeout)
        except BaseException:
            self.stop()
            raise
        self.websocket_url = ready["ws"]
        self.control_url = ready["control"]
        self.pid = ready["pid"]
        self.timings = ready["timings"]

    def start_again(self) -> None:
        """End the process, however it is, and start a new one on the same websocket port.

        The locks are as the network says, or as the state says if there is one. Raises
        SimulatorError like the constructor.
        """
        self.stop()
        self._start(int(self.websocket_url.rpartition(":")[2]))

    def __enter__(self) -> Self:
        """Return this process, which is ready already."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the simulator."""
        self.stop()

    def truth(self, node: int) -> Truth:
        """Return what is really in one lock, and the driver's view of it."""
        return _truth(self._get(f"/nodes/{node}"))

    def nodes(self) -> list[Truth]:
        """Return the truth of all locks."""
        return [_truth(node) for node in cast(list[object], self._get("/nodes"))]

    def faults(self, node: int, **faults: bool | int | str) -> Faults:
        """Change some faults of a lock and return all of them.

        `reset=True` first takes them back to the spec.
        """
        return cast(Faults, self._post(f"/nodes/{node}/faults", faults))

    def act(self, node: int, do: str, **details: int | str) -> Truth:
        """Do something at the door; return the truth; its reports are sent."""
        return _truth(self._post(f"/nodes/{node}/act", {"do": do, **details}))

    def counts(self, node: int) -> Counts:
        """Return how many commands the lock received since its counters were reset."""
        return cast(Counts, self._get(f"/nodes/{node}/counts"))

    def reset_counts(self, node: int) -> None:
        """Set the counters to zero and empty the frame log."""
        self._post(f"/nodes/{node}/counts/reset", {})

    def reset(self, node: int) -> Truth:
        """Take the lock back to its spec; the driver's cache follows.

        That is faults, codes, users, schedules, bolt, battery and counters.
        """
        return _truth(self._post(f"/nodes/{node}/reset", {}))

    def frames(self, node: int, *, codes: bool = False) -> list[Frame]:
        """Return what the lock received, oldest first; codes only when asked for."""
        return cast(
            list[Frame], self._get(f"/nodes/{node}/frames{'?codes=1' if codes else ''}")
        )

    def opens(self, node: int, slot: int, at: datetime) -> bool:
        """Return whether the code of a slot opens the lock at a local wall time."""
        query = f"slot={slot}&at={at:%Y-%m-%dT%H:%M}"
        answer = cast(dict[str, bool], self._get(f"/nodes/{node}/opens?{query}"))
        return answer["opens"]

    def restart_server(self, down_ms: int = 0) -> None:
        """Drop all websocket clients; return when the same port listens again."""
        self._post("/server/restart", {"downMs": down_ms})

    def restart_driver(self) -> None:
        """Stop server and driver, start both over the cache; return when all is ready."""
        self._post("/driver/restart", {})

    def ping(self, node: int) -> bool:
        """Let the driver ping the node, which revives a dead one; True if it answered."""
        return cast(dict[str, bool], self._post(f"/nodes/{node}/ping", {}))["alive"]

    def health(self) -> Health:
        """Return the state of the whole network."""
        return cast(Health, self._get("/health"))

    def wait_until_ready(self, seconds: float = _REQUEST_SECONDS) -> None:
        """Return when a driver that was ended by a fault is ready again.

        Raises SimulatorError, with what the simulator said last, if it is not in time.
        """
        deadline = monotonic() + seconds
        while not cast(Health, self._get("/health", seconds))["ready"]:
            if monotonic() > deadline:
                raise self._failure("the driver does not come back")
            sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """Close the simulator's stdin, which ends it; kill it if that takes too long.

        May be called again.
        """
        process = self._process
        with suppress(BrokenPipeError):
            _pipe(process.stdin).close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._stderr_reader.join(_STOP_SECONDS)
        _pipe(process.stdout).close()

    def _send_network(self, network: Mapping[str, object]) -> None:
        stdin = _pipe(self._process.stdin)
        try:
            stdin.write(json.dumps(network) + "\n")
            stdin.flush()
        except BrokenPipeError as err:
            raise self._failure("the simulator did not take its network") from err

    def _wait_until_ready(self, timeout: float) -> _Ready:
        """Read stdout in a thread: a read of a pipe has no time-out."""
        lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        stdout = _pipe(self._process.stdout)
        threading.Thread(
            target=lambda: lines.put(stdout.readline()), daemon=True
        ).start()
        try:
            line = lines.get(timeout=timeout)
        except queue.Empty:
            raise self._failure(
                f"the simulator was not ready within {timeout} s"
            ) from None
        if not line:
            raise self._failure("the simulator ended before it was ready")
        return cast(_Ready, json.loads(line))

    def _get(self, path: str, seconds: float = _REQUEST_SECONDS) -> object:
        return self._request(Request(self.control_url + path), seconds)

    def _post(self, path: str, body: Mapping[str, object]) -> object:
        return self._request(
            Request(
                self.control_url + path, data=json.dumps(body).encode(), method="POST"
            )
        )

    def _request(self, request: Request, seconds: float = _REQUEST_SECONDS) -> object:
        try:
            with urlopen(request, timeout=seconds) as response:
                return json.load(response)
        except HTTPError as err:
            raise SimulatorError(json.load(err)["error"]) from None
        except OSError as err:
            raise self._failure("the simulator does not answer") from err

    def _failure(self, what: str) -> SimulatorError:
        if self._process.poll() is not None:
            # It is gone: what it said last is about to arrive
            self._stderr_reader.join(1)
        return SimulatorError("\n".join([what, *self._last_output]))


def _truth(answer: object) -> Truth:
    """JSON has only strings for keys; slots are numbers."""
    truth = cast(Truth, answer)
    truth["codes"] = {int(slot): code for slot, code in truth["codes"].items()}
    truth["schedules"] = {int(slot): held for slot, held in truth["schedules"].items()}
    return truth


def _pipe(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise SimulatorError("the simulator has no pipe")
    return stream


def _drain(stream: IO[str], last_output: deque[str], log: Path | None) -> None:
    """Keep the last lines of a stream, and all of them in a file if there is one."""
    file = log.open("a", encoding="utf-8") if log else None
    try:
        for line in stream:
            last_output.append(line.rstrip())
            if file:
                file.write(line)
                file.flush()
    finally:
        stream.close()
        if file:
            file.close()
