"""The story that `script/demo --check` tells: each step is done as a user would.

Steps build on each other, in this order. Each raises `Broken` when the house does not
behave as it should.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from simulators.home_assistant.listeners import State

from .house import DOMAIN, FlowRefused, House
from .secrecy import find_secrets
from .stage import STUDIO, WORKSHOP
from .teller import (
    ANN_NEW_PIN,
    ANN_PIN,
    BACK,
    FOREIGN_PIN,
    FRONT,
    GARAGE,
    KEYPAD_PIN,
    LOCKS,
    MIA_PIN,
    NODES,
    SHED,
    SOON,
    Broken,
    Teller,
    check,
)


async def a_site_and_six_locks_are_added(teller: Teller) -> None:
    """Add Keyholder, then the locks; one that is managed is refused."""
    await teller.house.add_site("Home")
    for lock in LOCKS:
        await teller.house.add_lock(await teller.entity_of_lock(lock))
    try:
        await teller.house.add_lock(await teller.entity_of_lock(FRONT))
    except FlowRefused as refused:
        check("lock" in refused.errors, "the refusal is not at the lock's field")
    else:
        raise Broken("a lock was added twice")


async def people_are_added_and_bad_pins_are_refused(teller: Teller) -> None:
    """Ann types a PIN and has every lock, Ben gets one made for two locks."""
    house = teller.house
    for pin in ("90a1", "90", "1234567890123"):
        try:
            await house.add_person("Ann", pin=pin)
        except FlowRefused as refused:
            check("pin" in refused.errors, "the refusal is not at the PIN's field")
        else:
            raise Broken("a bad PIN was taken")
    ann = await house.add_person("Ann", pin=ANN_PIN)
    check(ann.pin is None, "a typed PIN was shown")
    doors = [await teller.entity_of_lock(lock) for lock in (FRONT, GARAGE)]
    ben = await house.add_person("Ben", locks=doors)
    check(ben.pin, "the PIN that was made was not shown")
    teller.ben_pin = ben.pin or ""
    try:
        await house.add_person("Eve", pin=ANN_PIN)
    except FlowRefused as refused:
        check("pin" in refused.errors, "the refusal is not at the PIN's field")
    else:
        raise Broken("two people have the same PIN")


async def every_code_is_on_its_locks_and_proved(teller: Teller) -> None:
    """What was there stays; what is wanted is there, read back."""
    await teller.in_sync("Ann", *LOCKS)
    await teller.in_sync("Ben", FRONT, GARAGE)
    await teller.until_codes(FRONT, FOREIGN_PIN, ANN_PIN, teller.ben_pin)
    await teller.until_codes(BACK, ANN_PIN)
    await teller.until_codes(GARAGE, ANN_PIN, teller.ben_pin)
    await teller.until_codes(SHED, ANN_PIN)
    await teller.until_codes(STUDIO, ANN_PIN)
    await teller.until_codes(WORKSHOP, ANN_PIN)
    check((await teller.truth(FRONT))[1] == FOREIGN_PIN, "slot 1 was not left alone")


async def a_switch_takes_the_code_away_and_gives_it_back(teller: Teller) -> None:
    """Off: cleared and proved. On: written once."""
    client = teller.house.client
    switch = await teller.house.entity_of("Ann", "switch", "enabled")
    await client.call_service("switch", "turn_off", target={"entity_id": switch})
    await teller.until_codes(SHED)
    await teller.until_codes(BACK)
    await teller.until_codes(STUDIO)
    await teller.until_codes(WORKSHOP)
    await teller.until_codes(GARAGE, teller.ben_pin)
    await teller.until_codes(FRONT, FOREIGN_PIN, teller.ben_pin)
    await teller.forget_operations()
    await client.call_service("switch", "turn_on", target={"entity_id": switch})
    await teller.until_codes(BACK, ANN_PIN)
    await teller.in_sync("Ann", *LOCKS)
    changes = await teller.changes()
    check(changes == len(LOCKS), f"{changes} writes and clears for {len(LOCKS)} locks")


async def a_new_pin_is_on_every_lock(teller: Teller) -> None:
    """Change the PIN once."""
    await teller.house.edit_person("Ann", pin=ANN_NEW_PIN)
    await teller.until_codes(BACK, ANN_NEW_PIN)
    await teller.until_codes(SHED, ANN_NEW_PIN)
    await teller.until_codes(STUDIO, ANN_NEW_PIN)
    await teller.until_codes(WORKSHOP, ANN_NEW_PIN)
    await teller.until_codes(GARAGE, ANN_NEW_PIN, teller.ben_pin)
    await teller.in_sync("Ann", *LOCKS)


async def one_code_opens_locks_of_three_technologies(teller: Teller) -> None:
    """Mia has one code for a Z-Wave lock, the Matter lock and the Zigbee lock, and uses it."""
    house = teller.house
    locks = (GARAGE, STUDIO, WORKSHOP)
    doors = [await teller.entity_of_lock(lock) for lock in locks]
    await house.add_person("Mia", pin=MIA_PIN, locks=doors)
    await teller.in_sync("Mia", *locks)
    slot = _slot_of(MIA_PIN, await teller.truth(GARAGE))
    access = await house.entity_of(GARAGE, "event", "access")
    async with _told(teller, access, "unlocked", "keypad", "Mia"):
        await teller.act(GARAGE, "keypad_unlock", userId=slot)
    for lock in (STUDIO, WORKSHOP):
        access = await house.entity_of(lock, "event", "access")
        async with _told(teller, access, "unlocked", "keypad", "Mia"):
            check(await teller.enter(lock, MIA_PIN), f"{lock} does not take her code")


async def a_code_that_was_taken_back_opens_none(teller: Teller) -> None:
    """Mia is removed from her dialog: cleared and proven on all, and turned away."""
    house = teller.house
    reason = await house.leave("Mia")
    check(reason == "removed", f"the dialog ended with {reason}")
    check(MIA_PIN not in (await teller.truth(GARAGE)).values(), "it is in the garage")
    for lock in (STUDIO, WORKSHOP):
        await teller.until_codes(lock, ANN_NEW_PIN)
        access = await house.entity_of(lock, "event", "access")
        async with _told(teller, access, "denied", None):
            check(not await teller.enter(lock, MIA_PIN), f"{lock} takes her code")


async def a_guest_comes_for_two_days(teller: Teller) -> None:
    """One action adds them; the lock itself keeps their time, then they leave."""
    house, door = teller.house, await teller.entity_of_lock(FRONT)
    begin = datetime.now(UTC).replace(second=0, microsecond=0)
    guest: dict[str, Any] = await house.client.call_service(
        DOMAIN,
        "add_person",
        data={
            "name": "Gil",
            "locks": [door],
            "from": (begin - timedelta(hours=1)).isoformat(),
            "until": (begin + timedelta(days=2)).isoformat(),
        },
        return_response=True,
    )
    check("pin" not in guest, "the answer gives a PIN that nobody asked for")
    state = await house.wait_for_slot("Gil", FRONT, "in_sync", seconds=SOON)
    slot = state.attributes["slot"]
    check(
        state.attributes["enforced_by"] == "lock",
        f"the guest's time is enforced by {state.attributes['enforced_by']}",
    )
    truth = await asyncio.to_thread(teller.stage.rig.truth, NODES[FRONT])
    check(truth["schedules"][slot]["yearDays"], "the lock does not hold the time")
    check(slot not in truth["unrestricted"], "the code was live without its time")
    switch = await house.entity_of("Gil", "switch", "enabled")
    await house.client.call_service(DOMAIN, "remove_person", data={"person": switch})
    await teller.until_codes(FRONT, FOREIGN_PIN, ANN_NEW_PIN, teller.ben_pin)


async def a_code_for_a_parcel_opens_once(teller: Teller) -> None:
    """It is used at the keypad, and is off the lock."""
    house, door = teller.house, await teller.entity_of_lock(SHED)
    await house.client.call_service(
        DOMAIN, "add_person", data={"name": "Parcel", "locks": [door], "uses": 1}
    )
    state = await house.wait_for_slot("Parcel", SHED, "in_sync", seconds=SOON)
    slot = state.attributes["slot"]
    await teller.act(SHED, "keypad_unlock", userId=slot)
    await teller.until_codes(SHED, ANN_NEW_PIN)
    status = await house.entity_of("Parcel", "sensor", "status")
    await house.client.wait_for_state(status, "used_up", SOON)
    await house.remove("Parcel")


async def a_lock_that_drops_writes_is_told(teller: Teller) -> None:
    """Three attempts, then suspended with a repair; repaired when it stores again."""
    await teller.faults(BACK, dropWrites=True)
    entity = await teller.entity_of_lock(BACK)
    cid = await teller.house.add_person("Cid", pin=KEYPAD_PIN, locks=[entity])
    await teller.house.wait_for_slot("Cid", BACK, "suspended", seconds=60)
    repairs = await teller.house.client.repairs(DOMAIN)
    check(repairs, "no repair for a code that is not stored")
    await teller.faults(BACK, reset=True)
    flow = await teller.house.client.start_repair(DOMAIN, repairs[0]["issue_id"])
    while flow["type"] in ("form", "menu"):
        answer = (
            {"next_step_id": flow["menu_options"][0]} if flow["type"] == "menu" else {}
        )
        flow = await teller.house.client.repair_flows.step(flow["flow_id"], answer)
    await teller.in_sync("Cid", BACK)
    await teller.house.remove(cid.name)
    await teller.until_codes(BACK, ANN_NEW_PIN)


async def the_keypad_tells_who_came(teller: Teller) -> None:
    """Ann unlocks with her code, then the door is locked by hand and by itself."""
    house = teller.house
    access = await house.entity_of(FRONT, "event", "access")
    used = await house.entity_of("Ann", "event", "used")
    slot = _slot_of(ANN_NEW_PIN, await teller.truth(FRONT))
    await _hear(teller, access, "keypad_unlock", "unlocked", "keypad", userId=slot)
    told = house.client.state(access).attributes
    check(
        told["person"] == "Ann" and told["slot"] == slot, "the door does not know Ann"
    )
    await house.client.wait_for(
        lambda states: states[used].attributes.get("method") == "keypad", 2
    )
    await _hear(teller, access, "manual_lock", "locked", "manual")
    await _hear(teller, access, "manual_unlock", "unlocked", "manual")
    await _hear(teller, access, "auto_lock", "locked", "auto")


async def _hear(
    teller: Teller, access: str, do: str, event: str, method: str, **details: int
) -> None:
    async with _told(teller, access, event, method):
        await teller.act(FRONT, do, **details)


@asynccontextmanager
async def _told(
    teller: Teller,
    access: str,
    event: str,
    method: str | None,
    person: str | None = None,
) -> AsyncIterator[None]:
    """Do something at a door, and wait until its event tells it, of whom and how."""
    client = teller.house.client
    before = client.state(access).state
    yield

    def is_told(states: Mapping[str, State]) -> bool:
        told = states[access].attributes
        return (
            states[access].state != before
            and told["event_type"] == event
            and told["method"] == method
            and person in (None, told["person"])
        )

    try:
        await client.wait_for(is_told, 2)
    except TimeoutError:
        raise Broken(f"{access} did not tell {event} by {method}") from None


def _slot_of(code: str, held: Mapping[int, str]) -> int:
    return next(slot for slot, each in held.items() if each == code)


async def a_code_changed_at_the_keypad_is_noticed(teller: Teller) -> None:
    """Somebody programs another code into Ann's slot, on Z-Wave and Zigbee; hers comes back."""
    for lock, others in ((GARAGE, (teller.ben_pin,)), (WORKSHOP, ())):
        access = await teller.house.entity_of(lock, "event", "access")
        slot = _slot_of(ANN_NEW_PIN, await teller.truth(lock))
        await teller.program(lock, slot, KEYPAD_PIN)
        await _is_told(teller, access, "code_changed")
        await teller.until_codes(lock, ANN_NEW_PIN, *others)
        await teller.in_sync("Ann", lock)


