"""What must not be done by the way: no voice assistant and no area switches a code off."""

from homeassistant.components.homeassistant.exposed_entities import (
    async_should_expose,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.harness.site.flow_driver import FakeLocks, add_lock, add_person
from tests.harness.site.states import wait_until_in_sync
from tests.harness.waiting import wait_for

SWITCHES = (
    "switch.anna_enabled",
    "switch.front_door_autolock",
    "switch.front_door_lock_when_the_door_closes",
)


@pytest.fixture
async def switches(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Anna has a code on the front door; both are in the hall."""
    assert await async_setup_component(hass, "homeassistant", {})
    await add_lock(hass, site, fake_locks.add("Front door"))
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)
    hall = ar.async_get(hass).async_create("Hall")
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, site.entry_id):
        registry.async_update_entity(entity.entity_id, area_id=hall.id)


@pytest.mark.usefixtures("switches")
async def test_turning_off_an_area_takes_no_code_away(hass: HomeAssistant) -> None:
    """Clause 16.29: who says "turn off the hall" does not mean Anna's code."""
    await hass.services.async_call(
        "switch", "turn_on", {"entity_id": SWITCHES[1]}, True
    )

    await hass.services.async_call("switch", "turn_off", {"area_id": "hall"}, True)

    for entity_id in SWITCHES[:2]:
        state = hass.states.get(entity_id)
        assert state is not None
        assert state.state == "on", entity_id

    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": list(SWITCHES)}, True
    )
    await wait_for(lambda: all(hass.states.is_state(each, "off") for each in SWITCHES))


@pytest.mark.usefixtures("switches")
@pytest.mark.parametrize(
    "assistant", ["conversation", "cloud.alexa", "cloud.google_assistant"]
)
async def test_no_voice_assistant_sees_a_switch_unasked(
    hass: HomeAssistant, assistant: str
) -> None:
    """Clause 16.29: a switch is exposed only where somebody has chosen that."""
    assert not [each for each in SWITCHES if async_should_expose(hass, assistant, each)]
