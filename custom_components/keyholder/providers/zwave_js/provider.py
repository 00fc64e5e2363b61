"""A Z-Wave lock as the engine knows locks."""

from collections.abc import Callable, Collection
from functools import partial
from typing import override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from zwave_js_server.model.endpoint import Endpoint

from ...model.lock_events import LockEvent
from ...model.reading import Capabilities, CodeTarget, Reading, WriteResult
from ..base import (
    LockProvider,
    LockUnreachable,
    NotSupported,
    SlotUnavailable,
    Unsubscribe,
)
from .codes import CodeMemory
from .late_answers import LateAnswers
from .lately import WrittenLately
from .library import ask
from .link import LockLink
from .listener import Listener
from .user_code import UserCodes
from .user_credential import UserCredentials


class ZWaveJsProvider(LockProvider):
    """Implements LockProvider; reads are live, capabilities come from the interview."""

    def __init__(self, hass: HomeAssistant, lock: er.RegistryEntry) -> None:
        """Know the lock by the id of its registry entry."""
        self._hass = hass
        self._link = LockLink(hass, lock.id)
        self._capabilities: Capabilities | None = None
        self._has_users = False
        self._late = LateAnswers()
        self._written = WrittenLately()

    @property
    @override
    def capabilities(self) -> Capabilities | None:
        """Return what the last probe found."""
        return self._capabilities

    @property
    @override
    def is_connected(self) -> bool:
        """Return whether the node can be spoken to, as far as is known."""
        return self._link.open_node() is not None

    @override
    async def async_probe(self) -> Capabilities:
        """Find out what the lock can do; no radio."""
        endpoint = self._link.endpoint()
        if not endpoint.node.ready:
            raise LockUnreachable("the lock is still being interviewed")
        control = endpoint.access_control
        if not await ask(control.is_supported()):
            raise NotSupported("the lock has no codes that could be managed by radio")
        # The driver's choice, where a lock has both command classes
        users = await ask(control.get_user_capabilities_cached())
        self._has_users = users.supports_users_without_credentials
        self._capabilities = await self._memory(endpoint).probe()
        return self._capabilities

    @override
    async def async_read(self, slots: Collection[int]) -> dict[int, Reading]:
        """Ask the lock for each slot, one after the other."""
        await self._check(*slots)
        return {
            slot: await self._late.ask(slot, partial(self._read, slot))
            for slot in slots
        }

    async def _read(self, slot: int) -> Reading:
        return await self._codes().read(slot)

    @override
    async def async_write(self, slot: int, target: CodeTarget) -> WriteResult:
        """Put a code into a slot."""
        await self._check(slot)
        with self._written.writing(slot):
            return await self._codes().write(slot, target)

    @override
    async def async_clear(self, slot: int) -> WriteResult:
        """Take the code out of a slot."""
        await self._check(slot)
        return await self._codes().clear(slot)

    @override
    def subscribe(self, on_event: Callable[[LockEvent], None]) -> Unsubscribe:
        """Call back for all that the lock reports, until the returned call."""
        listener = Listener(
            self._hass, self._link, self._managed_slots, self._written, on_event
        )
        listener.start()
        return listener.stop

    async def _check(self, *slots: int) -> None:
        capabilities = self._capabilities or await self.async_probe()
        for slot in slots:
            if slot not in capabilities.slots:
                raise SlotUnavailable(f"the lock has no slot {slot}")

    def _codes(self) -> CodeMemory:
        return self._memory(self._link.endpoint())

    def _memory(self, endpoint: Endpoint) -> CodeMemory:
        if not self._has_users:
            return UserCodes(endpoint)
        known = self._capabilities
        return UserCredentials(
            endpoint,
            gives_codes=known is None or known.best_evidence.can_tell_codes_apart,
        )

    def _managed_slots(self) -> range | None:
        return self._capabilities.slots if self._capabilities else None
