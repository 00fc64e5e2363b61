"""The action `keyholder.set_pin`, who may call what, and where a PIN may be seen."""

from typing import Any

from homeassistant.auth.models import User
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError, Unauthorized, UnknownUser
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.keyholder.const import DOMAIN
from tests.components.services.conftest import FRONT, Act, ServiceSite
from tests.harness.fakes.provider import FakeProvider
from tests.harness.plugins.pin_scan import assert_no_secrets
from tests.harness.site.flow_driver import FakeLocks, add_lock, add_person
from tests.harness.waiting import wait_for

SET = "set_pin"


@pytest.fixture
async def site_with_anna(
    hass: HomeAssistant, site: MockConfigEntry, service_site: ServiceSite
) -> ServiceSite:
    """Anna has a code on the front door."""
    await add_person(hass, site, "Anna", "907153", [service_site.entry(FRONT)])
    await wait_for(lambda: service_site.codes(FRONT) == {"907153"})
    return service_site


async def test_a_new_pin_is_generated_and_returned_if_asked_for(
    site_with_anna: ServiceSite, act: Act
) -> None:
    answer = await act(SET, {"person": "Anna", "return_pin": True}, asking=True)

    assert answer == {
        "person_id": site_with_anna.person("Anna").unique_id,
        "name": "Anna",
        "locks": [FRONT],
        "pin": answer["pin"],
    }
    await wait_for(lambda: site_with_anna.codes(FRONT) == {answer["pin"]})
    answer = await act(SET, {"person": "Anna"}, asking=True)
    assert "pin" not in answer


async def test_a_pin_that_is_given_replaces_the_old_one_and_nothing_else(
    hass: HomeAssistant, site_with_anna: ServiceSite, act: Act
) -> None:
    before = dict(site_with_anna.person("Anna").data)

    await act(SET, {"person": "Anna", "pin": "907154"})

    await wait_for(lambda: site_with_anna.codes(FRONT) == {"907154"})
    assert site_with_anna.person("Anna").data == before


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"pin": 907154}, "in quotes"),
        ({"pin": "90715x"}, "digits 0 to 9 only"),
        ({"pin": "987654"}, "stranger would try first"),
        ({"pin": "904862"}, "Somebody else"),
        ({"pin": "907154", "return_pin": True}, "Ask for one"),
    ],
)
async def test_a_pin_that_cannot_be_is_refused_and_the_old_one_stays(
    site_with_anna: ServiceSite, act: Act, data: dict[str, Any], error: str
) -> None:
    await add_person(site_with_anna.hass, site_with_anna.site, "Bob", "904862")

    with pytest.raises(ServiceValidationError, match=error) as raised:
        await act(SET, {"person": "Anna", **data})

    assert str(data["pin"]) not in str(raised.value)
    await site_with_anna.hass.async_block_till_done()
    assert "907153" in site_with_anna.codes(FRONT)


async def test_a_stolen_pin_is_changed_although_another_lock_is_full(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    site_with_anna: ServiceSite,
    act: Act,
) -> None:
    full = fake_locks.add("Gate", FakeProvider(slots=1, codes={1: "9011"}))
    await add_person(hass, site, "Bob", "904862")
    await add_lock(hass, site, full)
    await wait_for(lambda: "904862" in site_with_anna.codes(FRONT))

    await act(SET, {"person": "Bob", "pin": "904863"})

    await wait_for(lambda: "904863" in site_with_anna.codes(FRONT))


@pytest.mark.parametrize(
    ("action", "data"),
    [("add_person", {"name": "Guest"}), (SET, {"person": "Anna"})],
)
async def test_only_an_admin_puts_a_pin_in_or_gets_one_out(
    site_with_anna: ServiceSite,
    act: Act,
    hass_admin_user: User,
    action: str,
    data: dict[str, Any],
) -> None:
    hass = site_with_anna.hass
    guest = MockUser(id="guest").add_to_hass(hass)
    guest.mock_policy({"entities": True})

    with pytest.raises(Unauthorized):
        await act(action, data, user=guest.id)
    with pytest.raises(UnknownUser):
        await act(action, data, user="nobody")
    await hass.async_block_till_done()
    assert site_with_anna.people() == ["Anna"]
    assert site_with_anna.codes(FRONT) == {"907153"}

    await act(action, data, user=hass_admin_user.id)


async def test_a_pin_is_in_the_call_or_in_the_response_and_nowhere_else(
    hass: HomeAssistant,
    service_site: ServiceSite,
    act: Act,
    caplog: pytest.LogCaptureFixture,
    hass_storage: dict[str, Any],
) -> None:
    recorded: list[str] = []

    @callback
    def record(event: Event) -> None:
        recorded.append(str(event.data))

    hass.bus.async_listen(EVENT_CALL_SERVICE, record)
    with caplog.at_level("DEBUG", logger="custom_components.keyholder"):
        await act("add_person", {"name": "Anna", "pin": "907153"})
        await wait_for(lambda: service_site.codes(FRONT) == {"907153"})
        await act(SET, {"person": "Anna", "pin": "907154"})
        await wait_for(lambda: service_site.codes(FRONT) == {"907154"})
        for refused in ("90715x", "9071541", 907155):
            with pytest.raises(ServiceValidationError):
                await act(SET, {"person": "Nobody", "pin": refused})
            # nobody waits for this one, so Home Assistant logs how it failed
            data = {"person": "Anna", "pin": f"{refused}0000"}
            await hass.services.async_call(DOMAIN, SET, data)
        answer = await act(SET, {"person": "Anna", "return_pin": True}, asking=True)
        await wait_for(lambda: service_site.codes(FRONT) == {answer["pin"]})

    assert "keyholder.set_pin" in caplog.text
    given = ("907153", "907154", "90715x", "9071541", "907155")
    for pin in given:
        assert any(pin in each for each in recorded)
    assert not any(answer["pin"] in each for each in recorded)
    await assert_no_secrets(hass, caplog, hass_storage, [*given, answer["pin"]])
