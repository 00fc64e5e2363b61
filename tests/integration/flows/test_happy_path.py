"""From an empty house to a code that is proven: only through the flows."""

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from tests.integration.engine.house import until
from tests.integration.surface import FakeLocks, add_lock, add_person, start, submit


async def test_a_typed_pin_ends_on_the_lock(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    ann = await add_person(hass, site, "Ann", "907153")

    await until(lambda: fake_locks.provider(front).codes == {1: "907153"})

    assert ann.data == {"all_locks": True, "locks": [], "enabled": True}
    assert list(site.runtime_data.people) == [ann.unique_id]


async def test_a_generated_pin_is_shown_once_and_ends_on_the_lock(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    form = await start(hass, site, "person")
    shown = await submit(
        hass, form, name="Ann", all_locks=False, locks=[front.id], enabled=True
    )

    assert (shown["type"], shown["step_id"]) == (FlowResultType.FORM, "generated")
    assert shown["last_step"]
    assert not [s for s in site.subentries.values() if s.subentry_type == "person"]
    pin = shown["description_placeholders"]["pin"]
    assert len(pin) == 6

    done = await submit(hass, shown)

    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert pin not in str(done)
    await until(lambda: fake_locks.provider(front).codes == {1: pin})


async def test_a_site_is_set_up_in_the_interface(hass: HomeAssistant) -> None:
    form = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "user")

    done = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"name": " My  house "}
    )

    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert (done["title"], done["data"]) == ("My house", {})
