"""Scenario of `script/demo --check`: each step acts as a user would.

Steps build on each other, in this order. Each raises `CheckFailedError` when something
is not as it expects.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from simulators.home_assistant.listeners import State

from .demo_driver import (
    ANN_NEW_PIN,
    ANN_PIN,
    BACK,
    FRONT,
    GARAGE,
    KEYPAD_PIN,
    LOCKS,
    MIA_PIN,
    NODES,
    SHED,
    SOON,
    UNMANAGED_PIN,
    CheckFailedError,
    DemoDriver,
    check,
)
from .demo_site import DOMAIN, DemoSite, FormError
from .demo_stack import STUDIO, WORKSHOP
from .secrecy import find_secrets


async def a_site_and_six_locks_are_added(driver: DemoDriver) -> None:
    """Add Keyholder, then the locks; one that is managed is refused."""
    await driver.site.add_site("Home")
    for lock in LOCKS:
        await driver.site.add_lock(await driver.entity_of_lock(lock))
    try:
        await driver.site.add_lock(await driver.entity_of_lock(FRONT))
    except FormError as refused:
        check("lock" in refused.errors, "the refusal is not at the lock's field")
    else:
        raise CheckFailedError("a lock was added twice")


async def people_are_added_and_bad_pins_are_refused(driver: DemoDriver) -> None:
    """Ann types a PIN and has every lock, Ben gets one made for two locks."""
    site = driver.site
    for pin in ("90a1", "90", "1234567890123"):
        try:
            await site.add_person("Ann", pin=pin)
        except FormError as refused:
            check("pin" in refused.errors, "the refusal is not at the PIN's field")
        else:
            raise CheckFailedError("a bad PIN was taken")
    ann = await site.add_person("Ann", pin=ANN_PIN)
    check(ann.pin is None, "a typed PIN was shown")
    doors = [await driver.entity_of_lock(lock) for lock in (FRONT, GARAGE)]
    ben = await site.add_person("Ben", locks=doors)
    check(ben.pin, "the PIN that was made was not shown")
    driver.ben_pin = ben.pin or ""
    try:
        await site.add_person("Eve", pin=ANN_PIN)
    except FormError as refused:
        check("pin" in refused.errors, "the refusal is not at the PIN's field")
    else:
        raise CheckFailedError("two people have the same PIN")


async def every_code_is_on_its_locks_and_verified(driver: DemoDriver) -> None:
    """Unmanaged codes stay; every code is on its locks and read back."""
    await driver.in_sync("Ann", *LOCKS)
    await driver.in_sync("Ben", FRONT, GARAGE)
    await driver.until_codes(FRONT, UNMANAGED_PIN, ANN_PIN, driver.ben_pin)
    await driver.until_codes(BACK, ANN_PIN)
    await driver.until_codes(GARAGE, ANN_PIN, driver.ben_pin)
    await driver.until_codes(SHED, ANN_PIN)
    await driver.until_codes(STUDIO, ANN_PIN)
    await driver.until_codes(WORKSHOP, ANN_PIN)
    check((await driver.truth(FRONT))[1] == UNMANAGED_PIN, "slot 1 was not left alone")


async def a_switch_takes_the_code_away_and_gives_it_back(driver: DemoDriver) -> None:
    """Off: verified as cleared. On: written once."""
    client = driver.site.client
    switch = await driver.site.entity_of("Ann", "switch", "enabled")
    await client.call_service("switch", "turn_off", target={"entity_id": switch})
    await driver.until_codes(SHED)
    await driver.until_codes(BACK)
    await driver.until_codes(STUDIO)
    await driver.until_codes(WORKSHOP)
    await driver.until_codes(GARAGE, driver.ben_pin)
    await driver.until_codes(FRONT, UNMANAGED_PIN, driver.ben_pin)
    await driver.reset_counts()
    await client.call_service("switch", "turn_on", target={"entity_id": switch})
    await driver.until_codes(BACK, ANN_PIN)
    await driver.in_sync("Ann", *LOCKS)
    changes = await driver.changes()
    check(changes == len(LOCKS), f"{changes} writes and clears for {len(LOCKS)} locks")


async def a_new_pin_is_on_every_lock(driver: DemoDriver) -> None:
    """Change the PIN once."""
    await driver.site.edit_person("Ann", pin=ANN_NEW_PIN)
    await driver.until_codes(BACK, ANN_NEW_PIN)
    await driver.until_codes(SHED, ANN_NEW_PIN)
    await driver.until_codes(STUDIO, ANN_NEW_PIN)
    await driver.until_codes(WORKSHOP, ANN_NEW_PIN)
    await driver.until_codes(GARAGE, ANN_NEW_PIN, driver.ben_pin)
    await driver.in_sync("Ann", *LOCKS)


async def one_code_opens_locks_of_three_technologies(driver: DemoDriver) -> None:
    """Mia has one code for a Z-Wave lock, the Matter lock and the Zigbee lock, and uses it."""
    site = driver.site
    locks = (GARAGE, STUDIO, WORKSHOP)
    doors = [await driver.entity_of_lock(lock) for lock in locks]
    await site.add_person("Mia", pin=MIA_PIN, locks=doors)
    await driver.in_sync("Mia", *locks)
    slot = _slot_of(MIA_PIN, await driver.truth(GARAGE))
    access = await site.entity_of(GARAGE, "event", "access")
    async with _expect_event(driver, access, "unlocked", "keypad", "Mia"):
        await driver.act(GARAGE, "keypad_unlock", userId=slot)
    for lock in (STUDIO, WORKSHOP):
        access = await site.entity_of(lock, "event", "access")
        async with _expect_event(driver, access, "unlocked", "keypad", "Mia"):
            check(await driver.enter(lock, MIA_PIN), f"{lock} does not take her code")


async def a_revoked_code_opens_no_lock(driver: DemoDriver) -> None:
    """Mia is removed from her dialog: cleared on all locks, and denied at them."""
    site = driver.site
    reason = await site.clear_and_remove("Mia")
    check(reason == "removed", f"the dialog ended with {reason}")
    check(MIA_PIN not in (await driver.truth(GARAGE)).values(), "it is in the garage")
    for lock in (STUDIO, WORKSHOP):
        await driver.until_codes(lock, ANN_NEW_PIN)
        access = await site.entity_of(lock, "event", "access")
        async with _expect_event(driver, access, "denied", None):
            check(not await driver.enter(lock, MIA_PIN), f"{lock} takes her code")


async def a_guest_has_access_for_two_days(driver: DemoDriver) -> None:
    """One action adds them with a schedule that the lock enforces; another removes them."""
    site, door = driver.site, await driver.entity_of_lock(FRONT)
    begin = datetime.now(UTC).replace(second=0, microsecond=0)
    guest: dict[str, Any] = await site.client.call_service(
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
    state = await site.wait_for_slot("Gil", FRONT, "in_sync", seconds=SOON)
    slot = state.attributes["slot"]
    check(
        state.attributes["enforced_by"] == "lock",
        f"the guest's time is enforced by {state.attributes['enforced_by']}",
    )
    truth = await asyncio.to_thread(driver.stack.zwave.truth, NODES[FRONT])
    check(truth["schedules"][slot]["yearDays"], "the lock does not hold the time")
    check(slot not in truth["unrestricted"], "the code was live without its time")
    switch = await site.entity_of("Gil", "switch", "enabled")
    await site.client.call_service(DOMAIN, "remove_person", data={"person": switch})
    await driver.until_codes(FRONT, UNMANAGED_PIN, ANN_NEW_PIN, driver.ben_pin)


async def a_code_for_a_parcel_opens_once(driver: DemoDriver) -> None:
    """It is used once at the keypad, and is cleared from the lock."""
    site, door = driver.site, await driver.entity_of_lock(SHED)
    await site.client.call_service(
        DOMAIN, "add_person", data={"name": "Parcel", "locks": [door], "uses": 1}
    )
    state = await site.wait_for_slot("Parcel", SHED, "in_sync", seconds=SOON)
    slot = state.attributes["slot"]
    await driver.act(SHED, "keypad_unlock", userId=slot)
    await driver.until_codes(SHED, ANN_NEW_PIN)
    status = await site.entity_of("Parcel", "sensor", "status")
    await site.client.wait_for_state(status, "used_up", SOON)
    await site.remove("Parcel")


async def a_lock_that_drops_writes_raises_a_repair(driver: DemoDriver) -> None:
    """Three attempts, then suspended with a repair; repaired when it stores again."""
    await driver.faults(BACK, dropWrites=True)
    entity = await driver.entity_of_lock(BACK)
    cid = await driver.site.add_person("Cid", pin=KEYPAD_PIN, locks=[entity])
    await driver.site.wait_for_slot("Cid", BACK, "suspended", seconds=60)
    repairs = await driver.site.client.repairs(DOMAIN)
    check(repairs, "no repair for a code that is not stored")
    await driver.faults(BACK, reset=True)
    flow = await driver.site.client.start_repair(DOMAIN, repairs[0]["issue_id"])
    while flow["type"] in ("form", "menu"):
        answer = (
            {"next_step_id": flow["menu_options"][0]} if flow["type"] == "menu" else {}
        )
        flow = await driver.site.client.repair_flows.step(flow["flow_id"], answer)
    await driver.in_sync("Cid", BACK)
    await driver.site.remove(cid.name)
    await driver.until_codes(BACK, ANN_NEW_PIN)


async def keypad_use_is_attributed(driver: DemoDriver) -> None:
    """Ann unlocks with her code; then the door is locked manually and automatically."""
    site = driver.site
    access = await site.entity_of(FRONT, "event", "access")
    used = await site.entity_of("Ann", "event", "used")
    slot = _slot_of(ANN_NEW_PIN, await driver.truth(FRONT))
    await _act_and_expect(
        driver, access, "keypad_unlock", "unlocked", "keypad", userId=slot
    )
    attributes = site.client.state(access).attributes
    check(
        attributes["person"] == "Ann" and attributes["slot"] == slot,
        "the use is not attributed to Ann",
    )
    await site.client.wait_for(
        lambda states: states[used].attributes.get("method") == "keypad", 2
    )
    await _act_and_expect(driver, access, "manual_lock", "locked", "manual")
    await _act_and_expect(driver, access, "manual_unlock", "unlocked", "manual")
    await _act_and_expect(driver, access, "auto_lock", "locked", "auto")


async def _act_and_expect(
    driver: DemoDriver, access: str, do: str, event: str, method: str, **details: int
) -> None:
    async with _expect_event(driver, access, event, method):
        await driver.act(FRONT, do, **details)


@asynccontextmanager
async def _expect_event(
    driver: DemoDriver,
    access: str,
    event: str,
    method: str | None,
    person: str | None = None,
) -> AsyncIterator[None]:
    """Do something at a lock, and wait for its event, with method and person."""
    client = driver.site.client
    before = client.state(access).state
    yield

    def is_reported(states: Mapping[str, State]) -> bool:
        attributes = states[access].attributes
        return (
            states[access].state != before
            and attributes["event_type"] == event
            and attributes["method"] == method
            and person in (None, attributes["person"])
        )

    try:
        await client.wait_for(is_reported, 2)
    except TimeoutError:
        raise CheckFailedError(f"{access} did not report {event} by {method}") from None


def _slot_of(code: str, held: Mapping[int, str]) -> int:
    return next(slot for slot, each in held.items() if each == code)


async def a_code_changed_at_the_keypad_is_restored(driver: DemoDriver) -> None:
    """Ann's slot is changed at the keypad, on Z-Wave and Zigbee; her code is written again."""
    for lock, others in ((GARAGE, (driver.ben_pin,)), (WORKSHOP, ())):
        access = await driver.site.entity_of(lock, "event", "access")
        slot = _slot_of(ANN_NEW_PIN, await driver.truth(lock))
        await driver.program(lock, slot, KEYPAD_PIN)
        await _wait_for_event(driver, access, "code_changed")
        await driver.until_codes(lock, ANN_NEW_PIN, *others)
        await driver.in_sync("Ann", lock)


