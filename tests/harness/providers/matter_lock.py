"""A Matter lock of the fake server, from both ends."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Final

from custom_components.keyholder.model.lock_events import Connected, LockEvent
from custom_components.keyholder.model.provider_io import (
    CodeTarget,
    SlotReading,
    WriteResult,
)
from custom_components.keyholder.providers.matter.provider import MatterProvider
from custom_components.keyholder.providers.registry import async_create_provider
from simulators.matter import FOREIGN, OURS, Author, Node, invoke
from simulators.matter.memory import User
from tests.harness.networks.matter import MatterNetwork
from tests.harness.providers.codes import ANNA, SLOT

PIN_TYPE: Final = 1
ADD: Final = 0


class MatterLock:
    """The lock of the first node, from both ends."""

    def __init__(self, network: MatterNetwork, provider: MatterProvider) -> None:
        self.network = network
        self.provider = provider
        self.node: Node = network.node
        self.events: list[LockEvent] = []

    @property
    def news(self) -> list[LockEvent]:
        """What was reported beside that the lock is there."""
        return [
            event for event in self.events if event != Connected(events_missed=True)
        ]

    async def read(self, slot: int = SLOT) -> SlotReading:
        return (await self.provider.async_read([slot]))[slot]

    async def write(self, target: CodeTarget = ANNA, slot: int = SLOT) -> WriteResult:
        return await self.provider.async_write(slot, target)

    async def clear(self, slot: int = SLOT) -> WriteResult:
        return await self.provider.async_clear(slot)

    async def settle(self) -> None:
        await self.network.settle()

    def code(self, slot: int = SLOT) -> str | None:
        held = self.node.lock.memory.credentials.get((PIN_TYPE, slot))
        return None if held is None else held.data.decode()

    def owner(self, slot: int = SLOT) -> int | None:
        held = self.node.lock.memory.credentials.get((PIN_TYPE, slot))
        return None if held is None else held.user

    @property
    def users(self) -> Mapping[int, User]:
        return self.node.lock.memory.users

    @property
    def names(self) -> dict[int, str]:
        return {index: user.name for index, user in self.users.items()}

    def commands(self) -> list[str]:
        """Return the commands that came since the last call."""
        names = [name for name, _ in self.node.calls]
        self.node.calls.clear()
        return names

    def add_user(self, index: int, name: str = "Eve", by: Author = FOREIGN) -> None:
        """Let another controller make a user."""
        invoke(
            self.node.lock,
            "SetUser",
            {
                "operationType": ADD,
                "userIndex": index,
                "userName": name,
                "userUniqueID": None,
                "userStatus": 1,
                "userType": 0,
                "credentialRule": 0,
            },
            by,
        )

    def add_pin(
        self, slot: int, user: int, code: str = "9066", by: Author = FOREIGN
    ) -> None:
        """Let another controller, or application, give a user a PIN."""
        self._add(PIN_TYPE, slot, user, code.encode(), by)

    def add_card(self, index: int, user: int, by: Author = OURS) -> None:
        """Let another application give a user a card."""
        self._add(2, index, user, bytes(range(8)), by)

    async def another_provider(self) -> MatterProvider:
        """Return one that knows nothing of the lock, as after a start."""
        return await make_provider(self.network)

    def _add(self, kind: int, index: int, user: int, data: bytes, by: Author) -> None:
        answer = invoke(
            self.node.lock,
            "SetCredential",
            {
                "operationType": ADD,
                "credential": {"credentialType": kind, "credentialIndex": index},
                "credentialData": b64encode(data).decode(),
                "userIndex": user,
                "userStatus": None,
                "userType": None,
            },
            by,
        )
        assert answer is not None
        assert answer["status"] == 0


async def make_provider(network: MatterNetwork) -> MatterProvider:
    """Return a provider for the lock, probed."""
    provider = await async_create_provider(network.hass, network.lock_entity())
    assert isinstance(provider, MatterProvider)
    await provider.async_probe()
    return provider
