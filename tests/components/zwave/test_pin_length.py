"""PINs of all lengths that a Z-Wave lock takes."""

from homeassistant.core import HomeAssistant
import pytest

from tests.harness.site.flow_driver import add_lock, start, submit
from tests.harness.site.zwave import ZWaveSite
from tests.harness.site.zwave_locks import PAIRS, PLAIN, SLOT

pytestmark = pytest.mark.simulator

LONG = "9071534862"


async def test_ten_digits_are_on_the_lock_and_what_the_owner_says_goes_first(
    hass: HomeAssistant, site: ZWaveSite
) -> None:
    """Clause 16.16."""
    await site.manage(PLAIN)
    ann = await site.add("Ann", LONG, PLAIN)
    door = site.door(ann, PLAIN)
    await door.until_proven("present")
    assert await door.codes() == {SLOT: LONG}

    await site.network.reset(PAIRS)
    lock = site.network.lock_entity(PAIRS)
    await add_lock(hass, site.entry, lock, pin_lengths="8")
    form = await start(hass, site.entry, "person")
    refused = await submit(
        hass, form, name="Bea", all_locks=True, enabled=True, pin="907153"
    )

    assert refused["errors"] == {"pin": "pin_too_short"}
    placeholders = refused["description_placeholders"] or {}
    assert placeholders["lock_lengths"] == "8"
    last = await submit(hass, refused, name="Bea", all_locks=True, enabled=True)
    assert len((last["description_placeholders"] or {})["pin"]) == 8
