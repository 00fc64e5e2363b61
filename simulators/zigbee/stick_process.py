"""`StickProcess`: the simulated stick as a process, and its control channel.

The process ends when its standard input closes, so it never outlives its owner.
"""

from pathlib import Path
from typing import Any, Self

from simulators.common.child_process import ChildProcess, ChildStartError
from simulators.common.control_channel import ControlChannelError, send_request


class ZigbeeSimulatorError(RuntimeError):
    """The simulator refused a request, died, or was not ready in time."""


class StickProcess:
    """A stick with a lock behind it, in a process of its own.

    It can be started again, on another port if no port was asked for.
    """

    def __init__(
        self,
        *arguments: str,
        port: int = 0,
        state: Path | None = None,
        log: Path | None = None,
    ) -> None:
        """Describe it; `arguments` are those of `python -m simulators.zigbee`.

        `state` keeps what stick and lock hold: the next start finds them as they were.
        `log` takes what the process says; its folder must exist, as that of `state`.
        """
        self._arguments = (*arguments, "--port", str(port))
        if state is not None:
            self._arguments += ("--state", str(state))
        self._log = log
        self._child: ChildProcess | None = None
        self.port = 0
        self.control_url = ""
        """The address of the control channel."""

    @property
    def zha_path(self) -> str:
        """Return the serial port for ZHA, of radio type `deconz`."""
        return f"socket://127.0.0.1:{self.port}"

    @property
    def zigbee2mqtt_port(self) -> str:
        """Return the serial port for Zigbee2MQTT, with adapter `deconz`."""
        return f"tcp://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start the process; a lock that was never in a network has not joined yet."""
        try:
            self._child = await ChildProcess.start(
                "simulators.zigbee", *self._arguments, log=self._log
            )
        except ChildStartError as err:
            raise ZigbeeSimulatorError(str(err)) from err
        self.port = self._child.ready["stick"]
        self.control_url = self._child.ready["control"]

    async def stop(self) -> None:
        """End the process; may be called again."""
        child, self._child = self._child, None
        if child is not None:
            await child.stop()

    async def kill(self) -> None:
        """Kill it, as a power cut does."""
        child, self._child = self._child, None
        if child is not None:
            await child.kill()

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End."""
        await self.stop()

    async def do(self, do: str, **details: Any) -> Any:
        """Ask for something; README.md has the list."""
        if self._child is None:
            raise ZigbeeSimulatorError("not started")
        request = {"do": do, **details}
        try:
            return (await send_request(self.control_url, "POST", "/act", request))[
                "result"
            ]
        except ControlChannelError as err:
            raise ZigbeeSimulatorError(f"{do}: {err}") from err

    async def pins(self) -> dict[int, str]:
        """Return the PINs that are really in the lock, by user id."""
        truth = await self.do("truth")
        return {int(user): held["pin"] for user, held in truth["pins"].items()}
