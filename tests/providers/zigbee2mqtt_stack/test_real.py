"""The provider on the real Zigbee2MQTT: what the stand-in was written after."""

from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_events import (
    AccessDenied,
    Action,
    Connected,
    Disconnected,
    Jammed,
    LockEvent,
    LockOperated,
    Method,
    SlotChanged,
)
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.provider_io import (
    CodeTarget,
    ConfigurationHint,
    SlotReading,
)
from custom_components.keyholder.model.slot_events import ChangeKind
from custom_components.keyholder.providers.base import LockProvider
from custom_components.keyholder.providers.registry import async_create_provider
from tests.harness.waiting import wait_for
from tests.providers.zigbee2mqtt_stack.conftest import NAME, Stack

pytestmark = [pytest.mark.simulator, pytest.mark.timeout(180)]

PIN = "090715"
SLOT = 3


async def provider_of(stack: Stack) -> LockProvider:
    (entity,) = stack.hass.states.async_entity_ids("lock")
    lock = er.async_get(stack.hass).async_get(entity)
    assert lock is not None
    return await async_create_provider(stack.hass, lock)


async def test_codes_go_in_and_out_and_are_read_back(stack: Stack) -> None:
    provider, stick = await provider_of(stack), stack.real.stick
    hidden = await provider.async_probe()
    assert (hidden.best_evidence, hidden.configuration_hint) == (
        Evidence.PRESENCE,
        ConfigurationHint.SHOW_CODES,
    )
    assert hidden.slots == range(1, 250)
    unsubscribe = provider.subscribe(lambda _: None)

    async def read() -> SlotReading:
        return (await provider.async_read([SLOT]))[SLOT]

    assert await read() == SlotReading.empty()
    await provider.async_write(SLOT, CodeTarget(Pin(PIN), "Anna"))
    assert await read() == SlotReading.masked(enabled=True)
    assert await stick.pins() == {SLOT: PIN}

    await stack.set_options(expose_pin=True)
    assert (
        await provider.async_probe()
    ).configuration_hint is ConfigurationHint.STOP_REPEATING_USERS
    assert await read() == SlotReading.present(Pin(PIN), enabled=True)

    await stack.set_options(filtered_cache=["users"])
    shown = await provider.async_probe()
    assert (shown.best_evidence, shown.configuration_hint) == (Evidence.VALUE, None)
    await provider.async_clear(SLOT)
    assert await read() == SlotReading.empty()
    await stick.do("turn", unlock=True)
    await stack.until_received(NAME, action="manual_unlock")
    (unlocked,) = [
        payload
        for topic, payload in stack.received
        if topic == NAME and payload.get("action") == "manual_unlock"
    ]
    assert "users" not in unlocked

    await provider.async_write(SLOT, CodeTarget(Pin(PIN), "Anna", enabled=False))
    assert await read() == SlotReading.present(Pin(PIN), enabled=False)
    await stick.do("traits", shows_codes=False)
    assert await read() == SlotReading.masked(enabled=False)
    await stick.do("traits", mask="empty")
    assert await read() == SlotReading.masked(enabled=False)
    unsubscribe()


async def test_events_are_received_and_the_bridge_may_go(
    stack: Stack,
) -> None:
    provider, stick = await provider_of(stack), stack.real.stick
    await provider.async_probe()
    events: list[LockEvent] = []
    unsubscribe = provider.subscribe(events.append)

    await stick.do("program", user=SLOT, pin=PIN)
    await stick.do("enter", pin=PIN)
    await stick.do("lock_itself")
    await stick.do("enter", pin="000000")
    await stick.do("jam")
    await stick.do("delete_all_pins")
    await wait_for(lambda: len(events) == 7, 20)

    assert events[0] == Connected(events_missed=True)
    assert events[1] == SlotChanged(SLOT, ChangeKind.SET)
    moves = [
        (each.action, each.method, each.slot)
        for each in events
        if isinstance(each, LockOperated)
    ]
    assert moves == [
        (Action.UNLOCK, Method.KEYPAD, SLOT),
        (Action.LOCK, Method.AUTO, None),
    ]
    assert [type(each) for each in events[4:6]] == [AccessDenied, Jammed]
    assert events[6] == SlotChanged(None, ChangeKind.CLEARED)

    events.clear()
    await stack.real.stop_bridge()
    await wait_for(lambda: events == [Disconnected()], 20)
    unsubscribe()
