"""Owns one process of the simulated stick and speaks its control channel.

The process ends when its standard input closes, so it never outlives its owner.
"""

import asyncio
from contextlib import suppress
import json
from pathlib import Path
import sys
from typing import Any, Self

_PROJECT = Path(__file__).resolve().parents[2]
_READY_SECONDS = 20.0
_STOP_SECONDS = 5.0


class ZigbeeSimulatorError(RuntimeError):
    """The simulator refused a request, died, or was not ready in time."""


class ZigbeeRig:
    """A stick with a lock behind it, in a process of its own."""

    def __init__(self, *arguments: str, port: int = 0) -> None:
        """Describe it; `arguments` are those of `python -m simulators.zigbee`."""
        self._arguments = (*arguments, "--port", str(port))
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._turn = asyncio.Lock()
        self.port = 0

    @property
    def zha_path(self) -> str:
        """Return the serial port for ZHA, of radio type `deconz`."""
        return f"socket://127.0.0.1:{self.port}"

    @property
    def zigbee2mqtt_port(self) -> str:
        """Return the serial port for Zigbee2MQTT, with adapter `deconz`."""
        return f"tcp://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start the process; the lock has not joined yet."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "simulators.zigbee",
            *self._arguments,
            cwd=_PROJECT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(_READY_SECONDS):
                line = await self._process.stdout.readline()
        except TimeoutError as error:
            await self.stop()
            raise ZigbeeSimulatorError("not ready in time") from error
        if not line:
            await self.stop()
            raise ZigbeeSimulatorError("it ended before it was ready")
        ready = json.loads(line)
        self.port = ready["stick"]
        self._reader, self._writer = await asyncio.open_connection(
            "127.0.0.1", ready["control"]
        )

    async def stop(self) -> None:
        """End the process."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End."""
        await self.stop()

    async def do(self, do: str, **details: Any) -> Any:
        """Ask for something; README.md has the list."""
        if self._reader is None or self._writer is None:
            raise ZigbeeSimulatorError("not started")
        async with self._turn:
            self._writer.write(json.dumps({"do": do, **details}).encode() + b"\n")
            line = await self._reader.readline()
        answer = json.loads(line) if line else {"error": "it ended"}
        if "error" in answer:
            raise ZigbeeSimulatorError(f"{do}: {answer['error']}")
        return answer["result"]

    async def pins(self) -> dict[int, str]:
        """Return the PINs that are really in the lock, by user id."""
        truth = await self.do("truth")
        return {int(user): held["pin"] for user, held in truth["pins"].items()}
