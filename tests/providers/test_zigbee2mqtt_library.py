"""What the MQTT integration may lack, by the words in which that is reported."""

from collections.abc import Callable
from unittest.mock import patch

from homeassistant.components.mqtt import client, discovery
from homeassistant.components.mqtt.models import MqttData
from homeassistant.core import HomeAssistant
import pytest

from custom_components.keyholder.providers.base import (
    IncompatibleLibraryError,
    LockUnreachableError,
)
from custom_components.keyholder.providers.zigbee2mqtt import (
    check_library,
    topics as topic_module,
)
from custom_components.keyholder.providers.zigbee2mqtt.topics import TopicSubscriptions

SUBSCRIBED = "async_on_subscribe_done"


def with_fewer_arguments(patches: pytest.MonkeyPatch) -> None:
    patches.setattr(client, SUBSCRIBED, lambda _hass, _topic: None)


def with_a_value(patches: pytest.MonkeyPatch) -> None:
    patches.setattr(client, SUBSCRIBED, None)


def without_the_function(patches: pytest.MonkeyPatch) -> None:
    patches.delattr(client, SUBSCRIBED)


def without_the_signal(patches: pytest.MonkeyPatch) -> None:
    patches.delattr(discovery, "MQTT_DISCOVERY_UPDATED")


def without_discoveries(patches: pytest.MonkeyPatch) -> None:
    patches.delitem(MqttData.__dataclass_fields__, "debug_info_entities")


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (with_fewer_arguments, r"async_on_subscribe_done\(\)"),
        (with_a_value, r"async_on_subscribe_done\(\)"),
        (without_the_function, r"async_on_subscribe_done\(\)"),
        (without_the_signal, "MQTT_DISCOVERY_UPDATED"),
        (without_discoveries, "debug_info_entities"),
    ],
)
def test_an_incompatible_integration_is_named_with_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[pytest.MonkeyPatch], None],
    missing: str,
) -> None:
    check_library()
    change(monkeypatch)
    with pytest.raises(IncompatibleLibraryError, match=f": {missing}$"):
        check_library()


async def test_a_broker_that_confirms_no_subscription_is_out_of_reach(
    hass: HomeAssistant,
) -> None:
    stopped: list[str] = []

    async def subscribe(
        _hass: HomeAssistant, topic: str, _on_message: object
    ) -> object:
        return lambda: stopped.append(topic)

    with (
        patch.object(topic_module, "CONFIRM_SECONDS", 0.01),
        patch.object(topic_module, "is_connected", return_value=True),
        patch.object(topic_module, "async_subscribe", subscribe),
        patch.object(topic_module, "async_on_confirmed", return_value=lambda: None),
        patch.object(topic_module, "async_on_connection", return_value=lambda: None),
        pytest.raises(LockUnreachableError, match="confirms no subscription"),
    ):
        async with TopicSubscriptions(hass).async_subscribed("house"):
            pytest.fail("it is not in force")

    assert stopped == ["house"]
