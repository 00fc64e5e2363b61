"""Nothing is written to the state machine that has not changed."""

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.model.pin import Pin
from tests.harness.fakes.provider import FakeProvider, Profile
from tests.harness.site.flow_driver import FakeLocks, add_lock, add_person
from tests.harness.site.states import state_writes, wait_until_in_sync
from tests.harness.waiting import wait_for

WRITES_PER_PIN_EDIT_AND_LOCK = 5


@pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
async def test_changing_a_pin_stays_within_the_budget_of_each_lock(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    profile: Profile,
) -> None:
    locks = [
        fake_locks.add(name, FakeProvider(profile))
        for name in ("Front door", "Back door", "Garage")
    ]
    for lock in locks:
        await add_lock(hass, site, lock)
    anna = await add_person(hass, site, "Anna", "907153")
    await add_person(hass, site, "Bert", "904862")
    await wait_until_in_sync(hass, site)

    with state_writes(hass) as written:
        await site.runtime_data.site.async_set_pin(anna.unique_id, Pin("905577"))
        await wait_for(
            lambda: all(
                fake_locks.provider(lock).codes.get(1) == "905577" for lock in locks
            )
        )
        await wait_until_in_sync(hass, site)

    for lock in locks:
        about = [entry for entry in written if lock.entity_id[5:] in entry[0]]
        assert 0 < len(about) <= WRITES_PER_PIN_EDIT_AND_LOCK, about
    # a person is not active before every lock has shown the new code
    of_person = [state for entity_id, state in written if "status" in entity_id]
    assert len(of_person) <= 2 * len(locks)
    assert of_person[-1] == "active"
    assert {entity_id for entity_id, _ in written} - {"sensor.anna_status"} == {
        f"sensor.{prefix}{lock.entity_id[5:]}{suffix}"
        for lock in locks
        for prefix, suffix in (("anna_code_on_", ""), ("", "_credentials"))
    }


async def test_a_change_at_one_lock_writes_nothing_of_another(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front, back = fake_locks.add("Front door"), fake_locks.add("Back door")
    await add_lock(hass, site, front)
    await add_lock(hass, site, back)
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)

    with state_writes(hass) as written:
        fake_locks.provider(front).disconnect()
        await hass.async_block_till_done()

    assert written
    assert not [entity_id for entity_id, _ in written if "back_door" in entity_id]


async def test_nothing_is_written_while_nothing_happens(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    await add_lock(hass, site, fake_locks.add("Front door"))
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)

    with state_writes(hass) as written:
        await site.runtime_data.site.async_sync()
        await hass.async_block_till_done()

    assert written == []
