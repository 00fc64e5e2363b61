"""The action `keyholder.add_person`: a guest is added with all limits in one go."""

import asyncio
from datetime import date, datetime
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.template import Template
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.logic.pin_rules import is_trivial
from custom_components.keyholder.runtime.storage.durable_store import (
    DurableStore,
    StorageError,
)
from tests.components.services.conftest import BACK, FRONT, Act, ServiceSite
from tests.harness.fakes.provider import FakeProvider
from tests.harness.site.flow_driver import FakeLocks, add_lock, add_person
from tests.harness.site.states import wait_for_state
from tests.harness.waiting import wait_for

ADD = "add_person"


async def test_a_generated_pin_is_in_the_response_only_if_asked_for(
    service_site: ServiceSite, act: Act
) -> None:
    answer = await act(ADD, {"name": " Guest  One ", "return_pin": True}, asking=True)

    pin = answer["pin"]
    guest = service_site.person("Guest One")
    assert answer == {
        "person_id": guest.unique_id,
        "name": "Guest One",
        "locks": [BACK, FRONT],
        "pin": pin,
    }
    assert len(pin) == 6
    assert not is_trivial(pin)
    await wait_for(
        lambda: service_site.codes(FRONT) == service_site.codes(BACK) == {pin}
    )
    assert guest.data == {"all_locks": True, "locks": [], "enabled": True}

    answer = await act(ADD, {"name": "Guest Two"}, asking=True)
    assert set(answer) == {"person_id", "name", "locks"}
    assert await act(ADD, {"name": "Guest Three"}) == {}


async def test_a_person_on_one_lock_gets_the_pin_that_was_given(
    service_site: ServiceSite, act: Act
) -> None:
    answer = await act(
        ADD, {"name": "Guest", "locks": FRONT, "pin": " 907153 "}, asking=True
    )

    assert answer["locks"] == [FRONT]
    await wait_for(lambda: service_site.codes(FRONT) == {"907153"})
    assert service_site.codes(BACK) == set()
    assert service_site.person("Guest").data["locks"] == [service_site.entry(FRONT).id]


async def test_a_person_can_be_added_before_their_code_is_wanted(
    service_site: ServiceSite, act: Act, hass: HomeAssistant
) -> None:
    await act(ADD, {"name": "Guest", "enabled": False, "pin": "907153"})

    await hass.async_block_till_done()
    assert service_site.person("Guest").data["enabled"] is False
    assert service_site.provider(FRONT).counts.writes == 0


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("2099-08-01 15:00:00", "2099-08-01T13:00:00+00:00"),
        ("2099-08-01T15:00:00-04:00", "2099-08-01T19:00:00+00:00"),
        (datetime(2099, 8, 1, 15), "2099-08-01T13:00:00+00:00"),  # noqa: DTZ001
        (datetime.fromisoformat("2099-08-01T15:00Z"), "2099-08-01T15:00:00+00:00"),
        (date(2099, 8, 1), "2099-08-01T22:00:00+00:00"),
        ("2099-08-01", "2099-08-01T22:00:00+00:00"),
        ("2099-10-25 02:30", "2099-10-25T01:30:00+00:00"),
    ],
)
async def test_local_and_zoned_times_are_taken(
    service_site: ServiceSite, act: Act, given: object, stored: str
) -> None:
    await act(ADD, {"name": "Guest", "until": given})

    assert service_site.person("Guest").data["rule"] == {"valid_until": stored}


async def test_every_lock_is_named_as_in_the_other_action(
    service_site: ServiceSite, act: Act
) -> None:
    """Clause 16.33: `all_locks` and `locks` are one choice in both actions."""
    await act(ADD, {"name": "Guest", "all_locks": True})
    assert service_site.person("Guest").data["all_locks"] is True
    for data in ({"locks": [FRONT], "all_locks": True}, {"all_locks": False}):
        with pytest.raises(probatio.Invalid):
            await act(ADD, {"name": "Other", **data})
    assert service_site.people() == ["Guest"]


