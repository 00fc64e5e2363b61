"""No PIN is anywhere but in the vault: after a scenario with every path that fails."""

from collections.abc import AsyncIterator
from contextlib import suppress
import json
import stat
from typing import Any, Final

import pytest

from simulators.demo.demo_driver import BACK, FRONT, GARAGE, SHED
from simulators.demo.demo_site import DOMAIN, FormError
from simulators.demo.secrecy import find_secrets, finder, shows_a_new_pin
from simulators.home_assistant import Client, CommandError, RequestError
from tests.harness.e2e.page_objects import SitePage
from tests.harness.e2e.shared_instance import GUEST

_ASKED: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("get_states", {}),
    ("get_config", {}),
    ("get_services", {}),
    ("get_panels", {}),
    ("config/entity_registry/list", {}),
    ("config/entity_registry/list_for_display", {}),
    ("config/device_registry/list", {}),
    ("config_entries/get", {}),
    ("config_entries/get", {"domain": DOMAIN}),
    ("config_entries/flow/progress", {}),
    ("repairs/list_issues", {}),
    ("logger/log_info", {}),
    ("system_log/list", {}),
    ("diagnostics/list", {}),
    ("trace/list", {"domain": "automation"}),
    ("frontend/get_translations", {"language": "en", "category": "issues"}),
)
"""Everything that a user may ask for, and some that they may not."""
_EVENTS: Final = (
    "state_changed",
    "entity_registry_updated",
    "device_registry_updated",
    "repairs_issue_registry_updated",
    "service_registered",
    "call_service",
    "data_entry_flow_progressed",
    None,
)
_STREAMS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("config_entries/subscribe", {}),
    ("config_entries/flow/subscribe", {}),
    ("logbook/event_stream", {"start_time": "2026-01-01T00:00:00+00:00"}),
    ("persistent_notification/subscribe", {}),
    ("system_health/info", {}),
)


@pytest.fixture
async def guest(site_page: SitePage) -> AsyncIterator[Client]:
    """Somebody who lives here, hears all that they may, and administers nothing."""
    instance = site_page.stack.home_assistant
    async with await Client.signed_in(
        instance.base_url, GUEST, keep_received=True
    ) as guest:
        for event in _EVENTS:
            with suppress(CommandError):
                await guest.subscribe_events(event)
        for command, data in _STREAMS:
            with suppress(CommandError):
                await guest.subscribe(command, **data)
        yield guest


async def ask_for_everything(guest: Client) -> None:
    for command, data in _ASKED:
        with suppress(CommandError):
            await guest.command(command, **data)
    for path in (
        "/api/states",
        "/api/error_log",
        "/api/config/config_entries/entry",
        "/api/history/period?filter_entity_id=sensor.none",
    ):
        with suppress(RequestError, json.JSONDecodeError):
            await guest.rest.get(path)