async def _wait_for_event(driver: DemoDriver, access: str, event: str) -> None:
    await driver.site.client.wait_for(
        lambda states: states[access].attributes.get("event_type") == event, 5
    )


async def nothing_is_rewritten_after_a_restart(driver: DemoDriver) -> None:
    """Servers, stick, Z-Wave JS and Home Assistant restart: no code is written again."""
    await driver.reset_counts()
    await asyncio.to_thread(driver.stack.zwave.restart_server)
    await driver.matter.stop_server()
    await driver.matter.start_server()
    await driver.stack.wait_for_locks()
    (zwave,) = await driver.site.client.entries("zwave_js")
    await driver.site.client.reload_entry(zwave["entry_id"])
    await driver.stack.wait_for_locks()
    await driver.stack.home_assistant.stop()
    await driver.restart_stick()
    await driver.stack.start_home_assistant()
    driver.site = DemoSite(driver.stack.client)
    await driver.in_sync("Ann", *LOCKS)
    await driver.in_sync("Ben", FRONT, GARAGE)
    check(await driver.changes() == 0, "codes were written again")


async def every_slot_is_verified_on_request(driver: DemoDriver) -> None:
    """The action answers for each slot, and the button does the same."""
    client = driver.site.client
    entity = await driver.entity_of_lock(FRONT)
    answer: dict[str, Any] = await client.call_service(
        DOMAIN, "verify", target={"entity_id": entity}, return_response=True
    )
    slots = answer[entity]["slots"]
    check(len(slots) == 2, f"{len(slots)} slots answered for Ann and Ben")
    check(
        all(slot["state"] == "in_sync" and slot["answered"] for slot in slots.values()),
        "not every slot was read back",
    )
    button = await driver.site.entity_of(FRONT, "button", "verify")
    await client.call_service("button", "press", target={"entity_id": button})


