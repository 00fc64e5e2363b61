"""Step 6 of the story: what is done to the codes at the lock itself."""

import pytest

from simulators.demo.demo_driver import BACK, FRONT, GARAGE, SHED
from tests.effort import every, has_twin

from .home import Home

THEIRS = "9077"


@pytest.mark.parametrize("lock", every([FRONT, GARAGE], 1))
async def test_a_code_changed_at_the_keypad_is_noticed_and_restored(
    home: Home, lock: str
) -> None:
    ann = await home.add("Ann", lock)
    await home.settle("Ann", lock)
    slot = await home.slot_number("Ann", lock)
    access = await home.lock_entity(lock, "event", "access")
    await home.reset_counts()

    async with home.watching() as events:
        await home.act(lock, "keypad_set_code", slot=slot, code=THEIRS)
        await home.until_codes_of("Ann", str(ann.pin), lock)
        await home.settle("Ann", lock)
        told = await events.wait_for(
            lambda event: (
                event["data"]["entity_id"] == access
                and event["data"]["new_state"]["attributes"]["event_type"]
                == "code_changed"
            )
        )
    attributes = told["data"]["new_state"]["attributes"]
    assert (attributes["person"], attributes["slot"]) == ("Ann", slot)
    commands = await home.commands(lock)
    assert commands[0] == ("read", slot)
    assert commands.count(("write", slot)) == 1

    # once an hour: the second time it is told and left
    await home.act(lock, "keypad_set_code", slot=slot, code=THEIRS)
    sensor = await home.site.wait_for_slot("Ann", lock, "out_of_sync")
    assert sensor.attributes["reason"] == "changed_at_lock"
    assert sensor.attributes["evidence"] == "none"
    problem = await home.lock_entity(lock, "binary_sensor", "problem")
    await home.client.wait_for_state(problem, "on")
    assert (await home.truth(lock))[slot] == THEIRS
    assert (await home.counts(lock))["writes"] == 1
    # who uses that code is not Ann
    await home.act(lock, "keypad_unlock", userId=slot)
    await home.client.wait_for(
        lambda states: (
            states[access].attributes["event_type"] == "unlocked"
            and states[access].attributes["person"] is None
        ),
        1,
    )


@has_twin(
    "faults/test_matrix.py",
    "test_the_truth_is_shown_the_radio_spared_and_nothing_else_touched",
)
async def test_a_code_deleted_at_the_keypad_comes_back(home: Home) -> None:
    ann = await home.add("Ann", SHED, BACK)
    await home.settle("Ann", SHED, BACK)
    for lock in (SHED, BACK):
        slot = await home.slot_number("Ann", lock)
        access = await home.lock_entity(lock, "event", "access")
        async with home.watching() as events:
            await home.act(lock, "keypad_delete_code", slot=slot)
            await home.until_codes(lock, str(ann.pin))
            await home.settle("Ann", lock)
        told = [
            new["attributes"]["event_type"]
            for event in events.received
            if event["data"]["entity_id"] == access
            and (new := event["data"]["new_state"])
        ]
        assert told == ["code_removed"]


@has_twin(
    "faults/test_matrix.py",
    "test_the_truth_is_shown_the_radio_spared_and_nothing_else_touched",
)
async def test_a_change_on_a_masked_lock_takes_the_proof_away(home: Home) -> None:
    ann = await home.add("Ann", BACK)
    await home.settle("Ann", BACK)
    slot = await home.slot_number("Ann", BACK)
    # after that a report is nobody's echo
    await home.until_echoes_are_over()

    async with home.watching() as events:
        await home.act(BACK, "keypad_set_code", slot=slot, code=THEIRS)
        sensor = await home.site.slot_sensor("Ann", BACK)
        await events.wait_for(
            lambda event: (
                event["data"]["entity_id"] == sensor
                and event["data"]["new_state"]["state"] != "in_sync"
            )
        )
    await home.until_codes(BACK, str(ann.pin))
    await home.settle("Ann", BACK)


@has_twin(
    "integration/engine/test_faults_keypad.py",
    "test_what_happens_in_slots_that_are_not_ours_is_told_and_touched_by_nobody",
)
async def test_a_code_in_an_empty_slot_is_told_and_left_alone(home: Home) -> None:
    await home.add("Ann", FRONT, GARAGE)
    await home.settle("Ann", FRONT, GARAGE)
    for lock in (FRONT, GARAGE):
        access = await home.lock_entity(lock, "event", "access")
        await home.reset_counts()
        await home.act(lock, "keypad_set_code", slot=14, code=THEIRS)
        told = await home.client.wait_for(
            lambda states, access=access: (  # type: ignore[misc]
                states[access]
                if states[access].attributes["event_type"] == "code_added"
                else None
            ),
            1,
        )
        assert told.attributes["slot"] == 14
        assert told.attributes["person"] is None
        assert (await home.truth(lock))[14] == THEIRS
        assert await home.changes() == 0


@has_twin(
    "integration/repairs/test_slots.py",
    "test_who_finds_their_slot_taken_can_move_to_another_one",
)
async def test_a_code_in_the_slot_of_somebody_who_is_off_is_left_alone(
    home: Home,
) -> None:
    await home.add("Ann", SHED)
    await home.settle("Ann", SHED)
    slot = await home.slot_number("Ann", SHED)
    await home.turn("Ann", on=False)
    await home.gone("Ann", SHED)
    await home.reset_counts()

    await home.act(SHED, "keypad_set_code", slot=slot, code=THEIRS)
    access = await home.lock_entity(SHED, "event", "access")
    told = await home.client.wait_for(
        lambda states: (
            states[access]
            if states[access].attributes["event_type"] == "code_added"
            else None
        )
    )
    assert (told.attributes["slot"], told.attributes["person"]) == (slot, None)
    assert await home.truth(SHED) == {slot: THEIRS}

    # now Ann is wanted there again
    await home.turn("Ann", on=True)
    sensor = await home.site.wait_for_slot("Ann", SHED, "suspended")
    assert sensor.attributes["reason"] == "occupied"
    assert await home.changes() == 0
    (issue,) = await home.repairs_of("Ann")
    assert issue["translation_key"] == "slot_occupied"
    await home.fix(issue, "move")
    await home.settle("Ann", SHED)
    assert (await home.truth(SHED))[slot] == THEIRS
    assert await home.slot_number("Ann", SHED) != slot