async def test_the_limits_are_there_when_the_person_is_first_seen(
    hass: HomeAssistant, site: MockConfigEntry, service_site: ServiceSite, act: Act
) -> None:
    """Not added first and limited then: between the two the code would be live."""
    seen: list[dict[str, Any]] = []
    sync = site.runtime_data.site.async_sync

    async def look() -> None:
        seen.extend(
            dict(each.data)
            for each in site.subentries.values()
            if each.title == "Guest"
        )
        await sync()

    limits = {"from": "2099-08-01 15:00", "until": "2099-08-08 11:00", "uses": 3}
    with patch.object(site.runtime_data.site, "async_sync", look):
        await act(ADD, {"name": "Guest", "pin": "907153", **limits})
        await hass.async_block_till_done()

    assert seen
    for data in seen:
        assert data["rule"] == {
            "valid_from": "2099-08-01T13:00:00+00:00",
            "valid_until": "2099-08-08T09:00:00+00:00",
            "use_limit": 3,
        }
    assert service_site.provider(FRONT).counts.writes == 0


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"name": " "}, "a name"),
        ({"name": "bOB"}, "somebody called “bOB”"),
        ({"locks": []}, "list of locks is empty"),
        ({"locks": ["lock.shed"]}, "lock.shed is not a lock"),
        ({"locks": ["lock.none"]}, "lock.none is not a lock"),
        ({"pin": 907153}, "in quotes"),
        ({"pin": 0}, "in quotes"),
        ({"pin": 90.5}, "in quotes"),
        ({"pin": ["907153"]}, "in quotes"),
        ({"pin": "907a53"}, "digits 0 to 9 only"),
        ({"pin": "907"}, "takes PINs of 4-8 digits"),
        ({"pin": "90715390715"}, "takes PINs of 4-8 digits"),
        ({"pin": "901901"}, "stranger would try first"),
        ({"pin": "904862"}, "Somebody else"),
        ({"from": "soon"}, "“from” is not a date and time"),
        ({"until": 1785589200}, "“until” is not a date and time"),
        (
            {"from": "2026-08-08 11:00", "until": "2026-08-01 15:00"},
            "later than the begin",
        ),
        ({"until": "2020-08-01 15:00"}, "over already"),
        ({"until": "2020-08-01"}, "over already"),
        ({"until": "2099-08"}, "“until” is not a date and time"),
        ({"uses": 0}, "1 or more"),
        ({"uses": -1}, "1 or more"),
        ({"uses": 1.5}, "whole number"),
        ({"uses": "many"}, "whole number"),
        ({"uses": True}, "whole number"),
        ({"uses": float("inf")}, "whole number"),
        ({"return_pin": True}, "Ask for one"),
        ({"config_entry_id": "none"}, "no site of Keyholder with the id none"),
    ],
)
async def test_what_cannot_be_is_refused_with_what_to_do_and_nobody_is_added(
    service_site: ServiceSite, act: Act, data: dict[str, Any], error: str
) -> None:
    service_site.locks.add("Shed")
    await add_person(service_site.hass, service_site.site, "Bob", "904862")

    with pytest.raises(ServiceValidationError, match=error) as raised:
        await act(ADD, {"name": "Guest", **data})

    assert service_site.people() == ["Bob"]
    assert (
        len(
            {
                ref.person
                for ref in service_site.site.runtime_data.site.vault.credentials
            }
        )
        == 1
    )
    given = str(data.get("pin", ""))
    reported = f"{raised.value!r} {raised.value}"
    assert len(given) < 3 or given not in reported


