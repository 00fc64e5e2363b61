"""Entities while many of them come at once, and while their lock is not open."""

import asyncio
import logging
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.data import KeyholderConfigEntry
from custom_components.keyholder.dynamic_entities import async_setup_member_entities
from custom_components.keyholder.entity import SnapshotEntity
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.settings import LockSettings
from custom_components.keyholder.model.snapshot import LockSnapshot
from tests.harness.site.flow_driver import FakeLocks, add_lock, add_person
from tests.harness.site.states import state_writes, wait_until_in_sync
from tests.harness.waiting import wait_for


@pytest.mark.parametrize(
    ("counts", "order"),
    [
        ((15, 1, 1), ["add 15", "add 1", "others", "add 1"]),
        ((16, 3), ["add 16", "others", "add 3"]),
        ((40, 15, 15), ["add 40", "others", "add 15", "add 15", "others"]),
        ((15,), ["add 15"]),
    ],
)
async def test_others_have_their_turn_after_every_sixteen_entities(
    counts: tuple[int, ...], order: list[str]
) -> None:
    subentries = {f"member {number}": None for number in range(len(counts))}
    entry = SimpleNamespace(subentries=subentries, async_on_unload=lambda _: None)
    changes = SimpleNamespace(async_subscribe_members=lambda _: None)
    entry.entry_id = "site"
    site = SimpleNamespace(hass=None, people={}, entry=entry, signals=changes)
    entry.runtime_data = SimpleNamespace(site=site)

    def plan(_site: object) -> Any:
        for subentry_id, count in zip(subentries, counts, strict=True):
            for number in range(count):
                key = f"{subentry_id} {number}"
                made = SimpleNamespace(unique_id=key, subentry_id=subentry_id)
                yield subentry_id, lambda made=made: made

    happened: list[str] = []

    def add(entities: list[object], **_: object) -> None:
        happened.append(f"add {len(entities)}")

    async def others() -> None:
        while True:
            happened.append("others")
            await asyncio.sleep(0)

    with patch("custom_components.keyholder.dynamic_entities.er"):
        turns = asyncio.create_task(others())
        await async_setup_member_entities(
            cast("KeyholderConfigEntry", entry), Platform.SENSOR, cast("Any", add), plan
        )
        turns.cancel()

    assert happened == order


async def test_a_change_of_a_lock_that_is_not_open_leaves_everything_as_it_is(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    caplog: pytest.LogCaptureFixture,
) -> None:
    lock = fake_locks.add("Front door")
    await add_lock(hass, site, lock)
    anna = await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)
    running = site.runtime_data.site
    (problem,) = hass.states.async_all("binary_sensor")
    assert problem.state == "off"

    with patch.dict(running.locks), state_writes(hass) as written:
        running.locks.pop(lock.id).async_update_listeners()
        running.signals.async_notify_person(anna.unique_id)
        await hass.async_block_till_done()

    assert hass.states.get(problem.entity_id) == problem
    assert not [entity_id for entity_id, _ in written if "front_door" in entity_id]
    assert "failed" not in caplog.text


async def test_a_request_for_an_update_changes_nothing(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)
    assert await async_setup_component(hass, "homeassistant", {})
    before = {state.entity_id: state for state in hass.states.async_all()}

    await hass.services.async_call(
        "homeassistant", "update_entity", {"entity_id": list(before)}, blocking=True
    )
    fake_locks.provider(front).disconnect()
    await hass.async_block_till_done()

    assert not [
        entity_id
        for entity_id in before
        if (state := hass.states.get(entity_id)) is None or state.state == "unavailable"
    ]


async def test_entities_follow_a_lock_that_is_set_up_again(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)
    running = site.runtime_data.site
    former = running.locks[front.id]
    subentry = site.subentries[former.settings.subentry_id]
    for last in (20, 21, 22):
        data = {**subentry.data, "first_slot": 1, "last_slot": last}
        hass.config_entries.async_update_subentry(site, subentry, data=data)
        await wait_until_in_sync(hass, site)
        assert running.locks[front.id] is not former
        former = running.locks[front.id]
        await wait_for(lambda: running.locks[front.id].data.reachable)
        await hass.async_block_till_done()

        with state_writes(hass) as written:
            fake_locks.provider(front).disconnect()
            await hass.async_block_till_done()
        shown = {entity_id for entity_id, _ in written}
        assert "sensor.front_door_credentials" in shown
        assert len(written) == len(shown)
        fake_locks.provider(front).connect()
        await wait_until_in_sync(hass, site)


async def test_new_entities_follow_a_lock_that_was_just_set_up_again(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    works = SnapshotEntity.set_coordinator

    def create(
        entity: SnapshotEntity,
        settings: LockSettings,
        context: CredentialRef | None = None,
    ) -> None:
        works(entity, settings, context)
        entity.coordinator = DataUpdateCoordinator[LockSnapshot](
            hass, logging.getLogger(__name__), config_entry=site, name="former"
        )

    front = fake_locks.add("Front door")
    await add_person(hass, site, "Anna", "907153")
    await add_lock(hass, site, front)
    await wait_until_in_sync(hass, site)
    monkeypatch.setattr(SnapshotEntity, "set_coordinator", create)
    assert await hass.config_entries.async_reload(site.entry_id)
    await wait_until_in_sync(hass, site)
    running = site.runtime_data.site
    await wait_for(lambda: running.locks[front.id].data.reachable)
    await hass.async_block_till_done()

    with state_writes(hass) as written:
        fake_locks.provider(front).disconnect()
        await hass.async_block_till_done()

    assert "sensor.front_door_credentials" in {entity_id for entity_id, _ in written}
