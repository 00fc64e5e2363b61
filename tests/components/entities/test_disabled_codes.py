"""What is shown of a code that is switched off on the lock, and not cleared."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.keyholder.model.access_rules import UNRESTRICTED_RULE, AccessRule
from tests.harness.fakes.provider import FakeProvider, Profile
from tests.harness.site.flow_driver import FakeLocks, add_lock, add_person, set_rule
from tests.harness.site.states import wait_until_in_sync
from tests.harness.waiting import wait_for

PIN: Final = "907153"
SLOT: Final = "sensor.anna_code_on_front_door"


@pytest.fixture
def provider() -> FakeProvider:
    """A lock that can switch codes off, and shows who made them."""
    return FakeProvider(Profile.MASKING, tells_makers=True, switches_codes=True)


@pytest.fixture
async def anna(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    provider: FakeProvider,
) -> ConfigSubentry:
    """Somebody whose code is in place."""
    await add_lock(hass, site, fake_locks.add("Front door", provider))
    anna = await add_person(hass, site, "Anna", PIN)
    await wait_until_in_sync(hass, site)
    assert provider.held[1].enabled
    return anna


async def comes_tomorrow(
    hass: HomeAssistant, site: MockConfigEntry, anna: ConfigSubentry
) -> None:
    tomorrow = dt_util.utcnow() + timedelta(days=1)
    set_rule(hass, site, anna, AccessRule(valid_from=tomorrow))
    await wait_for(lambda: shown(hass)["desired"] == "absent")
    await wait_until_in_sync(hass, site)


def shown(hass: HomeAssistant) -> Mapping[str, Any]:
    state = hass.states.get(SLOT)
    assert state is not None
    return {"state": state.state, **state.attributes}


async def test_a_lock_that_did_not_disable_a_code_is_asked_again_when_verified(
    hass: HomeAssistant,
    site: MockConfigEntry,
    anna: ConfigSubentry,
    provider: FakeProvider,
) -> None:
    provider.faults.refuse_switches = True
    await comes_tomorrow(hass, site, anna)
    assert provider.held == {}
    assert shown(hass)["switched_off"] is False
    provider.faults.refuse_switches = False
    set_rule(hass, site, site.subentries[anna.subentry_id], UNRESTRICTED_RULE)
    await wait_for(lambda: shown(hass)["desired"] == "present")
    await wait_until_in_sync(hass, site)

    await hass.services.async_call(
        "keyholder",
        "verify",
        {"entity_id": "lock.front_door"},
        blocking=True,
        return_response=True,
    )
    await comes_tomorrow(hass, site, site.subentries[anna.subentry_id])
    assert not provider.held[1].enabled
    assert (shown(hass)["state"], shown(hass)["switched_off"]) == ("in_sync", True)


async def test_a_download_says_that_a_code_is_disabled_and_not_which(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    site: MockConfigEntry,
    anna: ConfigSubentry,
) -> None:
    await comes_tomorrow(hass, site, anna)

    reported: Any = await get_diagnostics_for_config_entry(hass, hass_client, site)

    (lock,) = reported["locks"]
    assert lock["capabilities"]["can_disable_codes"] is True
    assert lock["states"]["1"]["disabled"] is True
    record = lock["records"]["1"]
    assert (record["temporarily_denied"], record["disable_unsupported"]) == (
        True,
        False,
    )
    assert record["disabled_code"]["revision"] == 1
    assert record["disabled_code"]["disabled_since"] is not None
    assert record["observed"]["enabled"] is False
    assert PIN not in str(reported)
