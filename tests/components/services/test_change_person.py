"""The actions that change a person and take them away."""

import asyncio
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from tests.components.services.conftest import (
    BACK,
    FRONT,
    Act,
    ServiceSite,
    wait_a_few_turns,
)
from tests.harness.fakes.provider import FakeProvider
from tests.harness.site.flow_driver import FakeLocks, add_lock, add_person
from tests.harness.site.states import wait_for_state
from tests.harness.waiting import wait_for

UPDATE = "update_person"
WEEKLY = {
    "mode": "include",
    "windows": [{"days": ["mon"], "start": "00:00", "end": "24:00"}],
}


@pytest.fixture
async def site_with_anna(
    hass: HomeAssistant, site: MockConfigEntry, service_site: ServiceSite, act: Act
) -> ServiceSite:
    """Anna has a code on the front door until 2099."""
    await act(
        "add_person",
        {"name": "Anna", "locks": FRONT, "pin": "907153", "until": "2099-01-01 12:00"},
    )
    await wait_for(lambda: service_site.codes(FRONT) == {"907153"})
    return service_site


async def test_a_person_is_known_by_id_device_entity_and_name(
    hass: HomeAssistant, site_with_anna: ServiceSite, act: Act
) -> None:
    anna = site_with_anna.person("Anna")
    entities = [
        entity
        for entity in er.async_get(hass).entities.values()
        if entity.config_subentry_id == anna.subentry_id
    ]
    device = dr.async_get(hass).async_get(str(entities[0].device_id))
    assert device is not None
    known_as = [entity.entity_id for entity in entities]
    assert "switch.anna_enabled" in known_as
    assert "sensor.anna_code_on_front_door" in known_as

    for uses, person in enumerate(
        [*known_as, device.id, anna.unique_id, "Anna", " aNNA "], start=1
    ):
        await act(UPDATE, {"person": person, "uses": uses})
        assert anna.data["rule"]["use_limit"] == uses, person


@pytest.mark.parametrize("person", ["Ann", "lock.front_door", "switch.none", ""])
async def test_an_unknown_person_is_refused_with_what_to_give(
    site_with_anna: ServiceSite, act: Act, person: str
) -> None:
    for action, data in (
        (UPDATE, {}),
        ("remove_person", {}),
        ("set_enabled", {"enabled": False}),
        ("set_pin", {}),
    ):
        with pytest.raises(ServiceValidationError, match="Give the name as it is"):
            await act(action, {"person": person, **data})


async def test_a_lock_is_nobody_although_it_has_our_entities(
    hass: HomeAssistant, site_with_anna: ServiceSite, act: Act
) -> None:
    device_id = site_with_anna.entry(FRONT).device_id
    for person in (device_id, "sensor.front_door_credentials"):
        with pytest.raises(ServiceValidationError, match="nobody known as"):
            await act("remove_person", {"person": person})


async def test_a_name_on_two_sites_is_refused_until_the_site_is_said(
    hass: HomeAssistant, site: MockConfigEntry, site_with_anna: ServiceSite, act: Act
) -> None:
    other = MockConfigEntry(domain=DOMAIN, title="Cabin")
    other.add_to_hass(hass)
    assert await hass.config_entries.async_setup(other.entry_id)
    await add_person(hass, other, "Anna", "907154")

    with pytest.raises(ServiceValidationError, match="more than one site: Cabin, Home"):
        await act(UPDATE, {"person": "Anna", "uses": 1})
    where = {"person": "Anna", "config_entry_id": other.entry_id}
    await act(UPDATE, {**where, "uses": 1})

    assert "use_limit" not in site_with_anna.person("Anna").data["rule"]
    (there,) = other.subentries.values()
    assert there.data["rule"] == {"use_limit": 1}