async def go_wrong(site_page: SitePage) -> list[str]:
    """Live through everything that fails; return the texts of what was raised."""
    pins = [site_page.hosted.new_pin() for _ in range(5)]
    texts: list[str] = []

    async def refused(*raised: type[Exception], **answers: Any) -> None:
        with pytest.raises(raised) as error:
            await site_page.site.add_person("Eve", **answers)
        texts.append(str(error.value))

    ann = await site_page.add("Ann")
    await site_page.settle("Ann")
    # refused by the form, by its schema, and for being somebody's
    for pin in (f"{pins[0]}x", f"{pins[0]}{pins[1]}"):
        site_page.hosted.pins.add(pin)
        await refused(FormError, pin=pin)
    await refused(FormError, pin=ann.pin)
    flows = site_page.client.subentry_flows
    form = await flows.start([await site_page.site.entry_id(), "person"])
    entered = {"name": "Eve", "enabled": True}
    for wrong in (
        {"pin": pins[0], "locks": ["nowhere"]},
        {"pin": pins[1], "locks": [], "unexpected": pins[1]},
        {"pin": {"digits": pins[1]}, "locks": []},
        {"pin": int(pins[1]), "locks": []},
    ):
        with suppress(RequestError):
            await flows.step(form["flow_id"], {**entered, **wrong})
    # the lock drops it, refuses it, is silent, is away
    await site_page.faults(BACK, dropWrites=1)
    await site_page.faults(FRONT, rejectWrites=1)
    await site_page.faults(SHED, unansweredReads=True)
    await site_page.faults(GARAGE, dead=True)
    await site_page.site.edit_person("Ann", pin=pins[2])
    entities = [await site_page.entity_of_lock(lock) for lock in (SHED, GARAGE)]
    with pytest.raises(CommandError) as failed:
        await site_page.client.call_service(
            DOMAIN, "verify", target={"entity_id": entities}
        )
    texts.append(str(failed.value))
    with pytest.raises(CommandError) as failed:
        await site_page.client.call_service(
            "zwave_js", "set_lock_usercode", {"entity_id": "lock.nowhere"}
        )
    texts.append(str(failed.value))
    await site_page.revive(GARAGE)
    await site_page.faults(SHED, reset=True)
    await site_page.settle("Ann")
    # and somebody else's doing at the keypad
    slot = await site_page.slot_number("Ann", SHED)
    await site_page.act(SHED, "keypad_set_code", slot=slot, code=pins[3])
    await site_page.until_codes_of("Ann", pins[2], SHED)
    await site_page.act(FRONT, "keypad_set_code", slot=20, code=pins[4])
    await site_page.act(
        FRONT, "keypad_unlock", userId=await site_page.slot_number("Ann", FRONT)
    )
    await site_page.settle("Ann")
    return texts


async def test_no_pin_is_anywhere_but_in_the_vault(
    site_page: SitePage, guest: Client
) -> None:
    raised = await go_wrong(site_page)
    made = await site_page.site.add_person("Ben")
    site_page.hosted.pins.add(str(made.pin))
    await site_page.settle("Ben")
    await site_page.turn("Ben", on=False)
    await site_page.gone("Ben")
    await ask_for_everything(guest)

    vault = site_page.stored("secrets")
    assert stat.S_IMODE(vault.stat().st_mode) == 0o600
    assert str(made.pin) in vault.read_text()
    # all PINs of all tests, in all that there is of all of them
    find = finder(site_page.hosted.pins)
    assert not await find_secrets(
        site_page.stack, site_page.hosted.pins, site_page.client
    )
    assert not find("\n".join(raised))
    assert not find("\n".join(guest.received))
    # the owner sees a PIN on the step that shows it, and never else
    shown = [text for text in site_page.hosted.reported if find(text)]
    assert all(map(shows_a_new_pin, shown))


async def test_the_search_finds_a_pin_wherever_it_is(
    site_page: SitePage, guest: Client
) -> None:
    planted = "90416233"
    folder = site_page.stack.home_assistant.config_folder
    assert not await find_secrets(site_page.stack, [planted], site_page.client)
    await site_page.client.rest.request(
        "POST", "/api/states/sensor.planted", {"state": f"is {planted}."}
    )
    await guest.wait_for(lambda states: "sensor.planted" in states)
    storage, pin = folder / ".storage", f'"pin": "{planted}"'
    files = [storage / "planted", folder / "planted.log", storage / "tmpplanted"]
    for file in files:
        file.write_text(f"{{{pin}}}")
    # what is written takes its name when it is whole: this will be the vault
    files.append(storage / "tmpvault")
    files[-1].write_text(f'{{"version": 1, "key": "keyholder.abc.secrets", {pin}}}')
    try:
        found = await find_secrets(site_page.stack, [planted], site_page.client)
    finally:
        for file in files:
            file.unlink()
        await site_page.client.rest.request("DELETE", "/api/states/sensor.planted")

    assert found >= {"states", "frames", "planted", "planted.log", "tmpplanted"}
    assert "tmpvault" not in found
    assert "database table states" in found
    find = finder([planted])
    assert find("\n".join(guest.received))
    assert find(f"{{'pin': '{planted}'}}")
    assert find(f"pin={planted}\n")
    # neither a part of something longer, nor the fraction of a second
    assert not find(f"1{planted}")
    assert not find(f"{planted}ab")
    assert not find(f"1700000000.{planted}")
