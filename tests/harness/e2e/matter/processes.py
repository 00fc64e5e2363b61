"""The processes: the Matter stack and Home Assistant, and how they meet."""

from pathlib import Path
from typing import Any, Final, override

from simulators.demo.demo_site import DemoSite
from simulators.demo.demo_stack import DemoStack
from simulators.home_assistant import Client
from simulators.home_assistant.config import TIME_ZONE
from simulators.matter.real import RealStack
from tests.harness.e2e.shared_instance import LOGS, TIME_SCALE, SharedInstance

LOCK: Final = "Virtual Lock"
"""What the lock calls itself."""
_SECONDS: Final = 60.0


class MatterProcesses(DemoStack):
    """The processes of a site whose lock is a Matter lock. There is no Z-Wave network."""

    def __init__(self, folder: Path, **details: Any) -> None:
        """Describe the processes; nothing is started yet."""
        super().__init__(folder, **details)
        self.stack = RealStack(folder / "matter", time_zone=TIME_ZONE)

    async def start_network(self) -> None:
        """Start the Matter stack."""
        await self.stack.start()

    async def start_home_assistant(self) -> Client:
        """Start Home Assistant and connect it to the server if it is not yet."""
        client = await self.home_assistant.start()
        if not await client.entries("matter"):
            flow = await client.flows.start("matter")
            await client.flows.step(flow["flow_id"], {"url": self.stack.url})
        await self.wait_for_locks()
        return client

    async def wait_for_locks(self) -> None:
        """Return when Home Assistant knows how the lock stands."""
        await self.client.wait_for(
            lambda states: any(
                entity_id.startswith("lock.") and state.state in ("locked", "unlocked")
                for entity_id, state in states.items()
            ),
            _SECONDS,
        )

    async def stop(self) -> None:
        """End both, in good order."""
        try:
            await self.home_assistant.stop()
        finally:
            await self.stack.stop()


class MatterSharedInstance(SharedInstance):
    """The Matter processes in a thread of its own."""

    processes: MatterProcesses

    async def do(self, name: str) -> None:
        """Start or end a part of the stack, by the name of the method."""
        await self._call(getattr(self.processes.stack, name)())

    @override
    async def _restore_network(self) -> None:
        """Leave the stack to the tests: there is no Z-Wave network."""

    @override
    def _new_processes(self, folder: Path) -> MatterProcesses:
        return MatterProcesses(
            folder, time_scale=TIME_SCALE, logs=LOGS, keep_received=True
        )

    async def _open(self) -> None:
        await self.processes.__aenter__()
        demo_site = DemoSite(self.processes.client)
        await demo_site.add_site("Home")
        await demo_site.add_lock(await entity_of_lock(self.processes.client))


async def entity_of_lock(client: Client) -> str:
    """Return the lock entity of the Matter integration."""
    (found,) = (
        entity["entity_id"]
        for entity in await client.entities()
        if entity["platform"] == "matter" and entity["entity_id"].startswith("lock.")
    )
    entity_id: str = found
    return entity_id
