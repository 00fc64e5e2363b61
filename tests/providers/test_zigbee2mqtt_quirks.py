"""What Zigbee2MQTT does that would deceive a provider that believed it."""

import asyncio
from dataclasses import replace
import json
import logging

from homeassistant.components import mqtt
from homeassistant.core import HomeAssistant
import pytest

from custom_components.keyholder.model.lock_events import (
    Connected,
    Disconnected,
    SlotChanged,
)
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.provider_io import (
    CodeTarget,
    SlotReading,
    WriteResult,
)
from custom_components.keyholder.model.slot_events import ChangeKind
from custom_components.keyholder.providers.base import LockUnreachableError
from custom_components.keyholder.providers.zigbee2mqtt import (
    requests,
    subscription,
)
from simulators.zigbee import Command, Stored
from simulators.zigbee.faults import (
    about_another,
    default_response,
    refused,
    request_lost,
    silently_dropped,
    slow,
)
from tests.harness.providers.codes import ANNA, BEN, OTHER, PIN, SLOT
from tests.harness.providers.zigbee2mqtt_lock import Zigbee2MqttLock
from tests.harness.waiting import wait_for

OURS = "custom_components.keyholder"
PRESENT = SlotReading.present(Pin(PIN), enabled=True)


async def test_a_pin_travels_as_a_string(zigbee2mqtt_lock: Zigbee2MqttLock) -> None:
    await zigbee2mqtt_lock.write(CodeTarget(Pin("0907"), "Anna"))

    (sent,) = zigbee2mqtt_lock.sent("set")
    assert sent == {
        "pin_code": {
            "user": SLOT,
            "user_type": "unrestricted",
            "user_enabled": True,
            "pin_code": "0907",
        }
    }
    assert zigbee2mqtt_lock.node.pins() == {SLOT: "0907"}


async def test_nothing_of_ours_is_retained(zigbee2mqtt_lock: Zigbee2MqttLock) -> None:
    await zigbee2mqtt_lock.write()
    await zigbee2mqtt_lock.read()
    await zigbee2mqtt_lock.clear()

    retained = zigbee2mqtt_lock.network.broker.retained
    assert not [topic for topic in retained if topic.endswith(("/set", "/get"))]
    assert not any(PIN.encode() in each.payload for each in retained.values())


@pytest.mark.parametrize(
    "answer",
    [
        refused(Stored.MEMORY_FULL),
        refused(Stored.DUPLICATE),
        refused(Stored.FAILURE),
        default_response(),
        silently_dropped(),
        request_lost(),
    ],
    ids=["full", "duplicate", "failure", "default", "dropped", "lost"],
)
async def test_a_code_that_the_lock_does_not_take_is_seen_only_by_reading(
    zigbee2mqtt_lock: Zigbee2MqttLock, answer: object
) -> None:
    zigbee2mqtt_lock.node.faults.add(Command.SET_PIN, answer)  # type: ignore[arg-type]

    assert await zigbee2mqtt_lock.write() is WriteResult.OPTIMISTIC

    assert await zigbee2mqtt_lock.read() == SlotReading.empty()