async def test_what_is_not_given_stays_and_null_takes_a_limit_away(
    hass: HomeAssistant, site: MockConfigEntry, site_with_anna: ServiceSite, act: Act
) -> None:
    anna = site_with_anna.person("Anna")
    notify = {"on_use": True, "on_denied": False, "targets": ["notify.phone"]}
    hass.config_entries.async_update_subentry(
        site,
        anna,
        data={
            **anna.data,
            "notify": notify,
            "rule": {**anna.data["rule"], "weekly": WEEKLY},
        },
    )
    only_front = {"all_locks": False, "locks": [site_with_anna.entry(FRONT).id]}
    kept = {**only_front, "enabled": True, "notify": notify}
    until_then = {"valid_until": "2099-01-01T11:00:00+00:00"}

    await act(UPDATE, {"person": "Anna", "name": "Ann", "from": "2020-01-01 12:00"})
    assert anna.title == "Ann"
    began = {"valid_from": "2020-01-01T11:00:00+00:00"}
    assert anna.data == {**kept, "rule": {"weekly": WEEKLY, **began, **until_then}}

    await act(UPDATE, {"person": "Ann", "from": None, "until": "", "uses": 2})
    assert anna.data == {**kept, "rule": {"weekly": WEEKLY, "use_limit": 2}}

    await act(UPDATE, {"person": "Ann", "uses": None})
    assert anna.data == {**kept, "rule": {"weekly": WEEKLY}}


async def test_without_its_last_limit_a_person_has_no_rule(
    site_with_anna: ServiceSite, act: Act
) -> None:
    await act(UPDATE, {"person": "Anna", "until": None})

    assert "rule" not in site_with_anna.person("Anna").data
    assert site_with_anna.codes(FRONT) == {"907153"}


async def test_a_stay_that_ends_clears_the_code_and_a_longer_one_writes_it(
    site_with_anna: ServiceSite, act: Act
) -> None:
    soon = dt_util.utcnow() + timedelta(seconds=1)
    await act(UPDATE, {"person": "Anna", "until": soon})
    await wait_for(lambda: site_with_anna.codes(FRONT) == set())

    await act(UPDATE, {"person": "Anna", "until": "2099-01-01 12:00"})
    await wait_for(lambda: site_with_anna.codes(FRONT) == {"907153"})


async def test_the_locks_become_others(site_with_anna: ServiceSite, act: Act) -> None:
    await act(UPDATE, {"person": "Anna", "locks": [BACK]})
    await wait_for(lambda: site_with_anna.codes(FRONT) == set())
    await wait_for(lambda: site_with_anna.codes(BACK) == {"907153"})

    await act(UPDATE, {"person": "Anna", "all_locks": True})
    await wait_for(lambda: site_with_anna.codes(FRONT) == {"907153"})
    assert site_with_anna.person("Anna").data["all_locks"] is True


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"name": "bob"}, "somebody called “bob”"),
        ({"name": ""}, "a name"),
        ({"locks": []}, "list of locks is empty"),
        ({"locks": ["lock.none"]}, "lock.none is not a lock"),
        ({"from": "2099-01-01 12:00"}, "later than the begin"),
        ({"from": "then"}, "“from” is not a date and time"),
        ({"until": "2020-01-01 12:00"}, "over already"),
        ({"uses": 0}, "1 or more"),
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(
    site_with_anna: ServiceSite, act: Act, data: dict[str, Any], error: str
) -> None:
    await add_person(site_with_anna.hass, site_with_anna.site, "Bob", "904862")
    before = dict(site_with_anna.person("Anna").data)

    with pytest.raises(ServiceValidationError, match=error):
        await act(UPDATE, {"person": "Anna", **data})

    assert site_with_anna.person("Anna").data == before


async def test_locks_and_all_locks_are_one_or_the_other(
    site_with_anna: ServiceSite, act: Act
) -> None:
    for data in ({"locks": [FRONT], "all_locks": True}, {"all_locks": False}):
        with pytest.raises(probatio.Invalid):
            await act(UPDATE, {"person": "Anna", **data})


async def test_a_new_lock_has_to_take_the_pin_and_have_a_place_for_it(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    site_with_anna: ServiceSite,
    act: Act,
) -> None:
    odd = fake_locks.add("Odd", FakeProvider(pin_lengths=(8, 8)))
    full = fake_locks.add("Gate", FakeProvider(slots=1, codes={1: "9011"}))
    for lock in (odd, full):
        await add_lock(hass, site, lock)

    with pytest.raises(ServiceValidationError, match="too short for Odd"):
        await act(UPDATE, {"person": "Anna", "locks": [odd.entity_id]})
    with pytest.raises(ServiceValidationError, match="Gate has no free slot"):
        await act(UPDATE, {"person": "Anna", "locks": [FRONT, full.entity_id]})
    soon = dt_util.utcnow() + timedelta(seconds=1)
    await act(UPDATE, {"person": "Anna", "until": soon})

    await wait_for(lambda: site_with_anna.codes(FRONT) == set())