async def test_a_field_that_does_not_exist_is_refused_without_quoting_the_pin(
    service_site: ServiceSite, act: Act, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(probatio.Invalid, match="code") as raised:
        await act(ADD, {"name": "Guest", "pin": "907153", "code": "907154"})
    reported = f"{raised.value!r} {raised.value} {caplog.text}"

    assert "90715" not in reported


async def test_a_background_call_that_fails_is_logged_without_the_pin(
    hass: HomeAssistant, service_site: ServiceSite, caplog: pytest.LogCaptureFixture
) -> None:
    """Home Assistant logs the whole call then."""
    data = {"name": "", "pin": "907153"}
    await hass.services.async_call(DOMAIN, ADD, data)
    await hass.async_block_till_done()

    assert "keyholder.add_person" in caplog.text
    assert "907153" not in caplog.text


async def test_a_pin_from_a_template_stays_text_with_quotes_inside(
    hass: HomeAssistant, service_site: ServiceSite, act: Act
) -> None:
    hass.states.async_set("input_text.pin", "907153")
    bare = Template("{{ states('input_text.pin') }}", hass).async_render()
    quoted = Template("'{{ states('input_text.pin') }}'", hass).async_render()

    with pytest.raises(ServiceValidationError, match="quotes inside the quotes"):
        await act(ADD, {"name": "Guest", "pin": bare})
    await act(ADD, {"name": "Guest", "pin": quoted})

    await wait_for(lambda: service_site.codes(FRONT) == {"907153"})


async def test_a_full_lock_is_refused_with_the_numbers(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    service_site: ServiceSite,
    act: Act,
) -> None:
    full = fake_locks.add("Gate", FakeProvider(slots=1, codes={1: "9011"}))
    await add_lock(hass, site, full)

    with pytest.raises(ServiceValidationError, match="Gate has no free slot: of 1"):
        await act(ADD, {"name": "Guest"})
    assert service_site.people() == []


async def test_a_disk_that_fails_adds_nobody(
    service_site: ServiceSite, act: Act
) -> None:
    with (
        patch.object(DurableStore, "async_commit", side_effect=StorageError),
        pytest.raises(HomeAssistantError, match="could not be saved"),
    ):
        await act(ADD, {"name": "Guest"})

    assert service_site.people() == []


async def test_with_two_sites_one_has_to_be_said(
    hass: HomeAssistant, site: MockConfigEntry, service_site: ServiceSite, act: Act
) -> None:
    other = MockConfigEntry(domain=DOMAIN, title="Cabin")
    other.add_to_hass(hass)
    assert await hass.config_entries.async_setup(other.entry_id)

    with pytest.raises(ServiceValidationError, match="more than one site"):
        await act(ADD, {"name": "Guest"})
    await act(ADD, {"name": "Guest", "config_entry_id": other.entry_id})

    assert service_site.people() == []
    assert [each.title for each in other.subentries.values()] == ["Guest"]


async def test_a_site_that_is_not_running_is_named(
    hass: HomeAssistant, site: MockConfigEntry, service_site: ServiceSite, act: Act
) -> None:
    assert await hass.config_entries.async_unload(site.entry_id)
    with pytest.raises(ServiceValidationError, match="The site Home is not running"):
        await act(ADD, {"name": "Guest"})

    assert await hass.config_entries.async_remove(site.entry_id)
    with pytest.raises(ServiceValidationError, match="no site of Keyholder yet"):
        await act(ADD, {"name": "Guest"})


async def test_two_calls_at_once_do_not_get_the_same_name(
    service_site: ServiceSite, act: Act
) -> None:
    answers = await asyncio.gather(
        *(act(ADD, {"name": "Guest", "pin": pin}) for pin in ("907153", "907154")),
        return_exceptions=True,
    )

    assert service_site.people() == ["Guest"]
    failed = [type(answer) for answer in answers if answer]
    assert failed == [ServiceValidationError]


async def test_a_one_time_code_goes_after_its_use(
    hass: HomeAssistant, service_site: ServiceSite, act: Act
) -> None:
    await act(ADD, {"name": "Guest", "pin": "907153", "uses": 1})
    await wait_for(
        lambda: service_site.codes(FRONT) == service_site.codes(BACK) == {"907153"}
    )

    service_site.provider(FRONT).unlock_at_keypad(1)

    await wait_for(
        lambda: service_site.codes(FRONT) == service_site.codes(BACK) == set()
    )
    await wait_for_state(hass, "sensor.guest_status", "used_up")
    await act("update_person", {"person": "Guest", "uses": 2})
    await wait_for(
        lambda: service_site.codes(FRONT) == service_site.codes(BACK) == {"907153"}
    )
