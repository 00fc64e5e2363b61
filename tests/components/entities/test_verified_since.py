"""The sensor that says since when all codes of a lock are verified."""

import asyncio
from datetime import datetime

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.model.pin import Pin
from tests.harness.fakes.provider import FakeProvider, Profile
from tests.harness.site.flow_driver import FakeLocks, add_lock, add_person
from tests.harness.site.states import state_writes, wait_for_state, wait_until_in_sync
from tests.harness.waiting import wait_for

SENSOR = "sensor.front_door_all_codes_verified_since"


def _since(hass: HomeAssistant) -> datetime | None:
    state = hass.states.get(SENSOR)
    assert state is not None
    return dt_util.parse_datetime(state.state)


async def test_it_is_unknown_until_a_code_is_proven_and_again_while_one_is_not(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    await wait_for_state(hass, SENSOR, "unknown")
    anna = await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)
    since = _since(hass)
    assert since is not None
    assert since <= dt_util.utcnow()

    fake_locks.provider(front).faults.drop_writes = True
    await site.runtime_data.site.async_set_pin(anna.unique_id, Pin("905577"))

    await wait_for_state(hass, "sensor.anna_code_on_front_door", "suspended")
    await wait_for_state(hass, SENSOR, "unknown")


async def test_verifying_writes_it_once_however_many_codes_there_are(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    await add_lock(hass, site, fake_locks.add("Front door"))
    for number in range(5):
        await add_person(hass, site, f"Anna {number}", f"90715{number}")
    await wait_until_in_sync(hass, site)
    before = _since(hass)
    assert before is not None
    # it is shown in whole seconds
    await asyncio.sleep(1)

    with state_writes(hass) as written:
        await hass.services.async_call(
            "button",
            "press",
            {"entity_id": "button.front_door_verify_credentials"},
            blocking=True,
        )
        await wait_for(lambda: _since(hass) != before)
        await hass.async_block_till_done()

    assert [entity_id for entity_id, _ in written].count(SENSOR) == 1


async def test_it_is_unknown_on_a_lock_that_shows_nothing(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    mute = fake_locks.add("Front door", FakeProvider(Profile.WRITE_ONLY))
    await add_lock(hass, site, mute, first_slot=1, last_slot=5)
    await add_person(hass, site, "Anna", "907153")
    await wait_for_state(hass, "sensor.anna_code_on_front_door", "accepted")

    await wait_for_state(hass, SENSOR, "unknown")
