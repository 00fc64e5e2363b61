"""Steps 3 and 4 of the story: written once, and believed only when it was seen."""

import pytest

from simulators.demo.demo_driver import BACK, FRONT, GARAGE, NODES, SHED, UNMANAGED_PIN

from .doors import READABLE, kinds
from .home import Home, words

IN_SYNC_BY_VALUE = ("in_sync", "value")
IN_SYNC_BY_PRESENCE = ("in_sync", "presence")


@pytest.mark.parametrize("lock", NODES)
async def test_a_code_is_written_once_and_read_back(home: Home, lock: str) -> None:
    async with home.watching() as events:
        flows = home.client.subentry_flows
        entry_id = await home.site.entry_id()
        entity = await home.site.registry_id(await home.entity_of_lock(lock))
        form = await flows.start([entry_id, "person"])
        entered = {
            "name": "Ann",
            "all_locks": False,
            "locks": [entity],
            "enabled": True,
        }
        shown = await flows.step(form["flow_id"], entered)
        home.hosted.pins.add(shown["description_placeholders"]["pin"])
        # the dialog has looked for a free slot; from here on it is the engine alone
        await home.reset_counts()
        await flows.step(form["flow_id"], {})
        await home.settle("Ann", lock)
        sensor = await home.site.slot_sensor("Ann", lock)

    counts = await home.counts(lock)
    assert (counts["writes"], counts["clears"]) == (1, 0)
    # one to take the slot, one to prove the code
    assert counts["reads"] == 2
    grade = IN_SYNC_BY_PRESENCE if lock == BACK else IN_SYNC_BY_VALUE
    assert words(events, sensor) == [
        ("syncing", "none"),
        ("pending_confirmation", "none"),
        grade,
    ]
    state = home.client.state(sensor)
    assert state.attributes["desired"] == "present"
    assert state.attributes["reason"] is None
    assert state.attributes["verified_at"] is not None
    # and nothing more happens
    assert (await home.counts(lock))["writes"] == 1


async def test_a_masked_lock_that_drops_the_write_ends_visibly(home: Home) -> None:
    await home.faults(BACK, dropWrites=True)
    async with home.watching() as events:
        await home.add("Ann", BACK, GARAGE)
        await home.settle("Ann", GARAGE)
        await home.site.wait_for_slot("Ann", BACK, "suspended", seconds=60)
        sensor = await home.site.slot_sensor("Ann", BACK)

    shown = words(events, sensor)
    assert [state for state, _ in shown].count("in_sync") == 0
    assert shown[0] == ("syncing", "none")
    assert shown[-1] == ("suspended", "none")
    assert {evidence for _, evidence in shown} == {"none"}
    assert (await home.counts(BACK))["writes"] == 3
    assert home.client.state(sensor).attributes["reason"] == "not_stored"
    problem = await home.lock_entity(BACK, "binary_sensor", "problem")
    assert home.client.state(problem).state == "on"
    status = await home.site.entity_of("Ann", "sensor", "status")
    assert home.client.state(status).state == "attention"
    (issue,) = await home.repairs_of("Ann")
    assert issue["translation_key"] == "slot_not_stored"
    assert issue["is_fixable"]

    await home.faults(BACK, reset=True)
    await home.fix(issue)
    await home.settle("Ann", BACK)
    await home.client.wait_for_state(problem, "off")
    assert not await home.repairs_of("Ann")


async def test_a_masked_code_is_changed_by_making_room_first(home: Home) -> None:
    await home.add("Ann", BACK)
    await home.settle("Ann", BACK)
    slot = await home.slot_number("Ann", BACK)
    await home.reset_counts()
    pin = home.hosted.new_pin()

    async with home.watching() as events:
        await home.site.edit_person("Ann", pin=pin)
        await home.until_codes(BACK, pin)
        await home.settle("Ann", BACK)
        sensor = await home.site.slot_sensor("Ann", BACK)

    commands = await home.commands(BACK)
    assert {number for _, number in commands} == {slot}
    order = [kind for kind, _ in commands]
    clear, write = order.index("clear"), order.index("write")
    assert clear < write
    assert "read" in order[clear:write]
    assert "read" in order[write:]
    assert kinds(commands)["clear"] == kinds(commands)["write"] == 1
    # while the old code is still in there nothing is claimed of the new one
    shown = words(events, sensor)
    assert shown[0] != IN_SYNC_BY_PRESENCE or shown[1][0] != "in_sync"
    assert shown[-1] == IN_SYNC_BY_PRESENCE


async def test_a_code_that_the_lock_refuses_is_told_and_stops_no_other(
    home: Home,
) -> None:
    # it is in slot 1 of the front door, and nobody can know that before
    await home.add("Ann", FRONT, SHED, pin=UNMANAGED_PIN)
    await home.settle("Ann", SHED)
    sensor = await home.site.wait_for_slot("Ann", FRONT, "suspended")
    assert sensor.attributes["reason"] == "duplicate"
    assert (await home.counts(FRONT))["writes"] == 1
    (issue,) = await home.repairs_of("Ann")
    assert issue["translation_key"] == "slot_duplicate"

    await home.site.edit_person("Ann", pin=home.hosted.new_pin())
    await home.settle("Ann", FRONT, SHED)
    assert (await home.truth(FRONT))[1] == UNMANAGED_PIN
    assert not await home.repairs_of("Ann")


async def test_a_lock_that_answers_late_is_not_written_twice(home: Home) -> None:
    await home.faults(FRONT, commitDelayMs=400)
    await home.faults(SHED, answerDelayMs=150)
    await home.add("Ann", FRONT, SHED)
    await home.settle("Ann", FRONT, SHED)
    for lock in (FRONT, SHED):
        assert (await home.counts(lock))["writes"] == 1


async def test_one_lock_that_is_away_stops_no_other(home: Home) -> None:
    await home.faults(GARAGE, dead=True)
    ann = await home.add("Ann")
    await home.settle("Ann", *(lock for lock in NODES if lock != GARAGE))
    away = await home.slot("Ann", GARAGE)
    assert away.state == "out_of_sync"

    await home.revive(GARAGE)
    await home.settle("Ann", GARAGE)
    for lock in READABLE:
        assert ann.pin in (await home.truth(lock)).values()
        assert (await home.counts(lock))["writes"] == 1
