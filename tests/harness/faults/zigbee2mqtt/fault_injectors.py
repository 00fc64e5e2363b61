"""What faults are made of on the stand-in."""

from collections.abc import Callable
import json
from typing import Any, Final

from simulators.zigbee import Command
from simulators.zigbee.faults import Fault as FrameFault
from simulators.zigbee2mqtt.packets import Publish
from tests.harness.faults.zigbee2mqtt.fault import Zigbee2MqttFaultContext

type Strike = Callable[[Zigbee2MqttFaultContext], object]

ASKS: Final = (Command.GET_PIN,)
STORES: Final = (Command.SET_PIN, Command.CLEAR_PIN)


def well(_: Zigbee2MqttFaultContext) -> None:
    """Nothing is wrong."""


def meeting(fault: FrameFault, *commands: Command, always: bool = False) -> Strike:
    """Let the next command of each name meet a fault, or all of them."""

    def strike(context: Zigbee2MqttFaultContext) -> None:
        for command in commands:
            context.node.faults.add(command, fault, None if always else 1)

    return strike


def until(seconds: float, strike: Strike) -> Strike:
    """Let a fault of the lock be over after so many seconds."""

    def struck(context: Zigbee2MqttFaultContext) -> None:
        strike(context)
        context.at(seconds, context.node.faults.clear)

    return struck


def at(seconds: float, act: Strike) -> Strike:
    """Let something happen in the middle of the scenario."""
    return lambda context: context.at(seconds, lambda: act(context))


def both(*strikes: Strike) -> Strike:
    """Let several things be wrong."""

    def strike(context: Zigbee2MqttFaultContext) -> None:
        for each in strikes:
            each(context)

    return strike


def on_message(
    context: Zigbee2MqttFaultContext, kind: str, then: Callable[[Any], object]
) -> None:
    """Call back for what is sent to the lock about its codes."""

    def on_publish(message: Publish) -> None:
        if is_about_code(context, message, kind):
            then(json.loads(message.payload))

    context.ends.append(context.broker.listen(on_publish))


def is_about_code(
    context: Zigbee2MqttFaultContext, message: Publish, kind: str
) -> bool:
    """Return whether a message is sent to the lock about its codes."""
    topic = f"{context.bridge.base}/{context.front.name}/{kind}"
    return message.topic == topic and b"pin_code" in message.payload
