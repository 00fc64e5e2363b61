"""A person who is limited before their code is live."""

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.harness.site.flow_driver import (
    FakeLocks,
    add_lock,
    add_person,
    start,
    submit,
    suggested,
)
from tests.harness.site.rule_flow import MORNING, rule
from tests.harness.waiting import wait_for

ANN = {"name": "Ann", "all_locks": True, "enabled": True}


async def test_somebody_new_is_limited_before_their_code_is_live(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    form = await start(hass, site, "person")

    limits = await submit(hass, form, **ANN, limit=True)
    assert limits["step_id"] == "rule"
    refused = await submit(hass, limits, **rule())
    assert refused["errors"] == {"base": "rule_empty"}
    again = await submit(hass, refused, **rule(MORNING, use_limit=0))
    assert again["errors"] == {"use_limit": "uses_below_one"}
    last = await submit(hass, again, **rule(MORNING, valid_from="2099-01-01"))
    assert last["step_id"] == "generated"
    done = await submit(hass, last)

    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "added")
    (new,) = [each for each in site.subentries.values() if each.title == "Ann"]
    assert set(new.data) == {"all_locks", "locks", "enabled", "rule"}
    assert set(new.data["rule"]) == {"weekly", "valid_from"}
    await hass.async_block_till_done()
    assert fake_locks.provider(front).counts.writes == 0


async def test_limits_that_were_entered_survive_a_name_that_was_taken_meanwhile(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    form = await start(hass, site, "person")
    limits = await submit(hass, form, **ANN, limit=True)
    await add_person(hass, site, "Ann", "907154")

    taken = await submit(hass, limits, **rule(MORNING, use_limit=2))

    assert taken["errors"] == {"name": "name_taken"}
    assert suggested(taken)["limit"] is True
    limits = await submit(hass, taken, **{**ANN, "name": "Anna"}, limit=True)
    assert suggested(limits)["use_limit"] == 2
    assert suggested(limits)["weekly"]["windows"] == [MORNING]
    last = await submit(hass, limits, **rule(MORNING, use_limit=2))
    await submit(hass, last)
    await wait_for(
        lambda: any(
            each.title == "Anna" and "rule" in each.data
            for each in site.subentries.values()
        )
    )