async def test_a_rule_that_is_not_understood_is_not_made_a_wider_one(
    hass: HomeAssistant, site: MockConfigEntry, site_with_anna: ServiceSite, act: Act
) -> None:
    """With only its end set anew, the part that cannot be read would be gone."""
    anna = site_with_anna.person("Anna")
    broken = {**anna.data, "rule": {"weekly": {"windows": "mornings"}}}
    hass.config_entries.async_update_subentry(site, anna, data=broken)

    with pytest.raises(ServiceValidationError, match="cannot be understood"):
        await act(UPDATE, {"person": "Anna", "until": "2099-01-01 12:00"})

    assert anna.data == broken


async def test_a_person_is_disabled_and_enabled(
    hass: HomeAssistant, site_with_anna: ServiceSite, act: Act
) -> None:
    await act("set_enabled", {"person": "Anna", "enabled": False})
    await wait_for_state(hass, "switch.anna_enabled", "off")
    await wait_for(lambda: site_with_anna.codes(FRONT) == set())

    await act("set_enabled", {"person": "Anna", "enabled": True})
    await wait_for(lambda: site_with_anna.codes(FRONT) == {"907153"})
    assert "rule" in site_with_anna.person("Anna").data


async def test_a_removed_person_is_gone_when_their_code_is_proven_gone(
    site_with_anna: ServiceSite, act: Act
) -> None:
    provider = site_with_anna.provider(FRONT)
    provider.faults.unreachable = True

    await act("remove_person", {"person": "Anna"})
    await act("remove_person", {"person": "Anna"})

    assert site_with_anna.people() == ["Anna"]
    for action, data in (
        (UPDATE, {"uses": 1}),
        ("set_enabled", {"enabled": True}),
        ("set_pin", {}),
    ):
        with pytest.raises(ServiceValidationError, match="Anna is being removed"):
            await act(action, {"person": "Anna", **data})
    await act("set_enabled", {"person": "Anna", "enabled": False})
    provider.faults.unreachable = False
    await wait_for(lambda: site_with_anna.people() == [])
    assert site_with_anna.codes(FRONT) == set()


@pytest.mark.parametrize(
    ("action", "data"), [(UPDATE, {"uses": 1}), ("set_pin", {"pin": "907154"})]
)
async def test_a_person_who_goes_while_a_call_waits_is_not_changed(
    site_with_anna: ServiceSite, act: Act, action: str, data: dict[str, Any]
) -> None:
    site = site_with_anna.site.runtime_data.site
    async with site.people_lock:
        call = asyncio.gather(
            act(action, {"person": "Anna", **data}), return_exceptions=True
        )
        await wait_a_few_turns()
        site_with_anna.hass.config_entries.async_remove_subentry(
            site_with_anna.site, site_with_anna.person("Anna").subentry_id
        )

    (error,) = await call
    assert "nobody known as “Anna”" in str(error)
    assert site_with_anna.people() == []
    await wait_for(lambda: not {ref.person for ref in site.vault.credentials})


async def test_what_changes_while_a_call_waits_is_kept(
    site_with_anna: ServiceSite, act: Act
) -> None:
    site, anna = site_with_anna.site.runtime_data.site, site_with_anna.person("Anna")
    async with site.people_lock:
        call = asyncio.gather(act(UPDATE, {"person": "Anna", "name": "Ann"}))
        await wait_a_few_turns()
        changed = {**anna.data, "all_locks": True, "rule": {"use_limit": 2}}
        site_with_anna.hass.config_entries.async_update_subentry(
            site_with_anna.site, anna, data=changed
        )

    await call
    assert anna.title == "Ann"
    assert anna.data == changed | {"locks": []}


async def test_nobody_is_removed_while_it_cannot_be_proven(
    site: MockConfigEntry, site_with_anna: ServiceSite, act: Act
) -> None:
    site.runtime_data.site.journal_lost = True

    with pytest.raises(ServiceValidationError, match="Open the repair"):
        await act("remove_person", {"person": "Anna"})


async def test_a_person_of_a_site_that_is_not_running_is_refused(
    hass: HomeAssistant, site: MockConfigEntry, site_with_anna: ServiceSite, act: Act
) -> None:
    assert await hass.config_entries.async_unload(site.entry_id)

    for person in ("Anna", "switch.anna_enabled"):
        with pytest.raises(ServiceValidationError, match="Home is not running"):
            await act("set_enabled", {"person": person, "enabled": False})
