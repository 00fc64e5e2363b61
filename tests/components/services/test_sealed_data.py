"""Clause 16.31: what a caller gives to an action does not get into Home Assistant's log."""

from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.keyholder.const import DOMAIN
from tests.components.services.conftest import BACK, FRONT, Act, ServiceSite
from tests.harness.site.flow_driver import add_person

SECRET: Final = "907154"
PERSON: Final = {"person": "Anna"}
LOCK: Final = {"entity_id": FRONT}

WRONG: list[tuple[str, dict[Any, Any], str]] = [
    ("add_person", {"name": "Guest", "pin": ""}, "PIN is empty"),
    ("add_person", {"name": "Guest", "pin": " "}, "PIN is empty"),
    ("add_person", {"name": "Guest", "pin": "''"}, "PIN is empty"),
    ("add_person", {"name": "Guest", "pin": None}, "PIN is empty"),
    ("set_pin", PERSON | {"pin": ""}, "PIN is empty"),
    ("set_pin", PERSON | {"pin": None}, "PIN is empty"),
    *(
        (action, {**data, field: SECRET}, f"“{field}”")
        for field in ("code", "PIN", "pin_code")
        for action, data in (
            ("add_person", {"name": "Guest"}),
            ("set_pin", PERSON),
            ("update_person", PERSON),
            ("remove_person", PERSON),
            ("set_enabled", PERSON | {"enabled": False}),
            ("verify", LOCK),
            ("autolock_start", LOCK | {"duration": {"minutes": 5}}),
            ("autolock_cancel", LOCK),
        )
    ),
    ("add_person", {"name": "Guest", SECRET: ""}, "“\\?”"),
    ("add_person", {"name": "Guest", int(SECRET): ""}, "“\\?”"),
    ("update_person", PERSON | {"pin": SECRET}, "“pin”"),
    ("set_enabled", PERSON | {"enabled": SECRET}, "“enabled”"),
    ("set_enabled", PERSON, "“enabled”"),
    ("add_person", {"name": "Guest", "return_pin": SECRET}, "“return_pin”"),
    ("add_person", {"name": {"pin": SECRET}}, "“name”"),
    ("add_person", {"name": "Guest", "locks": [{"pin": SECRET}]}, "“locks”"),
    ("set_pin", {"pin": SECRET}, "“person”"),
    ("verify", {}, "“target”"),
]


@pytest.fixture
async def anna(
    hass: HomeAssistant, site: MockConfigEntry, service_site: ServiceSite
) -> ServiceSite:
    """Anna has a code on the front door."""
    await add_person(hass, site, "Anna", "907153", [service_site.entry(FRONT)])
    return service_site


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_is_wrong_is_refused_and_never_logged(
    anna: ServiceSite,
    act: Act,
    caplog: pytest.LogCaptureFixture,
    wrong: tuple[str, dict[Any, Any], str],
) -> None:
    action, data, error = wrong
    people = anna.people()

    with pytest.raises(ServiceValidationError, match=error) as raised:
        await act(action, data)
    await anna.hass.services.async_call(DOMAIN, action, dict(data))
    await anna.hass.async_block_till_done()

    assert anna.people() == people
    assert raised.value.__cause__ is raised.value.__context__ is None
    assert SECRET not in f"{raised.value!r} {raised.value}"
    logged = (each for each in caplog.records if each.name != "homeassistant.core")
    assert not any(SECRET in each.getMessage() for each in logged)
    failed = [each for each in caplog.records if each.levelname == "ERROR"]
    assert failed
    assert not any(SECRET in f"{each.getMessage()} {each.exc_text}" for each in failed)


async def test_the_answer_to_a_browser_quotes_no_value(
    anna: ServiceSite,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = await hass_ws_client(anna.hass)
    caplog.clear()
    await client.send_json_auto_id(
        {
            "type": "call_service",
            "domain": DOMAIN,
            "service": "set_pin",
            "service_data": PERSON | {"code": SECRET},
        }
    )

    answer = await client.receive_json()

    assert not answer["success"]
    assert SECRET not in str(answer)
    assert "code" in answer["error"]["message"]
    assert not any(
        SECRET in each.getMessage() for each in caplog.records if each.levelno >= 20
    )


async def test_a_script_takes_it_for_invalid_data(anna: ServiceSite, act: Act) -> None:
    with pytest.raises(probatio.Invalid) as raised:
        await act("set_pin", PERSON | {"code": SECRET})

    assert list(raised.value.path) == ["code"]


async def test_somebody_who_may_not_be_seen_is_as_unknown_as_anybody(
    hass: HomeAssistant, anna: ServiceSite, act: Act
) -> None:
    """One error for both: otherwise a user could ask who lives here."""
    user = MockUser(id="user").add_to_hass(hass)
    user.mock_policy({"entities": {"entity_ids": {BACK: True}}})
    known = anna.person("Anna").unique_id
    errors = set()
    for person in ("Anna", "Nobody", known, "switch.anna_enabled"):
        for action, data in (
            ("update_person", {"uses": 1}),
            ("remove_person", {}),
            ("set_enabled", {"enabled": False}),
        ):
            with pytest.raises(ServiceValidationError) as raised:
                await act(action, {"person": person, **data}, user=user.id)
            errors.add(str(raised.value).replace(str(person), "…"))
            assert raised.value.translation_key == "no_such_person"
    assert len(errors) == 1

    user.mock_policy({"entities": {"entity_ids": {FRONT: {"read": True}}}})
    with pytest.raises(Unauthorized):
        await act("update_person", PERSON | {"uses": 1}, user=user.id)