async def _is_told(teller: Teller, access: str, event: str) -> None:
    await teller.house.client.wait_for(
        lambda states: states[access].attributes.get("event_type") == event, 5
    )


async def nothing_is_rewritten_after_a_restart(teller: Teller) -> None:
    """Servers and stick restart, Z-Wave JS reloads, Home Assistant restarts: no code moves."""
    await teller.forget_operations()
    await asyncio.to_thread(teller.stage.rig.restart_server)
    await teller.matter.stop_server()
    await teller.matter.start_server()
    await teller.stage.wait_for_locks()
    (zwave,) = await teller.house.client.entries("zwave_js")
    await teller.house.client.reload_entry(zwave["entry_id"])
    await teller.stage.wait_for_locks()
    await teller.stage.home_assistant.stop()
    await teller.restart_stick()
    await teller.stage.start_home_assistant()
    teller.house = House(teller.stage.client)
    await teller.in_sync("Ann", *LOCKS)
    await teller.in_sync("Ben", FRONT, GARAGE)
    check(await teller.changes() == 0, "codes were written again")


async def every_slot_is_verified_on_request(teller: Teller) -> None:
    """The action answers for each slot, and the button does the same."""
    client = teller.house.client
    entity = await teller.entity_of_lock(FRONT)
    answer: dict[str, Any] = await client.call_service(
        DOMAIN, "verify", target={"entity_id": entity}, return_response=True
    )
    slots = answer[entity]["slots"]
    check(len(slots) == 2, f"{len(slots)} slots answered for Ann and Ben")
    check(
        all(slot["state"] == "in_sync" and slot["answered"] for slot in slots.values()),
        "not every slot was read back",
    )
    button = await teller.house.entity_of(FRONT, "button", "verify")
    await client.call_service("button", "press", target={"entity_id": button})


