"""The real Zigbee2MQTT on a simulated stick, with mosquitto: processes of their own.

`script/zigbee2mqtt_stack` sets them up.
"""

import asyncio
from asyncio.subprocess import DEVNULL, Process
from contextlib import suppress
import os
from pathlib import Path
import shutil
from typing import Final, Self

from simulators.common.processes import free_port, wait_or_kill
from simulators.zigbee.stick_process import StickProcess

FOLDER: Final = Path(__file__).resolve().parents[2] / ".zigbee2mqtt"
BASE: Final = "house/zigbee2mqtt"
_STOP_SECONDS: Final = 10.0
_BROKER: Final = """
listener {port} 127.0.0.1
allow_anonymous true
persistence false
"""
_SETTINGS: Final = """
version: 5
mqtt:
  base_topic: {base}
  server: mqtt://127.0.0.1:{broker}
serial:
  adapter: deconz
  port: {stick}
frontend:
  enabled: false
homeassistant:
  enabled: true
availability:
  enabled: true
advanced:
  log_output: [file]
  log_directory: {log}
  pan_id: 6754
  ext_pan_id: [221, 221, 221, 221, 221, 221, 221, 221]
  network_key: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
  channel: 15
"""


def unavailable_reason() -> str | None:
    """Return why there is no real Zigbee2MQTT here, None if there is one."""
    if _mosquitto() is None:
        return "mosquitto is not installed"
    if not (FOLDER / "stamp").exists():
        reason = FOLDER / "missing"
        return reason.read_text() if reason.exists() else "run script/zigbee2mqtt_stack"
    return None


def _mosquitto() -> str | None:
    return shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


class RealZigbee2Mqtt:
    """Use as a context; the lock has not joined yet."""

    def __init__(self, data: Path) -> None:
        """Keep everything in an empty folder."""
        self.stick = StickProcess(
            "--manufacturer", "Yale", "--model", "YRD226/246 TSDB"
        )
        self.port = 0
        self._data = data
        self._processes: list[Process] = []

    async def __aenter__(self) -> Self:
        """Start broker, stick and bridge; the bridge is online some seconds later."""
        self.port = free_port()
        await self.stick.start()
        await asyncio.to_thread(self._write)
        broker = _mosquitto()
        assert broker is not None
        await self._start(broker, "-c", str(self._data / "mosquitto.conf"))
        await self.start_bridge()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End them all."""
        while self._processes:
            await _end(self._processes.pop())
        await self.stick.stop()

    async def start_bridge(self) -> None:
        """Start Zigbee2MQTT."""
        modules = FOLDER / "node_modules"
        await self._start(
            str(modules / "node/bin/node"), str(modules / "zigbee2mqtt/index.js")
        )

    async def stop_bridge(self) -> None:
        """Stop Zigbee2MQTT."""
        await _end(self._processes.pop())

    async def kill_bridge(self) -> None:
        """Kill Zigbee2MQTT, as a power cut does."""
        process = self._processes.pop()
        process.kill()
        await process.wait()

    async def _start(self, *command: str) -> None:
        environment = {**os.environ, "ZIGBEE2MQTT_DATA": str(self._data)}
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, cwd=self._data, stdout=DEVNULL, stderr=DEVNULL
        )
        self._processes.append(process)

    def _write(self) -> None:
        (self._data / "mosquitto.conf").write_text(_BROKER.format(port=self.port))
        settings = _SETTINGS.format(
            base=BASE,
            broker=self.port,
            stick=self.stick.zigbee2mqtt_port,
            log=self._data / "log",
        )
        (self._data / "configuration.yaml").write_text(settings)


async def _end(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    await wait_or_kill(process, _STOP_SECONDS)
