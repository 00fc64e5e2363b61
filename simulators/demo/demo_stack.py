"""The processes of the demo: the locks of each technology, and Home Assistant."""

import asyncio
from collections.abc import Callable
import json
from pathlib import Path
from typing import Any, Final, Protocol, Self

from simulators.common.processes import free_port, is_free
from simulators.home_assistant import Client, HomeAssistantInstance
from simulators.home_assistant.config import TIME_ZONE
from simulators.matter.real import VirtualLock
from simulators.zigbee.stick_process import StickProcess
from simulators.zigbee.zha_setup import QUIET, add_zha
from simulators.zwave.network_process import NETWORKS, NetworkProcess

NETWORK: Final = NETWORKS / "demo.json"
"""Four locks that differ: readable, masking, User Credential, S2."""

STUDIO: Final = "Studio"
"""Name of the Matter lock."""

WORKSHOP: Final = "Workshop"
"""Name of the Zigbee lock."""

_LOCKS_SECONDS = 60.0


class MatterStack(Protocol):
    """A Matter lock behind a server, fake (`FakeStack`) or real (`RealStack`)."""

    @property
    def url(self) -> str:
        """The server's websocket, once it has been started."""

    @property
    def lock(self) -> VirtualLock:
        """The lock, for actions at its keypad and faults."""

    async def start(self) -> None:
        """Start both."""

    async def stop(self) -> None:
        """End both; may be called again."""

    async def start_server(self) -> None:
        """Start the server again, on the port that it had."""

    async def stop_server(self) -> None:
        """End the server; the lock goes on."""


def _stick(folder: Path) -> StickProcess:
    return StickProcess(
        *("--week-days", "2", "--year-days", "2"),
        *("--time-zone", TIME_ZONE),
        state=folder / "zigbee.json",
        log=folder / "zigbee.log",
    )


class DemoStack:
    """All processes of the demo, in one folder; a second start restores their state."""

    def __init__(
        self,
        folder: Path,
        *,
        time_scale: float = 1,
        port: int = 0,
        logs: dict[str, str] | None = None,
        keep_received: bool = False,
        configuration: str = "",
        matter: MatterStack | None = None,
        zigbee: bool = False,
    ) -> None:
        """Describe the demo; nothing is started yet.

        Args:
            folder: where Home Assistant and the Z-Wave network keep what they know.
            time_scale: what Keyholder's waits are multiplied with.
            port: where Home Assistant listens; 0 takes a free one at each start.
            logs: log level by logger, beside warnings of all.
            keep_received: whether clients keep all that they receive.
            configuration: YAML for Home Assistant, beside what it needs.
            matter: a Matter lock, which is started and stopped with the rest.
            zigbee: whether there is a Zigbee stick with a lock, for ZHA.
        """
        self.folder = folder
        self.home_assistant = HomeAssistantInstance(
            folder / "home",
            port=port,
            logs=logs,
            time_scale=time_scale,
            keep_received=keep_received,
            configuration=configuration + (QUIET if zigbee else ""),
        )
        self._zwave: NetworkProcess | None = None
        self.matter = matter
        """The Matter lock and its server, if there is one."""
        self.zigbee = _stick(folder) if zigbee else None
        """The stick with the Zigbee lock, if there is one."""

    @property
    def zwave(self) -> NetworkProcess:
        """The Z-Wave network. Its methods block: call them in a thread."""
        assert self._zwave is not None, "not started"
        return self._zwave

    @property
    def client(self) -> Client:
        """The owner, signed in."""
        return self.home_assistant.client

    async def start_network(self) -> None:
        """Start the Z-Wave network, and the Matter lock and the stick if there are any."""
        self.folder.mkdir(parents=True, exist_ok=True)
        await asyncio.gather(
            self._start_zwave(), self._start_matter(), self.start_stick()
        )

    async def _start_matter(self) -> None:
        if self.matter is not None:
            await self.matter.start()
            url = self.matter.url
            self._remember("matter", lambda data: data.update(url=url))

    async def start_stick(self) -> None:
        """Start the stick, if there is one, before Home Assistant is started."""
        if self.zigbee is not None:
            await self.zigbee.start()
            path = self.zigbee.zha_path
            self._remember("zha", lambda data: data["device"].update(path=path))

    async def _start_zwave(self) -> None:
        """Start it on the port that Home Assistant knows, if that is free."""
        port = self._remembered_port()
        self._zwave = await asyncio.to_thread(
            lambda: NetworkProcess(
                NETWORK,
                ws_port=port,
                cache=self.folder / "zwave",
                state=self.folder / "locks.json",
                log=self.folder / "zwave.log",
                time_zone=TIME_ZONE,
            )
        )
        url = self.zwave.websocket_url
        self._port_file.write_text(url.rsplit(":", 1)[1])
        self._remember("zwave_js", lambda data: data.update(url=url))

    async def start_home_assistant(self) -> Client:
        """Start Home Assistant and connect it to what is there if it is not yet."""
        client = await self.home_assistant.start()
        new = await asyncio.gather(
            self._add("zwave_js", self.zwave.websocket_url),
            self._add("matter", self.matter.url if self.matter else None),
            self._add_stick(),
        )
        await self.wait_for_locks()
        _, matter_is_new, stick_is_new = new
        if matter_is_new:
            await self._name_lock("matter", STUDIO)
        if stick_is_new:
            await self._name_lock("zha", WORKSHOP)
        return client

    async def _add(self, domain: str, url: str | None) -> bool:
        """Connect Home Assistant to a server; return whether it was not before."""
        if url is None or await self.client.entries(domain):
            return False
        flow = await self.client.flows.start(domain)
        await self.client.flows.step(flow["flow_id"], {"url": url})
        return True

    async def _add_stick(self) -> bool:
        """Set ZHA up on the stick and pair the lock; return whether it was not before."""
        if self.zigbee is None:
            return False
        if not await self.client.entries("zha"):
            await add_zha(self.client, self.zigbee)
        if (await self.zigbee.do("truth"))["joined"]:
            return False
        await self.zigbee.do("join")
        return True

    async def _name_lock(self, platform: str, name: str) -> None:
        device = next(
            entity["device_id"]
            for entity in await self.client.entities()
            if entity["platform"] == platform
            and entity["entity_id"].startswith("lock.")
        )
        await self.client.command(
            "config/device_registry/update", device_id=device, name_by_user=name
        )

    async def wait_for_locks(self) -> None:
        """Return when every lock entity has a state."""
        count = len(json.loads(NETWORK.read_text())["nodes"])
        count += (self.matter is not None) + (self.zigbee is not None)
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
        """Stop all."""
        try:
            await self.home_assistant.stop()
        finally:
            if self.matter is not None:
                await self.matter.stop()
            if self.zigbee is not None:
                await self.zigbee.stop()
            if self._zwave is not None:
                await asyncio.to_thread(self._zwave.stop)
                self._zwave = None

    async def __aenter__(self) -> Self:
        """Start all."""
        try:
            await self.start_network()
            await self.start_home_assistant()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """End all."""
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

    def _remember(self, domain: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Change what Home Assistant, which is not running, knows of a server's address."""
        registry = self.home_assistant.config_folder / ".storage/core.config_entries"
        if not registry.exists():
            return
        content = json.loads(registry.read_text())
        for entry in content["data"]["entries"]:
            if entry["domain"] == domain:
                change(entry["data"])
        registry.write_text(json.dumps(content))
