"""The action `keyholder.verify`: what it takes for a lock, and what it answers."""

from collections.abc import Mapping
from typing import Any

from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.keyholder.const import DOMAIN
from tests.harness.fakes.provider import Call
from tests.harness.site.flow_driver import FakeLocks, add_lock, add_person
from tests.harness.site.states import wait_until_in_sync
from tests.harness.waiting import wait_for

FRONT = "lock.front_door"
BACK = "lock.back_door"


@pytest.fixture
async def two_locks(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> FakeLocks:
    """Two managed locks, two people, and a lock that is not managed."""
    for name in ("Front door", "Back door"):
        await add_lock(hass, site, fake_locks.add(name))
    fake_locks.add("Shed")
    await add_person(hass, site, "Anna", "907153")
    await add_person(hass, site, "Bert", "904862", [_lock(hass, FRONT)])
    await wait_until_in_sync(hass, site)
    return fake_locks


async def test_the_answer_says_what_each_slot_has_shown(
    hass: HomeAssistant, two_locks: FakeLocks
) -> None:
    provider = two_locks.provider(_lock(hass, FRONT))
    provider.set_at_keypad(2, "908888", reported=False)
    reads = provider.counts.reads

    answer = await _verify(hass, entity_id=FRONT)

    assert list(answer) == [FRONT]
    front = answer[FRONT]
    assert front["reachable"] is True
    assert list(front["slots"]) == ["1", "2"]
    anna = front["slots"]["1"]
    verified_at = anna.pop("verified_at")
    assert anna == {
        "person": "Anna",
        "state": "in_sync",
        "evidence": "value",
        "answered": True,
        "reason": None,
    }
    assert verified_at > "2026"
    bert = front["slots"]["2"]
    assert bert["answered"] is True
    assert bert["evidence"] == "none"
    assert bert["state"] != "in_sync"
    assert provider.counts.reads >= reads + 2


async def test_every_kind_of_target_finds_the_lock(
    hass: HomeAssistant, two_locks: FakeLocks
) -> None:
    front = _lock(hass, FRONT)
    floor = fr.async_get(hass).async_create("Ground")
    area = ar.async_get(hass).async_create("Entrance", floor_id=floor.floor_id)
    label = lr.async_get(hass).async_create("Outside")
    dr.async_get(hass).async_update_device(
        str(front.device_id), area_id=area.id, labels={label.label_id}
    )
    bell = er.async_get(hass).async_get_or_create(
        "binary_sensor", "test", "bell", device_id=front.device_id
    )
    for target in (
        {"entity_id": FRONT},
        {"entity_id": bell.entity_id},
        {"entity_id": "sensor.front_door_credentials"},
        {"entity_id": "button.front_door_verify_credentials"},
        {"device_id": front.device_id},
        {"area_id": area.id},
        {"floor_id": floor.floor_id},
        {"label_id": label.label_id},
    ):
        assert list(await _verify(hass, **target)) == [FRONT], target


async def test_several_locks_are_read_at_the_same_time(
    hass: HomeAssistant, two_locks: FakeLocks
) -> None:
    providers = [two_locks.provider(_lock(hass, lock)) for lock in (FRONT, BACK)]
    for provider in providers:
        provider.calls.clear()
        provider.hang(Call.READ)

    task = hass.async_create_task(_verify(hass, entity_id=[BACK, FRONT]))
    await wait_for(lambda: all(provider.calls for provider in providers))
    for provider in providers:
        provider.release()

    assert list(await task) == [BACK, FRONT]


async def test_without_a_response_it_returns_when_all_is_read(
    hass: HomeAssistant, two_locks: FakeLocks
) -> None:
    provider = two_locks.provider(_lock(hass, FRONT))
    reads = provider.counts.reads

    await hass.services.async_call(
        DOMAIN, "verify", {"entity_id": FRONT}, blocking=True
    )

    assert provider.counts.reads == reads + 2


async def test_an_unreachable_lock_is_in_the_response_and_stops_no_other(
    hass: HomeAssistant, two_locks: FakeLocks
) -> None:
    two_locks.provider(_lock(hass, FRONT)).faults.unreachable = True

    answer = await _verify(hass, entity_id=[FRONT, BACK])

    assert answer[FRONT]["reachable"] is False
    assert [slot["answered"] for slot in answer[FRONT]["slots"].values()] == [False] * 2
    assert [slot["state"] for slot in answer[FRONT]["slots"].values()] == [
        "in_sync"
    ] * 2
    assert [slot["answered"] for slot in answer[BACK]["slots"].values()] == [True]


async def test_a_lock_that_has_been_away_for_long_is_asked_at_once(
    hass: HomeAssistant, two_locks: FakeLocks
) -> None:
    provider = two_locks.provider(_lock(hass, FRONT))
    provider.faults.unreachable = True
    await _verify(hass, entity_id=FRONT)

    answer = await _verify(hass, entity_id=FRONT)
    assert [slot["answered"] for slot in answer[FRONT]["slots"].values()] == [False] * 2

    provider.faults.unreachable = False
    answer = await _verify(hass, entity_id=FRONT)
    assert [slot["answered"] for slot in answer[FRONT]["slots"].values()] == [True] * 2
    assert answer[FRONT]["reachable"] is True


async def test_an_unreachable_lock_is_an_error_without_a_response(
    hass: HomeAssistant, two_locks: FakeLocks
) -> None:
    two_locks.provider(_lock(hass, FRONT)).faults.unreachable = True
    reads = two_locks.provider(_lock(hass, BACK)).counts.reads

    with pytest.raises(HomeAssistantError, match="No answer from: Front door"):
        await hass.services.async_call(
            DOMAIN, "verify", {"entity_id": [FRONT, BACK]}, blocking=True
        )
    assert two_locks.provider(_lock(hass, BACK)).counts.reads == reads + 1


@pytest.mark.parametrize(
    "target", ["lock.shed", "lock.no_such_lock", "switch.anna_enabled"]
)
async def test_what_is_named_and_is_no_managed_lock_is_refused(
    hass: HomeAssistant, two_locks: FakeLocks, target: str
) -> None:
    with pytest.raises(ServiceValidationError, match=target):
        await _verify(hass, entity_id=[FRONT, target])


async def test_a_device_without_a_managed_lock_is_refused(
    hass: HomeAssistant, two_locks: FakeLocks
) -> None:
    shed = _lock(hass, "lock.shed")
    with pytest.raises(ServiceValidationError, match="not a lock that Keyholder"):
        await _verify(hass, device_id=shed.device_id)


async def test_an_area_brings_its_managed_locks_and_nothing_else(
    hass: HomeAssistant, two_locks: FakeLocks
) -> None:
    area = ar.async_get(hass).async_create("Garden")
    for lock in (BACK, "lock.shed"):
        device_id = str(_lock(hass, lock).device_id)
        dr.async_get(hass).async_update_device(device_id, area_id=area.id)

    assert list(await _verify(hass, area_id=area.id)) == [BACK]


async def test_an_area_without_a_managed_lock_is_refused(
    hass: HomeAssistant, two_locks: FakeLocks
) -> None:
    area = ar.async_get(hass).async_create("Cellar")
    with pytest.raises(ServiceValidationError, match="None of the targets"):
        await _verify(hass, area_id=area.id)


async def test_locks_of_a_site_that_is_not_loaded_are_refused(
    hass: HomeAssistant, site: MockConfigEntry, two_locks: FakeLocks
) -> None:
    assert await hass.config_entries.async_unload(site.entry_id)
    with pytest.raises(ServiceValidationError, match=FRONT):
        await _verify(hass, entity_id=FRONT)


async def test_who_may_not_use_a_lock_may_not_verify_it(
    hass: HomeAssistant, two_locks: FakeLocks, hass_admin_user: User
) -> None:
    guest = MockUser(id="guest").add_to_hass(hass)
    guest.mock_policy({"entities": {"entity_ids": {BACK: True}}})
    reads = two_locks.provider(_lock(hass, FRONT)).counts.reads

    with pytest.raises(Unauthorized):
        await _verify(hass, Context(user_id=guest.id), entity_id=FRONT)
    assert two_locks.provider(_lock(hass, FRONT)).counts.reads == reads
    for user in (guest, hass_admin_user):
        context = Context(user_id=user.id)
        assert list(await _verify(hass, context, entity_id=BACK)) == [BACK]


async def _verify(
    hass: HomeAssistant, context: Context | None = None, **target: Any
) -> Mapping[str, Any]:
    response = await hass.services.async_call(
        DOMAIN, "verify", target, blocking=True, return_response=True, context=context
    )
    assert response is not None
    return response


def _lock(hass: HomeAssistant, entity_id: str) -> er.RegistryEntry:
    lock = er.async_get(hass).async_get(entity_id)
    assert lock is not None
    return lock
