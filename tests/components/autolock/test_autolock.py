"""Autolock as a user meets it: entities, actions, notifications."""

import asyncio
from datetime import timedelta
import json
from pathlib import Path
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from custom_components import keyholder
from custom_components.keyholder.model.access import AccessEvent
from custom_components.keyholder.model.autolock import (
    AutolockFailure,
    AutolockNoticeType,
)
from custom_components.keyholder.model.lock_events import (
    Action,
    Jammed,
    LockOperated,
    Method,
)
from tests.components.autolock.conftest import LOCK, SENSOR, SimulatedDoor
from tests.harness.site.autolock_entities import (
    ACCESS,
    AT,
    DAY,
    SWITCH,
    call,
    notifications,
    set_up,
    state,
    switch_on,
)
from tests.harness.site.flow_driver import FakeLocks, add_lock
from tests.harness.waiting import wait_for

PACKAGE = Path(keyholder.__file__).parent


async def test_an_unlocked_door_is_locked_and_the_sensor_says_when(
    hass: HomeAssistant, door: SimulatedDoor
) -> None:
    assert state(hass, AT) == "unknown"
    await switch_on(hass)
    door.set_bolt("unlocked")
    await wait_for(lambda: state(hass, AT) != "unknown")
    shown = hass.states.get(AT)
    assert shown is not None
    assert shown.attributes["duration"] in (120, 300)
    assert shown.attributes["reason"] == "unlocked"

    await call(hass, "keyholder", "autolock_start", LOCK, duration={"seconds": 0})
    await wait_for(lambda: state(hass, LOCK) == "locked")
    await wait_for(lambda: state(hass, AT) == "unknown")
    assert door.commands == [LOCK]
    await wait_for(
        lambda: hass.states.get(ACCESS).attributes["event_type"] == "autolocked"  # type: ignore[union-attr]
    )
    assert notifications(hass) == {}


async def test_an_unlock_that_is_history_is_no_reason_to_lock(
    hass: HomeAssistant, door: SimulatedDoor
) -> None:
    """The door may have been open for long because somebody wants it to be."""
    reported: list[AccessEvent] = []
    door.entry.runtime_data.site.access_log.async_listen(reported.append)
    await switch_on(hass)
    door.set_bolt("unlocked")
    door.provider.operate(Action.UNLOCK, Method.KEYPAD)
    await wait_for(lambda: state(hass, AT) != "unknown" and len(reported) == 1)
    await call(hass, "keyholder", "autolock_cancel", LOCK)
    await wait_for(lambda: state(hass, AT) == "unknown")
    hour_ago = dt_util.utcnow() - timedelta(hours=1)
    door.provider.emit(LockOperated(Action.UNLOCK, Method.MANUAL, None, hour_ago))
    door.provider.emit(Jammed(hour_ago))
    await wait_for(lambda: len(reported) == 3)
    await hass.async_block_till_done()
    assert state(hass, AT) == "unknown"

    door.provider.operate(Action.UNLOCK, Method.MANUAL)
    await wait_for(lambda: state(hass, AT) != "unknown")


async def test_a_cancelled_timer_leaves_the_door_until_the_next_unlock(
    hass: HomeAssistant, door: SimulatedDoor
) -> None:
    await switch_on(hass)
    door.set_bolt("unlocked")
    await wait_for(lambda: state(hass, AT) != "unknown")
    await call(hass, "keyholder", "autolock_cancel", LOCK)
    await wait_for(lambda: state(hass, AT) == "unknown")
    door.set_bolt("locked")
    door.set_bolt("unlocked")
    await wait_for(lambda: state(hass, AT) != "unknown")
    assert door.commands == []


async def test_switching_it_off_drops_the_timer(
    hass: HomeAssistant, door: SimulatedDoor
) -> None:
    await switch_on(hass)
    door.set_bolt("unlocked")
    await wait_for(lambda: state(hass, AT) != "unknown")
    await call(hass, "switch", "turn_off", SWITCH)
    await wait_for(lambda: state(hass, AT) == "unknown")
    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "keyholder", "autolock_start", LOCK, duration={"minutes": 1})
    assert refused.value.translation_key == "autolock_nothing_to_lock"


async def test_a_failure_notice_has_its_reason_and_is_dismissed_when_locked(
    hass: HomeAssistant, door: SimulatedDoor
) -> None:
    await switch_on(hass)
    door.refuses = True
    door.set_bolt("unlocked")
    await call(hass, "keyholder", "autolock_start", LOCK, duration={"seconds": 0})
    await wait_for(lambda: "failed" in notifications(hass))
    assert (
        "Front door could not be locked: the command failed."
        in (notifications(hass)["failed"])
    )
    await wait_for(
        lambda: hass.states.get(ACCESS).attributes["event_type"] == "autolock_failed"  # type: ignore[union-attr]
    )
    door.set_bolt("locked")
    await wait_for(lambda: notifications(hass) == {})


async def test_a_door_that_is_open_is_reported_and_locked_after_it_closes(
    hass: HomeAssistant, door: SimulatedDoor
) -> None:
    result = await set_up(hass, door, door_sensor=SENSOR)
    assert result["type"] is FlowResultType.ABORT
    await wait_for(lambda: state(hass, SWITCH) == "on")
    door.set_leaf("on")
    door.set_bolt("unlocked")
    await call(hass, "keyholder", "autolock_start", LOCK, duration={"seconds": 0})
    await wait_for(lambda: "door" in notifications(hass))
    assert door.commands == []
    door.set_leaf("off")
    await wait_for(lambda: state(hass, LOCK) == "locked")
    await wait_for(lambda: notifications(hass) == {})


