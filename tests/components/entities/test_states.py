"""The entities of locks and people, and what they say while a code travels."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from custom_components.keyholder.model.credential import LockId
from custom_components.keyholder.model.slot import Reason
from custom_components.keyholder.runtime.site.site import Site
from custom_components.keyholder.runtime.site.views import LockView
from tests.harness.fakes.provider import Call, FakeProvider, Profile
from tests.harness.site.flow_driver import FakeLocks, add_lock, add_person
from tests.harness.site.states import wait_for_state, wait_until_in_sync
from tests.harness.waiting import wait_for

SLOT = "sensor.anna_code_on_front_door"
CREDENTIALS = "sensor.front_door_credentials"
PROBLEM = "binary_sensor.front_door_credentials_problem"
STATUS = "sensor.anna_status"


async def test_a_lock_and_a_person_bring_these_entities(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    snapshot: SnapshotAssertion,
) -> None:
    await add_lock(hass, site, fake_locks.add("Front door"))
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)

    registry = er.async_get(hass)
    for entity in sorted(
        er.async_entries_for_config_entry(registry, site.entry_id),
        key=lambda entity: entity.entity_id,
    ):
        state = hass.states.get(entity.entity_id)
        assert state is not None
        moment = state.attributes.get("device_class") == "timestamp"
        shown = {
            "state": "a moment" if moment else state.state,
            "attributes": {
                key: value
                for key, value in state.attributes.items()
                if key != "verified_at"
            },
            "category": entity.entity_category,
            "subentry": site.subentries[str(entity.config_subentry_id)].title,
        }
        assert shown == snapshot(name=entity.entity_id)


async def test_entities_of_a_lock_are_on_its_own_device(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    await hass.async_block_till_done()

    registry = er.async_get(hass)
    ours = er.async_entries_for_config_entry(registry, site.entry_id)
    assert {entity.device_id for entity in ours} == {front.device_id}
    assert not dr.async_entries_for_config_entry(dr.async_get(hass), site.entry_id)


async def test_a_lock_without_a_device_has_its_entities_all_the_same(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    er.async_get(hass).async_update_entity(front.entity_id, device_id=None)
    await add_lock(hass, site, front)
    await hass.async_block_till_done()

    registry = er.async_get(hass)
    ours = er.async_entries_for_config_entry(registry, site.entry_id)
    assert {entity.device_id for entity in ours} == {None}
    assert all(hass.states.get(entity.entity_id) for entity in ours)


async def test_a_masking_lock_ends_in_sync_by_presence(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    await add_lock(
        hass, site, fake_locks.add("Front door", FakeProvider(Profile.MASKING))
    )
    await add_person(hass, site, "Anna", "907153")

    await wait_for_state(hass, SLOT, "in_sync")
    assert _attribute(hass, SLOT, "evidence") == "presence"
    assert _attribute(hass, SLOT, "verified_at") is not None


async def test_a_lock_that_shows_nothing_ends_in_accepted_never_in_sync(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    mute = fake_locks.add("Front door", FakeProvider(Profile.WRITE_ONLY))
    await add_lock(hass, site, mute, first_slot=3, last_slot=5)
    await add_person(hass, site, "Anna", "907153")

    await wait_for_state(hass, SLOT, "accepted")
    assert _attribute(hass, SLOT, "evidence") == "acknowledged"
    assert _attribute(hass, CREDENTIALS, "accepted") == 1
    assert _attribute(hass, CREDENTIALS, "in_sync") == 0


async def test_a_code_that_the_lock_drops_ends_suspended_and_asks_for_attention(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door", FakeProvider(Profile.MASKING))
    fake_locks.provider(front).faults.drop_writes = True
    await add_lock(hass, site, front)
    await add_person(hass, site, "Anna", "907153")

    await wait_for_state(hass, SLOT, "suspended")
    assert _attribute(hass, SLOT, "reason") == Reason.NOT_STORED
    assert _attribute(hass, CREDENTIALS, "suspended") == 1
    await wait_for_state(hass, CREDENTIALS, "attention")
    await wait_for_state(hass, PROBLEM, "on")
    await wait_for_state(hass, STATUS, "attention")


async def test_a_person_for_whom_there_is_no_slot_any_more_is_out_of_sync(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door", FakeProvider(slots=1))
    await add_lock(hass, site, front)
    provider = fake_locks.provider(front)
    provider.disconnect()
    await add_person(hass, site, "Anna", "907153")
    await wait_for(lambda: _attribute(hass, CREDENTIALS, "waiting") == ["Anna"])
    await wait_for_state(hass, SLOT, "out_of_sync")
    assert _attribute(hass, SLOT, "reason") == Reason.LOCK_UNREACHABLE

    provider.set_at_keypad(1, "904444", reported=False)
    provider.connect()

    await wait_for(lambda: _attribute(hass, SLOT, "reason") == Reason.NO_FREE_SLOT)
    await wait_for_state(hass, SLOT, "out_of_sync")
    assert _attribute(hass, SLOT, "slot") is None
    await wait_for_state(hass, STATUS, "attention")


async def test_an_unreachable_lock_is_available_and_says_what_was_known(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)
    verified_at = _attribute(hass, SLOT, "verified_at")

    fake_locks.provider(front).disconnect()
    await wait_for(lambda: _attribute(hass, CREDENTIALS, "reachable") is False)

    await wait_for_state(hass, SLOT, "in_sync")
    await wait_for_state(hass, CREDENTIALS, "in_sync")
    assert _attribute(hass, SLOT, "verified_at") == verified_at


async def test_disabling_a_person_clears_the_code_and_enabling_writes_it_once(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    provider = fake_locks.provider(front)
    await add_lock(hass, site, front)
    anna = await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)

    await _switch(hass, "off")
    assert not site.subentries[anna.subentry_id].data["enabled"]
    await wait_for_state(hass, STATUS, "disabled")
    await wait_for(lambda: not provider.codes)
    await wait_for_state(hass, SLOT, "in_sync")
    assert _attribute(hass, SLOT, "desired") == "absent"

    writes = provider.counts.writes
    await _switch(hass, "on")
    await wait_for_state(hass, STATUS, "active")
    await wait_for(lambda: provider.codes == {1: "907153"})
    await wait_until_in_sync(hass, site)
    assert provider.counts.writes == writes + 1


async def test_the_switch_shows_its_new_position_when_the_action_returns(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)
    fake_locks.provider(front).hang(Call.CLEAR)

    await _switch(hass, "off")

    state = hass.states.get("switch.anna_enabled")
    assert state is not None
    assert state.state == "off"
    fake_locks.provider(front).release()


async def test_a_person_who_is_being_removed_is_not_switched_on(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    anna = await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)
    fake_locks.provider(front).faults.drop_clears = True
    site.runtime_data.site.removals.async_begin(anna.subentry_id)
    await wait_for_state(hass, "switch.anna_enabled", "off")

    with pytest.raises(ServiceValidationError, match="Anna is being removed"):
        await _switch(hass, "on")


async def test_pressing_verify_reads_every_slot_and_writes_none(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    provider = fake_locks.provider(front)
    await add_lock(hass, site, front)
    await add_person(hass, site, "Anna", "907153")
    await add_person(hass, site, "Bert", "904862")
    await wait_until_in_sync(hass, site)
    before = _attribute(hass, SLOT, "verified_at")
    reads, writes = provider.counts.reads, provider.counts.writes

    await _press_verify(hass)

    assert provider.counts.reads == reads + 2
    assert provider.counts.writes == writes
    assert _attribute(hass, SLOT, "verified_at") > before


async def test_pressing_verify_on_a_lock_that_does_not_answer_is_an_error(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)
    fake_locks.provider(front).faults.unreachable = True

    with pytest.raises(HomeAssistantError, match="No answer from: Front door"):
        await _press_verify(hass)


async def _switch(hass: HomeAssistant, to: str) -> None:
    await hass.services.async_call(
        "switch", f"turn_{to}", {"entity_id": "switch.anna_enabled"}, blocking=True
    )


async def _press_verify(hass: HomeAssistant) -> None:
    await hass.services.async_call(
        "button",
        "press",
        {"entity_id": "button.front_door_verify_credentials"},
        blocking=True,
    )


def _attribute(hass: HomeAssistant, entity_id: str, name: str) -> Any:
    state = hass.states.get(entity_id)
    assert state is not None
    return state.attributes[name]


@pytest.mark.no_fail_on_log_exception
async def test_an_entity_that_fails_at_setup_stops_no_other(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await add_lock(hass, site, fake_locks.add("Front door"))
    await add_lock(hass, site, fake_locks.add("Back door"))
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)

    works = Site.lock_view

    def fail(running: Site, lock: LockId) -> LockView | None:
        view = works(running, lock)
        if view is not None and view.snapshot.name == "Front door":
            raise KeyError("907153")
        return view

    monkeypatch.setattr(Site, "lock_view", fail)
    assert await hass.config_entries.async_reload(site.entry_id)
    await wait_until_in_sync(hass, site)

    for entity in (SLOT, "sensor.anna_code_on_back_door"):
        await wait_for_state(hass, entity, "in_sync")
    await wait_for_state(hass, "sensor.back_door_credentials", "in_sync")
