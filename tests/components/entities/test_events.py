"""Who did what: the events of locks and people."""

from collections.abc import Mapping
from datetime import timedelta

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    mock_restore_cache_with_extra_data,
)

from custom_components.keyholder.model.lock_events import (
    AccessDenied,
    Action,
    LockOperated,
    Method,
)
from tests.harness.fakes.provider import FakeProvider
from tests.harness.site.flow_driver import FakeLocks, add_lock, add_person
from tests.harness.site.states import state_writes, wait_until_in_sync
from tests.harness.waiting import wait_for

FRONT = "event.front_door_access"
BACK = "event.back_door_access"
ANNA = "event.anna_used"
BERT = "event.bert_used"


@pytest.fixture
async def two_locks(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> FakeLocks:
    """Two locks, and two people who have codes on both."""
    for name in ("Front door", "Back door"):
        await add_lock(hass, site, fake_locks.add(name))
    await add_person(hass, site, "Anna", "907153")
    await add_person(hass, site, "Bert", "904862")
    await wait_until_in_sync(hass, site)
    return fake_locks


async def test_a_code_at_the_keypad_fires_at_the_lock_and_for_the_person(
    hass: HomeAssistant, two_locks: FakeLocks
) -> None:
    _lock(hass, two_locks, "Front door").unlock_at_keypad(2)
    await _happened(hass, FRONT)

    assert _event(hass, FRONT) == {
        "event_type": "unlocked",
        "person": "Bert",
        "method": "keypad",
        "slot": 2,
    }
    assert _event(hass, BERT) == {
        "event_type": "unlocked",
        "lock": "Front door",
        "method": "keypad",
        "slot": 2,
    }
    assert _time(hass, ANNA) == "unknown"
    assert _time(hass, BACK) == "unknown"


@pytest.mark.parametrize(
    ("action", "method", "event_type"),
    [
        (Action.LOCK, Method.MANUAL, "locked"),
        (Action.UNLOCK, Method.MANUAL, "unlocked"),
        (Action.LOCK, Method.AUTO, "locked"),
        (Action.UNLOCK, Method.REMOTE, "unlocked"),
    ],
)
async def test_key_remote_and_auto_lock_are_distinguished_and_name_nobody(
    hass: HomeAssistant,
    two_locks: FakeLocks,
    action: Action,
    method: Method,
    event_type: str,
) -> None:
    _lock(hass, two_locks, "Front door").operate(action, method)
    await _happened(hass, FRONT)

    assert _event(hass, FRONT) == {
        "event_type": event_type,
        "person": None,
        "method": method.value,
        "slot": None,
    }
    assert _time(hass, ANNA) == _time(hass, BERT) == "unknown"


async def test_a_person_who_locks_at_the_keypad_fires_too(
    hass: HomeAssistant, two_locks: FakeLocks
) -> None:
    _lock(hass, two_locks, "Back door").operate(Action.LOCK, Method.KEYPAD, 1)
    await _happened(hass, ANNA)

    assert _event(hass, ANNA)["event_type"] == "locked"
    assert _event(hass, ANNA)["lock"] == "Back door"


async def test_a_code_that_is_not_ours_opens_for_nobody(
    hass: HomeAssistant, two_locks: FakeLocks
) -> None:
    _lock(hass, two_locks, "Front door").unlock_at_keypad(7)
    await _happened(hass, FRONT)

    assert _event(hass, FRONT)["person"] is None
    assert _event(hass, FRONT)["slot"] == 7


async def test_a_code_that_is_proven_gone_is_used_by_nobody(
    hass: HomeAssistant, two_locks: FakeLocks
) -> None:
    """Clause 16.3: the lock fires an unknown user of the slot, and the person nothing."""
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": "switch.anna_enabled"}, blocking=True
    )
    await wait_for(lambda: _is_proven_gone(hass, "sensor.anna_code_on_front_door"))
    _lock(hass, two_locks, "Front door").unlock_at_keypad(1)
    await _happened(hass, FRONT)

    assert _event(hass, FRONT) == {
        "event_type": "unlocked",
        "person": None,
        "method": "keypad",
        "slot": 1,
    }
    assert _time(hass, ANNA) == "unknown"
    status = hass.states.get("sensor.anna_status")
    assert status is not None
    assert status.attributes["uses"] == 0


async def test_a_jam_and_a_refusal_fire(
    hass: HomeAssistant, two_locks: FakeLocks
) -> None:
    lock = _lock(hass, two_locks, "Front door")
    lock.jam()
    await _happened(hass, FRONT)
    assert _event(hass, FRONT)["event_type"] == "jammed"

    with state_writes(hass) as written:
        lock.deny()
        await wait_for(lambda: written)
    assert _event(hass, FRONT)["event_type"] == "denied"


