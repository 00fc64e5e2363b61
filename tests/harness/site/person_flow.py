"""The dialog in which a person is added."""

from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.harness.site.flow_driver import start, submit

ANN = {"name": "Ann", "all_locks": True, "enabled": True}


async def try_person(
    hass: HomeAssistant, site: MockConfigEntry, **values: Any
) -> SubentryFlowResult:
    """Submit the form of a new person, Ann unless told otherwise; return what comes."""
    form = await start(hass, site, "person")
    return await submit(hass, form, **{**ANN, **values})


def people(site: MockConfigEntry) -> list[str]:
    """Return the names of all people."""
    return [
        subentry.title
        for subentry in site.subentries.values()
        if subentry.subentry_type == "person"
    ]
