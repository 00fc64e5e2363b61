"""A managed lock with a bolt that moves, and a sensor on its door."""

from dataclasses import dataclass, field

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.harness.fakes.provider import FakeProvider
from tests.harness.site.flow_driver import FakeLocks, add_lock
from tests.harness.site.states import wait_until_in_sync

LOCK = "lock.front_door"
SENSOR = "binary_sensor.front_door"


@dataclass
class SimulatedDoor:
    """What is really at the door, and what was asked of its lock."""

    hass: HomeAssistant
    entry: MockConfigEntry
    subentry: ConfigSubentry
    provider: FakeProvider
    refuses: bool = False
    error: Exception | None = None
    """Raised by every command."""
    commands: list[str] = field(default_factory=list)

    def set_bolt(self, state: str) -> None:
        """Let the lock's entity show where the bolt is."""
        self.hass.states.async_set(LOCK, state)

    def set_leaf(self, state: str) -> None:
        """Let the sensor show whether the door is open (on)."""
        self.hass.states.async_set(SENSOR, state, {"device_class": "door"})

    async def lock(self, call: ServiceCall) -> None:
        """Stand for the lock's own integration."""
        self.commands.append(call.data["entity_id"])
        if self.error is not None:
            raise self.error
        if self.refuses:
            raise HomeAssistantError("no answer")
        self.set_bolt("locked")


@pytest.fixture
async def door(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> SimulatedDoor:
    """A locked and closed door."""
    er.async_get(hass).async_get_or_create(
        "binary_sensor", "test", "front", suggested_object_id="front_door"
    )
    lock = fake_locks.add("Front door")
    subentry = await add_lock(hass, site, lock)
    door = SimulatedDoor(hass, site, subentry, fake_locks.provider(lock))
    hass.services.async_register("lock", "lock", door.lock)
    door.set_leaf("off")
    door.set_bolt("locked")
    await wait_until_in_sync(hass, site)
    return door
