"""Text that cannot be stored is refused at its field, in every dialog that takes text.

One such text would keep Home Assistant from saving any config entry.
"""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from tests.components.config_flow.test_config_flow import add_site
from tests.harness.site.flow_driver import (
    FakeLocks,
    add_lock,
    add_person,
    start_reconfigure,
    submit,
    suggested,
)
from tests.harness.site.person_flow import people, try_person
from tests.harness.site.rule_flow import open_rule
from tests.harness.waiting import wait_for

LONE = "An\ud83dn"


def check_sent_again(result: SubentryFlowResult | ConfigFlowResult) -> None:
    """Fail if the form that is shown again could not be sent to the browser."""
    assert r"\ud83d" not in f"{result}{suggested(result)}"


async def test_a_site_is_not_named_so(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    """Clause 16.23: the name of a site."""
    refused = await add_site(hass, LONE)
    assert refused["errors"] == {"name": "text_not_storable"}
    check_sent_again(refused)

    form = await site.start_reconfigure_flow(hass)
    refused = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"name": LONE}
    )
    assert refused["errors"] == {"name": "text_not_storable"}


async def test_a_person_is_not_named_so(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    """Clause 16.23: the name of a person, new or present."""
    refused = await try_person(hass, site, name=LONE, pin="907153")
    assert refused["errors"] == {"name": "text_not_storable"}
    check_sent_again(refused)
    assert people(site) == []

    ann = await add_person(hass, site, "Ann", "907153")
    menu = await start_reconfigure(hass, site, ann)
    form = await submit(hass, menu, next_step_id="edit")
    values = {"name": LONE, "all_locks": True, "generate": False, "enabled": True}
    refused = await submit(hass, form, **values)
    assert refused["errors"] == {"name": "text_not_storable"}
    check_sent_again(refused)
    assert people(site) == ["Ann"]


@pytest.mark.parametrize(
    ("field", "entered"),
    [
        ("source", {"entity": "calendar.bookings", "text": LONE}),
        ("conditions", {"conditions": [LONE]}),
        ("conditions", {"conditions": {LONE: "on"}}),
        (
            "weekly",
            {"mode": "include", "windows": [{"days": ["mon"], "start": LONE}]},
        ),
        ("weekly", {"mode": "include", "windows": [{"days": LONE}]}),
    ],
)
async def test_no_part_of_a_rule_holds_such_text(
    hass: HomeAssistant, site: MockConfigEntry, field: str, entered: dict[str, Any]
) -> None:
    """Clause 16.23: the texts of a rule, of which an error would show some again."""
    hass.states.async_set("sensor.one", "on")
    hass.states.async_set("calendar.bookings", "off")
    ann = await add_person(hass, site, "Ann", "907153")
    values = {"weekly": {"mode": "include"}, "source": {}, "conditions": {}}

    form = await open_rule(hass, site, ann)
    refused = await submit(hass, form, **{**values, field: entered})

    assert refused["errors"] == {field: "text_not_storable"}
    check_sent_again(refused)
    assert "rule" not in site.subentries[ann.subentry_id].data


async def test_an_action_names_nobody_so(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.23: an action may get its text from a template or from YAML."""
    await add_lock(hass, site, fake_locks.add("Front door"))
    await add_person(hass, site, "Ann", "907153")
    for action, data in (
        ("add_person", {"name": LONE, "pin": "908264"}),
        ("update_person", {"person": "Ann", "name": LONE}),
    ):
        with pytest.raises(ServiceValidationError) as refused:
            await hass.services.async_call(DOMAIN, action, data, blocking=True)
        assert refused.value.translation_key == "text_not_storable"
    assert people(site) == ["Ann"]


async def test_a_rename_in_home_assistants_own_menu_is_undone(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.23: Home Assistant takes any title, and saves all of them a second later."""
    await add_lock(hass, site, fake_locks.add("Front door"))
    await add_person(hass, site, "Ann", "907153")

    for subentry in list(site.subentries.values()):
        hass.config_entries.async_update_subentry(site, subentry, title=LONE)
    hass.config_entries.async_update_entry(site, title=LONE)

    await wait_for(
        lambda: (
            {each.title for each in site.subentries.values()} == {"Ann", "Front door"}
        )
    )
    await wait_for(lambda: site.title == "An?n")
