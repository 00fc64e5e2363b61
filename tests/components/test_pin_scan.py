"""The search for PINs: a site with faults is clean, and a planted PIN is found."""

from collections.abc import Callable
import logging
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from tests.harness.fakes.provider import FakeProvider, Profile
from tests.harness.plugins.pin_scan import Secrecy, assert_no_secrets
from tests.harness.site.flow_driver import (
    FakeLocks,
    add_lock,
    add_person,
    start,
    start_reconfigure,
    submit,
)
from tests.harness.site.states import wait_until_in_sync

ANN, NEW, PLANTED = "907153", "904862", "901234567"


async def test_a_site_with_faults_keeps_its_secrets(
    recorder_mock: object,
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    secrecy: Secrecy,
) -> None:
    front = fake_locks.add("Front door")
    back = fake_locks.add("Back door", FakeProvider(profile=Profile.MASKING))
    for lock in (front, back):
        await add_lock(hass, site, lock)
    ann = await add_person(hass, site, "Ann", ANN)
    await wait_until_in_sync(hass, site)
    menu = await start_reconfigure(hass, site, ann)
    form = await submit(hass, menu, next_step_id="edit")
    refused = await submit(hass, form, name="", all_locks=True, enabled=True, pin=NEW)
    done = await submit(hass, form, name="Ann", all_locks=True, enabled=True, pin=NEW)
    await wait_until_in_sync(hass, site)
    assert fake_locks.provider(front).codes == {1: NEW}

    await secrecy.check(ANN, NEW, results=[menu, form, refused, done])


@pytest.fixture
def plant(
    hass: HomeAssistant, hass_storage: dict[str, Any], site: MockConfigEntry
) -> dict[str, Callable[[], object]]:
    """Return ways to let a PIN out."""

    def write_file() -> None:
        folder = Path(hass.config.path(".storage"))
        folder.mkdir(exist_ok=True)
        (folder / "notes").write_text(PLANTED)

    def fail() -> None:
        try:
            int(f"{PLANTED}?")
        except ValueError:
            logging.getLogger("custom_components.keyholder").debug("no", exc_info=True)

    return {
        "states": lambda: hass.states.async_set("sensor.a", "on", {"pin": PLANTED}),
        "events": lambda: hass.bus.async_fire("pin_was_set", {"pin": PLANTED}),
        "log": fail,
        "storage other": lambda: hass_storage.update(other={"data": PLANTED}),
        "file notes": write_file,
        "config entries": lambda: hass.config_entries.async_update_entry(
            site, data={"pin": PLANTED}
        ),
        "devices": lambda: dr.async_get(hass).async_get_or_create(
            config_entry_id=site.entry_id,
            identifiers={(DOMAIN, "planted")},
            serial_number=PLANTED,
        ),
        "repairs": lambda: ir.async_create_issue(
            hass,
            DOMAIN,
            "planted",
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="storage_failed",
            translation_placeholders={"pin": PLANTED},
        ),
    }


@pytest.mark.parametrize(
    "place",
    [
        "states",
        "events",
        "log",
        "storage other",
        "file notes",
        "config entries",
        "devices",
        "repairs",
    ],
)
async def test_a_pin_that_got_out_is_found(
    plant: dict[str, Callable[[], object]], secrecy: Secrecy, place: str
) -> None:
    await secrecy.check(PLANTED)
    plant[place]()
    with pytest.raises(AssertionError, match=place):
        await secrecy.check(PLANTED)


async def test_a_pin_in_the_recorder_is_found(
    recorder_mock: object, hass: HomeAssistant, secrecy: Secrecy
) -> None:
    hass.states.async_set("sensor.a", "on", {"pin": PLANTED})
    await hass.async_block_till_done()
    hass.states.async_remove("sensor.a")
    with pytest.raises(AssertionError, match="recorder state_attributes"):
        await secrecy.check(PLANTED)


async def test_a_pin_in_the_answer_of_a_flow_is_found(
    hass: HomeAssistant, site: MockConfigEntry, secrecy: Secrecy
) -> None:
    form = await start(hass, site, "person")
    last = await submit(hass, form, name="Ann", all_locks=True, enabled=True)
    pin = (last["description_placeholders"] or {})["pin"]

    await secrecy.check(pin, results=[form])
    with pytest.raises(AssertionError, match="flows"):
        await secrecy.check(pin, results=[form, last])


async def test_the_vault_is_where_a_pin_may_be(
    hass: HomeAssistant,
    site: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    hass_storage: dict[str, Any],
) -> None:
    await add_person(hass, site, "Ann", ANN)
    await hass.async_block_till_done()
    (vault,) = [key for key in hass_storage if key.endswith(".secrets")]
    assert ANN in str(hass_storage[vault])

    await assert_no_secrets(hass, caplog, hass_storage, [ANN])
