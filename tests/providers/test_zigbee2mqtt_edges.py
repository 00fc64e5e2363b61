"""What a provider of Zigbee2MQTT says where there is nothing to speak to."""

from dataclasses import replace
from unittest.mock import patch

from homeassistant.components.mqtt.models import DATA_MQTT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.keyholder.model.lock_events import Connected, Disconnected
from custom_components.keyholder.providers.base import (
    IncompatibleLibraryError,
    LockUnreachableError,
    NotSupportedError,
    ScheduleRejectedError,
)
from custom_components.keyholder.providers.registry import async_create_provider
from custom_components.keyholder.providers.zigbee2mqtt import (
    client,
    requests,
    topics,
)
from custom_components.keyholder.providers.zigbee2mqtt.topics import TopicSubscriptions
from tests.harness.networks.zigbee2mqtt import Zigbee2MqttNetwork
from tests.harness.providers.codes import ANNA, PIN, SLOT, expect_no_code_in
from tests.harness.providers.schedules import MORNINGS
from tests.harness.providers.zigbee2mqtt_lock import Zigbee2MqttLock, make_provider
from tests.harness.waiting import wait_for
from tests.providers.connected import is_connected


async def test_without_a_broker_everything_is_out_of_reach_at_once(
    own_zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    provider = own_zigbee2mqtt_lock.provider
    await own_zigbee2mqtt_lock.network.broker.stop()
    await wait_for(lambda: own_zigbee2mqtt_lock.events[-1:] == [Disconnected()])

    # Whatever waited for an answer, or for a subscription, would not come back
    with (
        patch.object(requests, "ANSWER_SECONDS", None),
        patch.object(topics, "CONFIRM_SECONDS", None),
    ):
        for call in (
            provider.async_read([SLOT]),
            provider.async_write(SLOT, ANNA),
            provider.async_clear(SLOT),
        ):
            with pytest.raises(LockUnreachableError) as caught:
                await call
            expect_no_code_in(caught.value)

    assert own_zigbee2mqtt_lock.sent("set") == []


async def test_what_could_not_be_sent_is_not_in_the_error_and_is_not_sent_later(
    hass: HomeAssistant, zigbee2mqtt_network: Zigbee2MqttNetwork
) -> None:
    broker = zigbee2mqtt_network.broker
    await broker.stop()
    await wait_for(lambda: not client.is_connected(hass))

    with pytest.raises(LockUnreachableError) as caught:
        await client.async_publish(hass, "topic", {"pin_code": PIN})

    expect_no_code_in(caught.value)
    await broker.start()
    await zigbee2mqtt_network.wait_until_available()
    await zigbee2mqtt_network.settle()
    assert not [each for each in broker.log if each.topic == "topic"]


async def test_without_mqtt_nothing_can_be_received(hass: HomeAssistant) -> None:
    listener = TopicSubscriptions(hass)
    stop = listener.async_subscribe("topic", lambda _: None)

    with pytest.raises(LockUnreachableError):
        await listener.async_wait_subscribed("topic")

    stop()
    assert not client.is_connected(hass)
    assert client.discovery_of(hass, "lock.front_door") is None
    with pytest.raises(LockUnreachableError):
        await client.async_publish(hass, "topic", {})


async def test_an_integration_that_is_stopped_is_out_of_reach_until_it_runs(
    hass: HomeAssistant, own_zigbee2mqtt_lock: Zigbee2MqttLock
) -> None:
    entry = own_zigbee2mqtt_lock.network.entry
    await hass.config_entries.async_unload(entry.entry_id)

    assert own_zigbee2mqtt_lock.events == [
        Connected(events_missed=True),
        Disconnected(),
    ]
    with pytest.raises(LockUnreachableError):
        await own_zigbee2mqtt_lock.read()
    await hass.config_entries.async_setup(entry.entry_id)
    await own_zigbee2mqtt_lock.network.wait_until_available()
    await wait_for(
        lambda: own_zigbee2mqtt_lock.events[-1] == Connected(events_missed=True)
    )
    own_zigbee2mqtt_lock.node.door.touch()
    await own_zigbee2mqtt_lock.settle()
    assert len(own_zigbee2mqtt_lock.events) == 4


async def test_a_lock_that_is_disabled_or_removed_is_out_of_reach(
    hass: HomeAssistant, own_zigbee2mqtt_lock: Zigbee2MqttLock
) -> None:
    entities = er.async_get(hass)
    entity_id = own_zigbee2mqtt_lock.network.lock_entity().entity_id
    entities.async_update_entity(entity_id, disabled_by=er.RegistryEntryDisabler.USER)
    await wait_for(lambda: own_zigbee2mqtt_lock.events[-1:] == [Disconnected()])
    with pytest.raises(LockUnreachableError):
        await own_zigbee2mqtt_lock.read()

    entities.async_remove(entity_id)
    await hass.async_block_till_done()
    with pytest.raises(LockUnreachableError):
        await own_zigbee2mqtt_lock.read()


async def test_a_bridge_that_never_published_cannot_be_probed(
    zigbee2mqtt_network: Zigbee2MqttNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "custom_components.keyholder.providers.zigbee2mqtt.requests.RETAINED_TIMEOUT",
        0.1,
    )
    zigbee2mqtt_network.broker.retained.pop("zigbee2mqtt/bridge/info")

    with pytest.raises(LockUnreachableError):
        await make_provider(zigbee2mqtt_network)


async def test_limits_are_refused_and_not_to_be_read(
    zigbee2mqtt_lock: Zigbee2MqttLock,
) -> None:
    with pytest.raises(ScheduleRejectedError):
        await zigbee2mqtt_lock.write(replace(ANNA, schedule=MORNINGS))
    with pytest.raises(NotSupportedError):
        await zigbee2mqtt_lock.provider.async_read_schedule(SLOT)

    assert zigbee2mqtt_lock.commands() == []


@pytest.mark.parametrize(
    "change",
    [
        {"availability": []},
        {"availability": "zigbee2mqtt/bridge/state"},
        {"availability": [{"topic": "zigbee2mqtt/bridge"}, None]},
        {"state_topic": None},
        {"state_topic": "elsewhere/Front door"},
        {"command_topic": "zigbee2mqtt/Front door"},
        {"command_topic": "zigbee2mqtt/Back door/set"},
    ],
)
async def test_a_discovery_of_another_form_is_refused(
    zigbee2mqtt_lock: Zigbee2MqttLock,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, object],
) -> None:
    found = client.discovery_of(
        zigbee2mqtt_lock.network.hass,
        zigbee2mqtt_lock.network.lock_entity().entity_id,
    )
    assert found is not None
    monkeypatch.setattr(
        "custom_components.keyholder.providers.zigbee2mqtt.reference.discovery_of",
        lambda *_: {**found, **change},
    )

    with pytest.raises(NotSupportedError):
        await zigbee2mqtt_lock.provider.async_probe()
    assert not is_connected(zigbee2mqtt_lock.provider)


async def test_an_integration_without_discoveries_is_incompatible(
    hass: HomeAssistant,
    zigbee2mqtt_network: Zigbee2MqttNetwork,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entity = zigbee2mqtt_network.lock_entity()
    data = hass.data[DATA_MQTT]
    monkeypatch.setitem(data.debug_info_entities, entity.entity_id, {})
    provider = await async_create_provider(hass, entity)
    events: list[object] = []

    unsubscribe = provider.subscribe(events.append)

    assert events == [Connected(events_missed=True)]
    with pytest.raises(IncompatibleLibraryError):
        await provider.async_probe()
    unsubscribe()
