"""What fails at one lock stops no other, and what is closed leaves nothing behind."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.keyholder.autolock_notifications import AutolockNotifications
from custom_components.keyholder.model.autolock import (
    AutolockFailure,
    AutolockNotice,
    AutolockNoticeType,
)
from custom_components.keyholder.runtime.site.autolock_serialization import (
    subentry_data_with_autolock,
)
from tests.components.autolock.conftest import LOCK, SENSOR, SimulatedDoor
from tests.harness.site.autolock_entities import (
    AT,
    notifications,
    set_up,
    state,
    switch_on,
)
from tests.harness.site.flow_driver import (
    FakeLocks,
    add_lock,
    add_person,
    choose,
    start_reconfigure,
    suggested,
)
from tests.harness.waiting import wait_for


async def test_a_reload_leaves_no_listener_behind(
    hass: HomeAssistant, door: SimulatedDoor
) -> None:
    def listeners() -> int:
        return hass.bus.async_listeners()[er.EVENT_ENTITY_REGISTRY_UPDATED]

    await set_up(hass, door, door_sensor=SENSOR)
    await hass.async_block_till_done()
    before = listeners()
    await hass.config_entries.async_reload(door.entry.entry_id)
    await hass.async_block_till_done()
    assert listeners() == before

    # without a sensor nothing listens for what becomes of it
    await set_up(hass, door)
    await hass.async_block_till_done()
    assert listeners() == before - 1


async def test_a_lock_with_damaged_rules_stops_no_other(
    hass: HomeAssistant,
    door: SimulatedDoor,
    fake_locks: FakeLocks,
    caplog: pytest.LogCaptureFixture,
) -> None:
    back = await add_lock(hass, door.entry, fake_locks.add("Back door"))
    await switch_on(hass)
    await hass.config_entries.async_unload(door.entry.entry_id)
    # the first of the two
    damaged = subentry_data_with_autolock(
        door.subentry, enabled=True, door_sensor=["no", "id"]
    )
    hass.config_entries.async_update_subentry(door.entry, door.subentry, data=damaged)
    hass.config_entries.async_update_subentry(
        door.entry, back, data=subentry_data_with_autolock(back, enabled=True)
    )
    assert await hass.config_entries.async_setup(door.entry.entry_id)
    await hass.async_block_till_done()
    assert "Setting up autolock of Front door failed" in caplog.text

    hass.states.async_set("lock.back_door", "locked")
    hass.states.async_set("lock.back_door", "unlocked")
    await wait_for(lambda: state(hass, "sensor.back_door_autolock_at") != "unknown")


async def test_a_listener_that_fails_stops_no_other(
    hass: HomeAssistant, door: SimulatedDoor, caplog: pytest.LogCaptureFixture
) -> None:
    autolocks = door.entry.runtime_data.autolock
    lock = door.subentry.data["lock"]
    notified: list[str] = []

    def fail() -> None:
        notified.append("fails")
        raise RuntimeError

    stop = autolocks.async_listen(lock, fail)
    stop_other = autolocks.async_listen(lock, lambda: notified.append("hears"))
    await switch_on(hass)
    door.set_bolt("unlocked")
    await wait_for(lambda: state(hass, AT) != "unknown")
    assert notified[:2] == ["fails", "hears"]
    assert "Listener failed on an autolock change of Front door" in caplog.text
    stop()
    stop_other()


async def test_a_notice_names_its_lock_also_while_that_is_being_removed(
    hass: HomeAssistant, door: SimulatedDoor
) -> None:
    lock = door.subentry.data["lock"]
    notices = AutolockNotifications(hass, door.entry, lock)
    failed = AutolockNotice(AutolockNoticeType.FAILED, AutolockFailure.JAMMED)
    notices.async_publish(failed)
    assert "Front door could not be locked" in notifications(hass)["failed"]

    hass.config_entries.async_remove_subentry(door.entry, door.subentry.subentry_id)
    notices.async_publish(failed)
    assert f"{LOCK} could not be locked" in notifications(hass)["failed"]

    er.async_get(hass).async_remove(LOCK)
    notices.async_publish(failed)
    assert f"{lock} could not be locked" in notifications(hass)["failed"]
    await hass.async_block_till_done()
    assert notifications(hass) == {}


async def test_the_dialog_shows_the_people_who_have_a_time_of_their_own(
    hass: HomeAssistant, door: SimulatedDoor
) -> None:
    ann = await add_person(hass, door.entry, "Ann", "907153")
    ben = await add_person(hass, door.entry, "Ben", "907154")
    people = [ann.unique_id, ben.unique_id]
    await set_up(hass, door, people_minutes=people, people_for=9)

    dialog = await start_reconfigure(hass, door.entry, door.subentry)
    form = await choose(hass, dialog, "autolock")
    shown: dict[str, Any] = suggested(form)
    assert shown["people_minutes"] == people
    assert shown["people_for"] == 9
    hass.config_entries.subentries.async_abort(form["flow_id"])