async def a_removed_person_is_cleared_even_if_the_lock_was_away(
    teller: Teller,
) -> None:
    """Ben is deleted while the garage is out of reach, over a restart."""
    await teller.faults(GARAGE, dead=True)
    await teller.house.remove("Ben")
    await teller.until_codes(FRONT, FOREIGN_PIN, ANN_NEW_PIN)
    credentials = await teller.house.entity_of(GARAGE, "sensor", "credentials")
    await teller.house.client.wait_for_state(credentials, "attention", SOON)
    await teller.stage.home_assistant.stop()
    await teller.stage.start_home_assistant()
    teller.house = House(teller.stage.client)
    await teller.house.client.wait_for_state(credentials, "attention", SOON)
    await teller.faults(GARAGE, reset=True)
    await asyncio.to_thread(teller.stage.rig.ping, NODES[GARAGE])
    await teller.until_codes(GARAGE, ANN_NEW_PIN)
    await teller.house.client.wait_for_state(credentials, "in_sync", SOON)


async def no_pin_is_anywhere_but_in_the_vault(teller: Teller) -> None:
    """Look through everything that Home Assistant shows, stores and logs."""
    pins = [ANN_PIN, ANN_NEW_PIN, KEYPAD_PIN, MIA_PIN, teller.ben_pin]
    found = await find_secrets(teller.stage, pins)
    check(not found, "a PIN is in " + ", ".join(sorted(found)))


STORY: Final[tuple[Callable[[Teller], Awaitable[None]], ...]] = (
    a_site_and_six_locks_are_added,
    people_are_added_and_bad_pins_are_refused,
    every_code_is_on_its_locks_and_proved,
    a_switch_takes_the_code_away_and_gives_it_back,
    a_new_pin_is_on_every_lock,
    one_code_opens_locks_of_three_technologies,
    a_code_that_was_taken_back_opens_none,
    a_guest_comes_for_two_days,
    a_code_for_a_parcel_opens_once,
    a_lock_that_drops_writes_is_told,
    the_keypad_tells_who_came,
    a_code_changed_at_the_keypad_is_noticed,
    nothing_is_rewritten_after_a_restart,
    every_slot_is_verified_on_request,
    a_removed_person_is_cleared_even_if_the_lock_was_away,
    no_pin_is_anywhere_but_in_the_vault,
)
