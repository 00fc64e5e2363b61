"""Naming a site."""

from homeassistant.config_entries import SOURCE_USER, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from tests.harness.site.expected_texts import check_texts


async def add_site(hass: HomeAssistant, name: str) -> ConfigFlowResult:
    flows = hass.config_entries.flow
    form = await flows.async_init(DOMAIN, context={"source": SOURCE_USER})
    check_texts(form)
    result = await flows.async_configure(form["flow_id"], {"name": name})
    check_texts(result)
    return result


async def test_a_site_is_added_with_its_name_tidied(hass: HomeAssistant) -> None:
    result = await add_site(hass, " My  house ")

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert (result["title"], result["data"]) == ("My house", {})


async def test_there_may_be_several_sites(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    result = await add_site(hass, "Cabin")

    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("name", "error"), [("  ", "name_empty"), (" hOmE ", "name_taken")]
)
async def test_an_empty_or_taken_name_is_refused_and_can_be_corrected(
    hass: HomeAssistant, site: MockConfigEntry, name: str, error: str
) -> None:
    refused = await add_site(hass, name)

    assert refused["errors"] == {"name": error}

    result = await hass.config_entries.flow.async_configure(
        refused["flow_id"], {"name": "Cabin"}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_site_is_renamed(hass: HomeAssistant, site: MockConfigEntry) -> None:
    MockConfigEntry(domain=DOMAIN, title="Cabin").add_to_hass(hass)
    form = await site.start_reconfigure_flow(hass)
    check_texts(form)
    flows = hass.config_entries.flow

    refused = await flows.async_configure(form["flow_id"], {"name": "cabin"})
    check_texts(refused)
    assert refused["errors"] == {"name": "name_taken"}

    result = await flows.async_configure(form["flow_id"], {"name": "home"})
    assert result["reason"] == "reconfigure_successful"
    assert site.title == "home"
