"""The processes of the demo: the Z-Wave network and Home Assistant, and how they meet."""

import asyncio
import json
from pathlib import Path
from typing import Final, Self

from simulators.home_assistant import Client, HomeAssistantInstance
from simulators.home_assistant.config import TIME_ZONE
from simulators.home_assistant.process import free_port, is_free
from simulators.zwave.rig import NETWORKS, Rig

NETWORK: Final = NETWORKS / "demo.json"
"""Four locks that differ: readable, masking, User Credential, S2."""

_LOCKS_SECONDS = 60.0


class Stage:
    """Everything that runs, in one folder; a second start on it finds all as it was."""

    def __init__(
        self,
        folder: Path,
        *,
        time_scale: float = 1,
        port: int = 0,
        logs: dict[str, str] | None = None,
        keep_received: bool = False,
        configuration: str = "",
    ) -> None:
        """Describe the stage; nothing is started yet.

        Args:
            folder: where Home Assistant and the Z-Wave network keep what they know.
            time_scale: what Keyholder's waits are multiplied with.
            port: where Home Assistant listens; 0 takes a free one at each start.
            logs: log level by logger, beside warnings of all.
            keep_received: whether clients keep all that they are told.
            configuration: YAML for Home Assistant, beside what it needs.
        """
        self.folder = folder
        self.home_assistant = HomeAssistantInstance(
            folder / "home",
            port=port,
            logs=logs,
            time_scale=time_scale,
            keep_received=keep_received,
            configuration=configuration,
        )
        self._rig: Rig | None = None

    @property
    def rig(self) -> Rig:
        """The Z-Wave network. Its methods block: call them in a thread."""
        assert self._rig is not None, "not started"
        return self._rig

    @property
    def client(self) -> Client:
        """The owner, signed in."""
        return self.home_assistant.client

    async def start_network(self) -> None:
        """Start the Z-Wave network, on the port that Home Assistant knows if it is free."""
        self.folder.mkdir(parents=True, exist_ok=True)
        port = self._remembered_port()
        self._rig = await asyncio.to_thread(
            lambda: Rig(
                NETWORK,
                ws_port=port,
                cache=self.folder / "zwave",
                state=self.folder / "locks.json",
                log=self.folder / "zwave.log",
                time_zone=TIME_ZONE,
            )
        )
        self._remember_url(self.rig.websocket_url)

    async def start_home_assistant(self) -> Client:
        """Start Home Assistant and connect it to the network if it is not yet."""
        client = await self.home_assistant.start()
        if not await client.entries("zwave_js"):
            flow = await client.flows.start("zwave_js")
            answer = {"url": self.rig.websocket_url}
            await client.flows.step(flow["flow_id"], answer)
        await self.wait_for_locks()
        return client

    async def wait_for_locks(self) -> None:
        """Return when Home Assistant knows how every lock stands."""
        count = len(json.loads(NETWORK.read_text())["nodes"])
        await self.client.wait_for(
            lambda states: (
                sum(
                    entity_id.startswith("lock.")
                    and state.state in ("locked", "unlocked")
                    for entity_id, state in states.items()
                )
                == count
            ),
            _LOCKS_SECONDS,
        )

    async def stop(self) -> None:
        """End both, in good order."""
        try:
            await self.home_assistant.stop()
        finally:
            if self._rig is not None:
                await asyncio.to_thread(self._rig.stop)
                self._rig = None

    async def __aenter__(self) -> Self:
        """Start both."""
        try:
            await self.start_network()
            await self.start_home_assistant()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """End both."""
        await self.stop()

    @property
    def _port_file(self) -> Path:
        return self.folder / "zwave-port"

    def _remembered_port(self) -> int:
        """Return the port that Home Assistant's entry has, or a free one."""
        try:
            port = int(self._port_file.read_text())
        except FileNotFoundError, ValueError:
            port = 0
        return port if port and is_free(port) else free_port()

    def _remember_url(self, url: str) -> None:
        """Let Home Assistant, which is not running, find the network at this address."""
        self._port_file.write_text(url.rsplit(":", 1)[1])
        registry = self.home_assistant.config_folder / ".storage/core.config_entries"
        if not registry.exists():
            return
        content = json.loads(registry.read_text())
        for entry in content["data"]["entries"]:
            if entry["domain"] == "zwave_js":
                entry["data"]["url"] = url
        registry.write_text(json.dumps(content))