async def test_a_code_changed_at_the_keypad_fires_with_its_person(
    hass: HomeAssistant, two_locks: FakeLocks
) -> None:
    _lock(hass, two_locks, "Front door").set_at_keypad(1, "908765")
    await _happened(hass, FRONT)

    assert _event(hass, FRONT) == {
        "event_type": "code_changed",
        "person": "Anna",
        "method": None,
        "slot": 1,
    }
    assert _time(hass, ANNA) == "unknown"


async def test_a_report_that_comes_twice_fires_once(
    hass: HomeAssistant, two_locks: FakeLocks
) -> None:
    with state_writes(hass) as written:
        _lock(hass, two_locks, "Front door").unlock_at_keypad(1)
        _lock(hass, two_locks, "Front door").unlock_at_keypad(1)
        await _happened(hass, FRONT)
        await hass.async_block_till_done()

    assert [entity_id for entity_id, _ in written].count(FRONT) == 1


async def test_restored_events_are_not_fired_again(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    yesterday = dt_util.utcnow() - timedelta(days=1)
    reported = {"person": "Anna", "method": "keypad", "slot": 1}
    mock_restore_cache_with_extra_data(
        hass,
        [
            (
                State(FRONT, yesterday.isoformat(timespec="milliseconds")),
                {"last_event_type": "unlocked", "last_event_attributes": reported},
            )
        ],
    )
    with state_writes(hass) as written:
        await add_lock(hass, site, fake_locks.add("Front door"))
        await wait_until_in_sync(hass, site)

    assert _event(hass, FRONT) == {"event_type": "unlocked", **reported}
    restored = dt_util.parse_datetime(_time(hass, FRONT))
    assert restored is not None
    assert abs(restored - yesterday) < timedelta(seconds=1)
    assert [entity_id for entity_id, _ in written].count(FRONT) == 1


async def test_what_a_lock_reports_long_after_it_happened_does_not_fire(
    hass: HomeAssistant, site: MockConfigEntry, two_locks: FakeLocks
) -> None:
    lock = _lock(hass, two_locks, "Front door")
    hour_ago = dt_util.utcnow() - timedelta(hours=1)
    counters = site.runtime_data.site.counters
    with state_writes(hass) as written:
        lock.emit(LockOperated(Action.LOCK, Method.KEYPAD, 1, hour_ago))
        lock.emit(AccessDenied(hour_ago))
        lock.emit(LockOperated(Action.UNLOCK, Method.KEYPAD, 1, hour_ago))
        await wait_for(lambda: counters.usage(_person_id(site, "Anna")).uses == 1)
        await hass.async_block_till_done()

    assert {FRONT, ANNA}.isdisjoint(entity_id for entity_id, _ in written)
    assert _time(hass, FRONT) == _time(hass, ANNA) == "unknown"


async def test_a_reload_and_a_reconnect_fire_nothing(
    hass: HomeAssistant, site: MockConfigEntry, two_locks: FakeLocks
) -> None:
    _lock(hass, two_locks, "Front door").unlock_at_keypad(1)
    await _happened(hass, ANNA)
    times = [_time(hass, entity_id) for entity_id in (FRONT, BACK, ANNA, BERT)]

    assert await hass.config_entries.async_reload(site.entry_id)
    await wait_until_in_sync(hass, site)
    _lock(hass, two_locks, "Front door").disconnect()
    _lock(hass, two_locks, "Front door").connect()
    await wait_until_in_sync(hass, site)

    after = [_time(hass, entity_id) for entity_id in (FRONT, BACK, ANNA, BERT)]
    assert after == times


def _person_id(site: MockConfigEntry, name: str) -> str:
    return next(
        subentry.unique_id
        for subentry in site.subentries.values()
        if subentry.title == name and subentry.unique_id is not None
    )


def _lock(hass: HomeAssistant, two_locks: FakeLocks, name: str) -> FakeProvider:
    """Return what stands behind a lock."""
    entity_id = f"lock.{name.casefold().replace(' ', '_')}"
    lock = er.async_get(hass).async_get(entity_id)
    assert lock is not None
    return two_locks.provider(lock)


async def _happened(hass: HomeAssistant, entity_id: str) -> None:
    await wait_for(lambda: _time(hass, entity_id) != "unknown")
    await hass.async_block_till_done()


def _is_proven_gone(hass: HomeAssistant, entity_id: str) -> bool:
    code = hass.states.get(entity_id)
    assert code is not None
    return code.state == "in_sync" and code.attributes["desired"] == "absent"


def _time(hass: HomeAssistant, entity_id: str) -> str:
    state = hass.states.get(entity_id)
    assert state is not None
    return state.state


def _event(hass: HomeAssistant, entity_id: str) -> Mapping[str, object]:
    state = hass.states.get(entity_id)
    assert state is not None
    return {
        key: value
        for key, value in state.attributes.items()
        if key not in ("event_types", "friendly_name")
    }
