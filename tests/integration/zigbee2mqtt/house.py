"""People of a house with one lock of Zigbee2MQTT."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import Event, HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er, issue_registry as ir

from custom_components.keyholder.const import DOMAIN, EVENT_ACCESS
from simulators.zigbee import LockNode
from simulators.zigbee2mqtt import Device
from tests.fixtures.zigbee2mqtt import Zigbee2MqttNetwork, until
from tests.integration.surface import (
    add_lock,
    add_person,
    choose,
    start_reconfigure,
    submit,
)

PIN: Final = "907153"
OTHER: Final = "904862"
PINS: Final = (PIN, OTHER)


@dataclass
class House:
    """The whole house."""

    hass: HomeAssistant
    network: Zigbee2MqttNetwork
    entry: ConfigEntry
    told: list[Mapping[str, Any]] = field(default_factory=list)
    """What went over the bus of what happened at the door."""

    def __post_init__(self) -> None:
        """Begin to listen."""

        @callback
        def hear(event: Event) -> None:
            self.told.append(event.data)

        self.hass.bus.async_listen(EVENT_ACCESS, hear)

    @property
    def node(self) -> LockNode:
        """Return the lock itself."""
        return self.network.node

    @property
    def issues(self) -> set[str]:
        """Return what waits for somebody, by kind."""
        return {
            issue.translation_key
            for issue in ir.async_get(self.hass).issues.values()
            if issue.domain == DOMAIN and issue.active and issue.translation_key
        }

    async def manage(self, device: Device | None = None) -> None:
        """Let Keyholder manage a lock."""
        await add_lock(self.hass, self.entry, self.network.lock_entity(device))

    async def add(self, name: str, pin: str, *, enabled: bool = True) -> Person:
        """Add somebody in the dialog."""
        subentry = await add_person(self.hass, self.entry, name, pin, enabled=enabled)
        await self.hass.async_block_till_done()
        return Person(self, subentry)

    async def call(self, action: str, **data: Any) -> None:
        """Do something to the lock by an action of Keyholder."""
        entity_id = self.network.lock_entity().entity_id
        await self.hass.services.async_call(
            DOMAIN, action, {"entity_id": entity_id, **data}, blocking=True
        )

    async def start_autolock(self, duration: timedelta) -> None:
        """Have the door lock itself after a while, now and whenever it is unlocked."""
        await self.hass.services.async_call(
            "switch",
            "turn_on",
            {"entity_id": self.entity("switch", "autolock")},
            blocking=True,
        )
        seconds = duration.total_seconds()
        await self.call("autolock_start", duration={"seconds": seconds})

    def shown(self, platform: str, key: str) -> str:
        """Return what an entity of the lock shows."""
        state = self.hass.states.get(self.entity(platform, key))
        assert state is not None
        return state.state

    def entity(self, platform: str, key: str) -> str:
        """Return an entity of the lock."""
        lock = self.network.lock_entity()
        entity = er.async_get(self.hass).async_get_entity_id(
            platform, DOMAIN, f"{lock.id}_{key}"
        )
        assert entity is not None
        return entity

    async def settle(self) -> None:
        """Wait until all that the lock told has been handled."""
        await self.network.settle()


@dataclass(frozen=True)
class Person:
    """Somebody with a code."""

    house: House
    subentry: ConfigSubentry

    @property
    def slot(self) -> State | None:
        """Return what is shown of the code."""
        entity = self._find("sensor", f"{self.house.network.lock_entity().id}_slot")
        return None if entity is None else self.house.hass.states.get(entity)

    async def until_shown(self, state: str, **attributes: object) -> None:
        """Wait until the code is shown so."""

        def is_shown() -> bool:
            slot = self.slot
            return (
                slot is not None
                and slot.state == state
                and attributes.items() <= slot.attributes.items()
            )

        await self.until(is_shown)

    async def set_rule(self, rule: Mapping[str, Any]) -> None:
        """Enter when the code works, in the dialog."""
        hass, entry = self.house.hass, self.house.entry
        current = entry.subentries[self.subentry.subentry_id]
        form = await choose(hass, await start_reconfigure(hass, entry, current), "rule")
        result = await submit(hass, form, **rule)
        assert result.get("reason") == "reconfigure_successful", result.get("errors")

    async def switch(self, *, on: bool) -> None:
        """Turn the person's switch."""
        await self.house.hass.services.async_call(
            "switch",
            "turn_on" if on else "turn_off",
            {"entity_id": self.entity("switch", "enabled")},
            blocking=True,
        )

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        try:
            await until(condition, 30)
        except AssertionError:
            raise AssertionError(f"it is not shown: {self.slot}") from None

    def entity(self, platform: str, key: str) -> str:
        """Return an entity of the person's device."""
        entity = self._find(platform, key)
        assert entity is not None
        return entity

    def _find(self, platform: str, key: str) -> str | None:
        return er.async_get(self.house.hass).async_get_entity_id(
            platform, DOMAIN, f"{self.subentry.unique_id}_{key}"
        )