async def test_a_clear_that_is_dropped_is_seen_only_by_reading(
    zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    await zigbee2mqtt_lock.write()
    zigbee2mqtt_lock.node.faults.add(Command.CLEAR_PIN, silently_dropped())

    assert await zigbee2mqtt_lock.clear() is WriteResult.OPTIMISTIC

    assert await zigbee2mqtt_lock.read() == PRESENT


async def test_a_code_that_the_cache_has_kept_is_not_there_in_an_empty_slot(
    zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    """Objects are merged at every depth: a PIN outlives its status if none is published."""
    await zigbee2mqtt_lock.repeat_users()
    await zigbee2mqtt_lock.write()
    assert await zigbee2mqtt_lock.read() == PRESENT
    await zigbee2mqtt_lock.clear()
    bridge = zigbee2mqtt_lock.network.bridge
    bridge.set_options(zigbee2mqtt_lock.device, expose_pin=False)

    assert await zigbee2mqtt_lock.read() == SlotReading.empty()

    cached = zigbee2mqtt_lock.device.cache["users"]
    assert cached == {str(SLOT): {"status": "available", "pin_code": PIN}}


async def test_what_is_repeated_with_a_report_of_the_door_is_no_answer(
    zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    """Somebody unlocks while the lock is asked: the report repeats the old users."""
    await zigbee2mqtt_lock.repeat_users()
    await zigbee2mqtt_lock.write()
    assert await zigbee2mqtt_lock.read() == PRESENT
    zigbee2mqtt_lock.node.lock.memory.pins.clear()
    zigbee2mqtt_lock.node.faults.add(Command.GET_PIN, slow(0.1))

    asked = asyncio.ensure_future(zigbee2mqtt_lock.read())
    await wait_for(lambda: Command.GET_PIN in zigbee2mqtt_lock.commands())
    zigbee2mqtt_lock.node.door.touch()

    assert await asked == SlotReading.empty()


async def test_users_outside_the_cache_are_in_answers_only(
    zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    """Any report may come between, also one of the battery, which is no event."""
    await zigbee2mqtt_lock.write()
    assert await zigbee2mqtt_lock.read() == PRESENT
    zigbee2mqtt_lock.node.lock.memory.pins.clear()
    zigbee2mqtt_lock.node.faults.add(Command.GET_PIN, slow(0.1))

    asked = asyncio.ensure_future(zigbee2mqtt_lock.read())
    await wait_for(lambda: Command.GET_PIN in zigbee2mqtt_lock.commands())
    bridge = zigbee2mqtt_lock.network.bridge
    bridge.publish_state(zigbee2mqtt_lock.device, {"battery": 80})

    assert await asked == SlotReading.empty()


async def test_what_was_cached_before_is_repeated_once_more_and_is_no_answer(
    zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    """Users were kept out of the cache from now on, and then a code was cleared."""
    await zigbee2mqtt_lock.repeat_users()
    await zigbee2mqtt_lock.write()
    assert await zigbee2mqtt_lock.read() == PRESENT
    bridge = zigbee2mqtt_lock.network.bridge
    bridge.set_options(zigbee2mqtt_lock.device, filtered_cache=["users"])
    await zigbee2mqtt_lock.settle()
    await zigbee2mqtt_lock.provider.async_probe()

    await zigbee2mqtt_lock.provider.async_clear(SLOT)

    assert await zigbee2mqtt_lock.read() == SlotReading.empty()


async def test_a_state_that_is_retained_is_no_answer(
    zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    zigbee2mqtt_lock.device.options["retain"] = True
    await zigbee2mqtt_lock.repeat_users()
    await zigbee2mqtt_lock.write()
    assert await zigbee2mqtt_lock.read() == PRESENT
    zigbee2mqtt_lock.node.faults.add(Command.GET_PIN, request_lost(), None)
    another = await zigbee2mqtt_lock.another_provider()

    assert (await another.async_read([SLOT]))[SLOT] == SlotReading.unknown()


async def test_a_state_that_the_broker_repeats_for_somebody_else_is_no_answer(
    hass: HomeAssistant, own_zigbee2mqtt_lock: Zigbee2MqttLock
) -> None:
    """Another part of Home Assistant begins to listen while the lock is asked."""
    own_zigbee2mqtt_lock.device.options["retain"] = True
    await own_zigbee2mqtt_lock.write()
    assert await own_zigbee2mqtt_lock.read() == PRESENT
    own_zigbee2mqtt_lock.node.lock.memory.pins.clear()
    own_zigbee2mqtt_lock.node.faults.add(Command.GET_PIN, slow(0.1))

    asked = asyncio.ensure_future(own_zigbee2mqtt_lock.read())
    await wait_for(lambda: Command.GET_PIN in own_zigbee2mqtt_lock.commands())
    await mqtt.async_subscribe(hass, "zigbee2mqtt/Front door", lambda _: None)

    assert await asked == SlotReading.empty()


async def test_a_retained_event_is_not_delivered_again(
    own_zigbee2mqtt_lock: Zigbee2MqttLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscription, "DUPLICATE_SECONDS", 0.0)
    own_zigbee2mqtt_lock.device.options["retain"] = True
    own_zigbee2mqtt_lock.node.door.touch()
    await own_zigbee2mqtt_lock.settle()
    assert len(own_zigbee2mqtt_lock.news) == 1
    own_zigbee2mqtt_lock.events.clear()

    await own_zigbee2mqtt_lock.network.reload()
    await own_zigbee2mqtt_lock.network.drop_connection()
    await own_zigbee2mqtt_lock.settle()

    assert {type(each) for each in own_zigbee2mqtt_lock.events} == {
        Connected,
        Disconnected,
    }


async def test_an_answer_about_another_user_is_none(
    zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    await zigbee2mqtt_lock.write()
    zigbee2mqtt_lock.node.faults.add(Command.GET_PIN, about_another(4))

    assert await zigbee2mqtt_lock.read() == SlotReading.unknown()


async def test_a_late_answer_does_not_answer_a_later_question(
    zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    """A clear was sent between the two: the first answer is from before it."""
    await zigbee2mqtt_lock.write()
    patience, faults = requests.ANSWER_SECONDS, zigbee2mqtt_lock.node.faults
    faults.add(Command.GET_PIN, slow(1.5 * patience))
    faults.add(Command.GET_PIN, slow(0.7 * patience))
    assert await zigbee2mqtt_lock.read() == SlotReading.unknown()
    await zigbee2mqtt_lock.provider.async_clear(SLOT)

    assert await zigbee2mqtt_lock.read() == SlotReading.empty()


@pytest.mark.parametrize("status", [2, 0xFF])
async def test_a_status_without_a_meaning_is_not_empty(
    zigbee2mqtt_lock: Zigbee2MqttLock, status: int
) -> None:
    await zigbee2mqtt_lock.write()
    zigbee2mqtt_lock.node.lock.memory.pins[SLOT].status = status

    assert await zigbee2mqtt_lock.read() == SlotReading.not_usable()


async def test_a_user_that_the_lock_does_not_have_gets_no_answer(
    zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    """Zigbee2MQTT goes by a number of its own, and passes nothing of the refusal on."""
    lock = zigbee2mqtt_lock.node.lock
    lock.limits = replace(lock.limits, pins=5)

    assert await zigbee2mqtt_lock.read(7) == SlotReading.unknown()


async def test_one_notification_that_comes_three_times_is_one_event(
    zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    zigbee2mqtt_lock.node.lock.traits.notification_copies = 3

    zigbee2mqtt_lock.node.door.program(SLOT, PIN)
    await zigbee2mqtt_lock.settle()

    assert zigbee2mqtt_lock.news == [SlotChanged(SLOT, ChangeKind.SET)]


async def test_notifications_that_zigbee2mqtt_drops_are_not_missed_for_nothing(
    zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    """A lock that leaves out the last field is deaf to us, and yet can be read."""
    zigbee2mqtt_lock.node.lock.traits.sends_data_field = False

    zigbee2mqtt_lock.node.door.program(SLOT, OTHER)
    await zigbee2mqtt_lock.settle()

    assert zigbee2mqtt_lock.news == []
    assert await zigbee2mqtt_lock.read() == SlotReading.present(
        Pin(OTHER), enabled=True
    )


async def test_what_is_repeated_with_a_report_that_changes_nothing_is_no_answer(
    zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    """The lock was mute when it was asked, and the battery was as full as before."""
    await zigbee2mqtt_lock.repeat_users()
    assert await zigbee2mqtt_lock.read() == SlotReading.empty()
    await zigbee2mqtt_lock.write()
    zigbee2mqtt_lock.node.faults.add(Command.GET_PIN, request_lost(), None)

    asked = asyncio.ensure_future(zigbee2mqtt_lock.read())
    await wait_for(lambda: Command.GET_PIN in zigbee2mqtt_lock.commands())
    bridge = zigbee2mqtt_lock.network.bridge
    bridge.publish_state(zigbee2mqtt_lock.device, {})

    assert await asked == SlotReading.unknown()


async def test_what_is_new_is_asked_for_once_and_what_is_repeated_twice(
    zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    await zigbee2mqtt_lock.repeat_users()
    await zigbee2mqtt_lock.read()
    await zigbee2mqtt_lock.write()
    zigbee2mqtt_lock.commands()

    assert await zigbee2mqtt_lock.read() == PRESENT
    assert zigbee2mqtt_lock.commands() == [Command.GET_PIN]
    assert await zigbee2mqtt_lock.read() == PRESENT
    assert zigbee2mqtt_lock.commands() == [Command.GET_PIN] * 2


async def test_a_repetition_with_last_seen_never_proves_a_write(
    zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    """The answer to a set has no converter, and is published as what is cached."""
    bridge = zigbee2mqtt_lock.network.bridge
    bridge.settings.last_seen = True
    await zigbee2mqtt_lock.repeat_users()
    assert await zigbee2mqtt_lock.read() == SlotReading.empty()
    zigbee2mqtt_lock.node.faults.add(Command.SET_PIN, silently_dropped())
    await zigbee2mqtt_lock.provider.async_write(SLOT, ANNA)

    assert await zigbee2mqtt_lock.read() == SlotReading.empty()


async def test_what_is_not_json_or_not_what_was_expected_does_no_harm(
    zigbee2mqtt_lock: Zigbee2MqttLock, caplog: pytest.LogCaptureFixture
) -> None:
    """Home Assistant logs a message that a callback chokes on, and there are PINs in it."""
    broker = zigbee2mqtt_lock.network.broker
    strange = (
        *("", "online", "[]", "null", '"9071"', "{", '{"users": 9071}'),
        *('{"users": {"3": 9071}}', '{"action": {"9071": 1}, "action_user": []}'),
        *('{"action": "unlock", "action_user": {"9071": 1}}', '{"lock_state": 9071}'),
    )
    for payload in (*strange, "[" * 100_000):
        broker.publish("zigbee2mqtt/Front door", payload)
        broker.publish("zigbee2mqtt/bridge/response/device/options", payload)
    bridge = zigbee2mqtt_lock.network.bridge
    bridge.publish_state(zigbee2mqtt_lock.device, {"battery": 80})
    await zigbee2mqtt_lock.settle()

    assert await zigbee2mqtt_lock.read() == SlotReading.empty()
    assert "Exception in" not in caplog.text


async def test_no_code_is_in_what_we_log_whatever_happens(
    own_zigbee2mqtt_lock: Zigbee2MqttLock, caplog: pytest.LogCaptureFixture
) -> None:
    """The bridge's own log prints them, and so does the wire log of the integration."""
    await own_zigbee2mqtt_lock.write()
    own_zigbee2mqtt_lock.node.faults.add(Command.SET_PIN, request_lost())
    await own_zigbee2mqtt_lock.write(BEN)
    await own_zigbee2mqtt_lock.read()
    await own_zigbee2mqtt_lock.network.broker.stop()
    await wait_for(lambda: Disconnected() in own_zigbee2mqtt_lock.events)
    with pytest.raises(LockUnreachableError) as caught:
        await own_zigbee2mqtt_lock.provider.async_write(SLOT, ANNA)

    assert PIN not in repr(caught.value)
    assert caught.value.__cause__ is None
    ours = [each for each in caplog.records if each.name.startswith(OURS)]
    assert ours
    assert not [each for each in ours if PIN in each.getMessage()]
    logged = [
        json.loads(each.payload)["message"]
        for each in own_zigbee2mqtt_lock.network.broker.log
        if each.topic == "zigbee2mqtt/bridge/logging"
    ]
    assert any(OTHER in text and "failed" in text for text in logged)
    assert logging.getLogger(OURS).level <= logging.DEBUG