async def test_a_number_is_kept_in_the_locks_subentry_and_survives_a_reload(
    hass: HomeAssistant, door: SimulatedDoor
) -> None:
    await call(hass, "number", "set_value", DAY, value=90)
    assert state(hass, DAY) == "90"
    await hass.config_entries.async_reload(door.entry.entry_id)
    assert state(hass, DAY) == "90"


async def test_a_reload_keeps_the_timer_and_a_disabled_site_forgets_it(
    hass: HomeAssistant, door: SimulatedDoor
) -> None:
    await switch_on(hass)
    door.set_bolt("unlocked")
    await wait_for(lambda: state(hass, AT) != "unknown")
    at = state(hass, AT)
    await hass.config_entries.async_reload(door.entry.entry_id)
    await wait_for(lambda: state(hass, AT) == at)
    assert reason(hass) == "unlocked"
    await switch_off_and_on(hass, door.entry)
    await wait_for(lambda: reason(hass) == "found_unlocked")


async def test_a_timer_file_of_a_later_version_is_left_as_it_is(
    hass: HomeAssistant, door: SimulatedDoor, hass_storage: dict[str, Any]
) -> None:
    await switch_on(hass)
    door.set_bolt("unlocked")
    await wait_for(lambda: state(hass, AT) != "unknown")
    key = f"keyholder.{door.entry.entry_id}.autolock"
    await hass.config_entries.async_unload(door.entry.entry_id)
    hass_storage[key]["version"] += 1

    assert await hass.config_entries.async_setup(door.entry.entry_id)

    await wait_for(lambda: reason(hass) == "found_unlocked")
    assert hass_storage[key]["version"] == 1


def reason(hass: HomeAssistant) -> str | None:
    shown = hass.states.get(AT)
    return None if shown is None else shown.attributes.get("reason")


async def switch_off_and_on(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)


async def test_a_lock_that_is_removed_takes_its_timer_with_it(
    hass: HomeAssistant, door: SimulatedDoor
) -> None:
    await switch_on(hass)
    door.set_bolt("unlocked")
    await wait_for(lambda: state(hass, AT) != "unknown")
    hass.config_entries.async_remove_subentry(door.entry, door.subentry.subentry_id)
    await hass.async_block_till_done()
    assert er.async_get(hass).async_get(SWITCH) is None
    assert door.commands == []


@pytest.mark.parametrize("name", ["autolocked", "autolock_failed"])
async def test_an_automation_can_be_triggered_by_it(
    hass: HomeAssistant, door: SimulatedDoor, name: str
) -> None:
    ran = async_mock_service(hass, "test", "ran")
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "triggers": {
                    "trigger": f"keyholder.{name}",
                    "target": {"entity_id": ACCESS},
                },
                "actions": {"action": "test.ran"},
            }
        },
    )
    await switch_on(hass)
    door.refuses = name == "autolock_failed"
    door.set_bolt("unlocked")
    await call(hass, "keyholder", "autolock_start", LOCK, duration={"seconds": 0})
    await wait_for(lambda: ran)
    door.refuses = False
    door.set_bolt("locked")


async def test_a_notification_that_cannot_be_dismissed_stops_no_other(
    hass: HomeAssistant,
    door: SimulatedDoor,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await set_up(hass, door, door_sensor=SENSOR)
    await wait_for(lambda: state(hass, SWITCH) == "on")
    door.set_leaf("on")
    door.set_bolt("unlocked")
    await call(hass, "keyholder", "autolock_start", LOCK, duration={"seconds": 0})
    await wait_for(lambda: "door" in notifications(hass))
    dismissed: list[str] = []

    def dismiss(_hass: HomeAssistant, notification_id: str) -> None:
        dismissed.append(notification_id)
        if len(dismissed) == 1:
            raise ValueError

    monkeypatch.setattr(persistent_notification, "async_dismiss", dismiss)
    door.set_bolt("locked")
    await wait_for(lambda: len(dismissed) >= 3)
    await wait_for(lambda: state(hass, AT) == "unknown")
    assert "Dismissing an autolock notification of Front door failed" in caplog.text


async def test_locks_that_are_removed_together_are_let_go_one_after_the_other(
    hass: HomeAssistant,
    door: SimulatedDoor,
    fake_locks: FakeLocks,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Two changes at once followed the same list, and the second did not find a lock."""
    others = [
        await add_lock(hass, door.entry, fake_locks.add(name))
        for name in ("Back door", "Garage")
    ]
    autolocks = door.entry.runtime_data.autolock
    for subentry in (door.subentry, *others):
        hass.config_entries.async_remove_subentry(door.entry, subentry.subentry_id)
    await asyncio.gather(autolocks.async_sync(), autolocks.async_sync())
    await hass.async_block_till_done()
    assert all(autolocks.controller(each.data["lock"]) is None for each in others)
    assert "KeyError" not in caplog.text


def test_every_notice_has_its_texts() -> None:
    """A text that is missing would be shown as its key."""
    texts = json.loads((PACKAGE / "translations" / "en.json").read_text())["exceptions"]
    notices = set(AutolockNoticeType) - {
        AutolockNoticeType.AUTOLOCKED,
        AutolockNoticeType.CLEARED,
    }
    wanted = {f"autolock_{notice}" for notice in notices}
    wanted |= {f"autolock_reason_{failure}" for failure in AutolockFailure}
    assert wanted | {"autolock_title"} <= texts.keys()
