"""Who is notified of a person; and what another change leaves as it is."""

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.runtime.site.subentries import person_from_subentry
from tests.harness.site.flow_driver import (
    add_person,
    choose,
    start_reconfigure,
    submit,
    suggested,
)
from tests.harness.site.rule_flow import MORNING, enter, is_saved, rule


@pytest.fixture
async def ann(hass: HomeAssistant, site: MockConfigEntry) -> ConfigSubentry:
    await hass.config.async_set_time_zone("Europe/Berlin")
    return await add_person(hass, site, "Ann", "907153")


async def test_changing_name_locks_or_pin_keeps_rule_and_notifications(
    hass: HomeAssistant, site: MockConfigEntry, ann: ConfigSubentry
) -> None:
    hass.states.async_set("notify.phone", "unknown")
    assert is_saved(await enter(hass, site, ann, rule(MORNING, use_limit=3)))
    menu = await start_reconfigure(hass, site, ann)
    form = await choose(hass, menu, "notifications")
    reported = {
        "on_use": True,
        "on_lock": False,
        "on_denied": False,
        "targets": ["notify.phone"],
    }
    assert is_saved(await submit(hass, form, **reported))
    kept = {key: ann.data[key] for key in ("rule", "notify")}

    menu = await start_reconfigure(hass, site, ann)
    form = await choose(hass, menu, "edit")
    values = {"name": "Anna", "all_locks": True, "enabled": False, "pin": "907154"}
    assert is_saved(await submit(hass, form, **values))

    assert ann.title == "Anna"
    assert ann.data == {"all_locks": True, "locks": [], "enabled": False, **kept}


async def test_notification_targets_are_kept_and_suggested_again(
    hass: HomeAssistant, site: MockConfigEntry, ann: ConfigSubentry
) -> None:
    phone = er.async_get(hass).async_get_or_create("notify", "test", "phone")
    menu = await start_reconfigure(hass, site, ann)
    form = await choose(hass, menu, "notifications")
    nobody = {"on_use": False, "on_lock": False, "on_denied": False, "targets": []}
    assert suggested(form) == nobody

    refused = await submit(hass, form, on_use=True, on_denied=True)
    assert refused["errors"] == {"targets": "targets_needed"}
    assert suggested(refused)["on_denied"] is True
    targets = [phone.entity_id, "script.greet"]
    values = {"on_use": True, "on_lock": True, "on_denied": True, "targets": targets}
    assert is_saved(await submit(hass, refused, **values))

    assert ann.data["notify"] == {
        "on_use": True,
        "on_lock": True,
        "on_denied": True,
        "targets": [phone.id, "script.greet"],
    }
    assert person_from_subentry(ann).notify.targets == (phone.id, "script.greet")
    menu = await start_reconfigure(hass, site, ann)
    form = await choose(hass, menu, "notifications")
    assert suggested(form) == values
    assert is_saved(await submit(hass, form, **nobody))
    assert ann.data["notify"] == nobody


async def test_when_the_code_locks_alone_needs_somebody_to_notify(
    hass: HomeAssistant, site: MockConfigEntry, ann: ConfigSubentry
) -> None:
    """Clause 16.15: locking by code is a notification kind of its own."""
    menu = await start_reconfigure(hass, site, ann)
    form = await choose(hass, menu, "notifications")
    refused = await submit(hass, form, on_use=False, on_lock=True, on_denied=False)
    assert refused["errors"] == {"targets": "targets_needed"}