async def a_removed_person_is_cleared_from_an_unreachable_lock(
    driver: DemoDriver,
) -> None:
    """Ben is deleted while the garage is unreachable, over a restart."""
    await driver.faults(GARAGE, dead=True)
    await driver.site.remove("Ben")
    await driver.until_codes(FRONT, UNMANAGED_PIN, ANN_NEW_PIN)
    credentials = await driver.site.entity_of(GARAGE, "sensor", "credentials")
    await driver.site.client.wait_for_state(credentials, "attention", SOON)
    await driver.stack.home_assistant.stop()
    await driver.stack.start_home_assistant()
    driver.site = DemoSite(driver.stack.client)
    await driver.site.client.wait_for_state(credentials, "attention", SOON)
    await driver.faults(GARAGE, reset=True)
    await asyncio.to_thread(driver.stack.zwave.ping, NODES[GARAGE])
    await driver.until_codes(GARAGE, ANN_NEW_PIN)
    await driver.site.client.wait_for_state(credentials, "in_sync", SOON)


async def no_pin_is_stored_outside_the_vault(driver: DemoDriver) -> None:
    """Search everything that Home Assistant shows, stores and logs."""
    pins = [ANN_PIN, ANN_NEW_PIN, KEYPAD_PIN, MIA_PIN, driver.ben_pin]
    found = await find_secrets(driver.stack, pins)
    check(not found, "a PIN is in " + ", ".join(sorted(found)))


STEPS: Final[tuple[Callable[[DemoDriver], Awaitable[None]], ...]] = (
    a_site_and_six_locks_are_added,
    people_are_added_and_bad_pins_are_refused,
    every_code_is_on_its_locks_and_verified,
    a_switch_takes_the_code_away_and_gives_it_back,
    a_new_pin_is_on_every_lock,
    one_code_opens_locks_of_three_technologies,
    a_revoked_code_opens_no_lock,
    a_guest_has_access_for_two_days,
    a_code_for_a_parcel_opens_once,
    a_lock_that_drops_writes_raises_a_repair,
    keypad_use_is_attributed,
    a_code_changed_at_the_keypad_is_restored,
    nothing_is_rewritten_after_a_restart,
    every_slot_is_verified_on_request,
    a_removed_person_is_cleared_from_an_unreachable_lock,
    no_pin_is_stored_outside_the_vault,
)
