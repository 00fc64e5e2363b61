"""How a lock goes wrong, and what others do to it meanwhile."""

from dataclasses import replace
from typing import Any, Final

from simulators.zigbee import Command, Presence, Stored
from simulators.zigbee.faults import refused, silently_dropped
from simulators.zigbee.memory import Code
from simulators.zigbee.node import Sleep
from simulators.zigbee.terms import UserStatus, UserType
from tests.harness.faults.fault_scenario import OTHER, OURS
from tests.harness.faults.zigbee2mqtt.fault import Zigbee2MqttFaultContext
from tests.harness.faults.zigbee2mqtt.fault_injectors import (
    STORES,
    Strike,
    both,
    meeting,
    on_message,
    well,
)

EXTERNAL_PIN: Final = "906677"


def trait(**traits: Any) -> Strike:
    """Let the lock have other habits."""

    def strike(context: Zigbee2MqttFaultContext) -> None:
        for name, value in traits.items():
            setattr(context.node.lock.traits, name, value)

    return strike


def slow(seconds: float) -> Strike:
    """Let every answer of the lock take so long."""

    def strike(context: Zigbee2MqttFaultContext) -> None:
        context.node.delays.answer = seconds

    return strike


def sleeps(every: float) -> Strike:
    """Let the lock listen only every so many seconds."""

    def strike(context: Zigbee2MqttFaultContext) -> None:
        context.node.sleep = Sleep(every, stays_awake=1)

    return strike


def commits_late(seconds: float) -> Strike:
    """Let the lock say that it is done, and do it so much later."""

    def strike(context: Zigbee2MqttFaultContext) -> None:
        meeting(silently_dropped(reported=False), *STORES, always=True)(context)

        def on_set(content: Any) -> None:
            context.at(seconds, lambda: _carry_out(context, content))

        on_message(context, "set", on_set)

    return strike


def garbles(status: int) -> Strike:
    """Let the slot have a status without a meaning for a while."""

    def strike(context: Zigbee2MqttFaultContext) -> None:
        code = context.node.lock.memory.pins[OURS]
        code.status = status
        context.at(60, lambda: setattr(code, "status", UserStatus.ENABLED))

    return strike


def unavailable(seconds: float, act: Strike = well) -> Strike:
    """Let the lock be away so long, which Zigbee2MQTT notices."""

    def strike(context: Zigbee2MqttFaultContext) -> None:
        context.node.presence = Presence.UNREACHABLE
        context.bridge.set_availability(context.front, available=False)
        context.at(seconds / 2, lambda: act(context))

        def come_back() -> None:
            context.node.presence = Presence.ONLINE
            context.bridge.set_availability(context.front, available=True)

        context.at(seconds, come_back)

    return strike


def out_of_reach(seconds: float, presence: Presence) -> Strike:
    """Let the lock hear nothing so long, while all believe that it is there."""

    def strike(context: Zigbee2MqttFaultContext) -> None:
        context.node.presence = presence
        context.at(seconds, lambda: setattr(context.node, "presence", Presence.ONLINE))

    return strike


def programs(context: Zigbee2MqttFaultContext) -> None:
    """Somebody programs another PIN into our slot at the lock."""
    assert context.node.door.program(OURS, EXTERNAL_PIN) is Stored.SUCCESS


def deletes(context: Zigbee2MqttFaultContext) -> None:
    """Somebody deletes our PIN at the lock."""
    context.node.door.delete_pin(OURS)


def deletes_all(context: Zigbee2MqttFaultContext) -> None:
    """Somebody deletes every PIN at the lock."""
    context.node.door.delete_all_pins()


def switches_off(context: Zigbee2MqttFaultContext) -> None:
    """Somebody switches our code off."""
    pins = context.node.lock.memory.pins
    pins[OURS] = replace(pins[OURS], status=UserStatus.DISABLED)


def unheard(act: Strike) -> Strike:
    """Let something be done that the lock does not report."""
    return both(trait(reports_programming=False), act)


def has_the_code_elsewhere(pin: str) -> Strike:
    """Somebody has the very PIN in another slot."""

    def strike(context: Zigbee2MqttFaultContext) -> None:
        assert context.node.door.program(7, pin) is Stored.SUCCESS

    return strike


def fills_the_lock(context: Zigbee2MqttFaultContext) -> None:
    """Let the lock have no room for another code."""
    meeting(refused(Stored.MEMORY_FULL), Command.SET_PIN, always=True)(context)


def crowds(context: Zigbee2MqttFaultContext) -> None:
    """Let others have a code in every slot that there is."""
    for user in range(1, 20):
        if user not in context.node.pins():
            assert context.node.door.program(user, f"9050{user:02}") is Stored.SUCCESS


def unlocks(*seconds: float) -> Strike:
    """Let somebody use the keypad at these times, with a code that is not ours."""

    def strike(context: Zigbee2MqttFaultContext) -> None:
        pin = context.node.pins()[OTHER]
        for each in seconds:
            context.at(each, lambda: context.node.door.enter(pin))

    return strike


def _carry_out(context: Zigbee2MqttFaultContext, content: Any) -> None:
    about, pins = content["pin_code"], context.node.lock.memory.pins
    if about["pin_code"] is None:
        pins.pop(about["user"], None)
        return
    code = about["pin_code"].encode()
    pins[about["user"]] = Code(UserStatus.ENABLED, UserType.UNRESTRICTED, code)
