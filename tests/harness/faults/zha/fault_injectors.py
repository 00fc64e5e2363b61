"""How faults are made on a simulated Zigbee network, and what others do meanwhile."""

from collections.abc import Callable
from typing import Any, Final

from simulators.zigbee import Command, LockNode, Presence, Sleep
from simulators.zigbee.faults import Fault as FrameFault, request_lost, slow
from simulators.zigbee.terms import Attribute
from tests.harness.faults.fault_scenario import OURS
from tests.harness.faults.zha.scenario import ZhaFaultContext

type Strike = Callable[[ZhaFaultContext], object]
type Act = Callable[[ZhaFaultContext], Any]

EXTERNAL_PIN: Final = "906677"
_ELSEWHERE: Final = 7
_MIDDLE: Final = 0.3
"""Seconds from when a command is sent to what breaks in on it."""


def well(_: ZhaFaultContext) -> None:
    """Nothing is wrong."""


def meeting(fault: FrameFault, *commands: Command, count: int | None = 1) -> Strike:
    """Let the next commands of each kind meet a fault, or with None all of them."""

    def strike(context: ZhaFaultContext) -> None:
        for command in commands:
            context.front.faults.add(command, fault, count)

    return strike


def at(seconds: float, act: Act) -> Strike:
    """Let something happen in the middle of the scenario."""
    return lambda context: context.at(seconds, lambda: act(context))


def and_then_switched_off(seconds: float, strike: Strike) -> Strike:
    """Let the person be switched off so soon after the fault has struck."""

    def then(context: ZhaFaultContext) -> None:
        strike(context)
        ann = context.instance.site.person("Ann")
        context.at(seconds, lambda: ann.switch(on=False))

    return then


def in_the_middle(act: Act, *, done: bool) -> Strike:
    """Let something break in on the first write and the first clear.

    The lock has done it, and has not answered yet; or it never got it.
    """

    def strike(context: ZhaFaultContext) -> None:
        for command in (Command.SET_PIN, Command.CLEAR_PIN):
            context.front.faults.add(command, slow(2) if done else request_lost())
            context.wire.when(
                context.front,
                command,
                lambda: context.at(_MIDDLE, lambda: act(context)),
            )

    return strike


def gone(presence: Presence, until: float, act: Act = well) -> Strike:
    """Let nobody answer so long; something happens in between."""

    def strike(context: ZhaFaultContext) -> None:
        context.front.presence = presence
        context.at(until / 2, lambda: act(context))
        context.at(until, lambda: setattr(context.front, "presence", Presence.ONLINE))

    return strike


def asleep(until: float) -> Strike:
    """Let it sleep so deeply for a time that its parent drops what is for it."""

    def strike(context: ZhaFaultContext) -> None:
        usual = context.front.sleep
        context.front.sleep = Sleep(every=1e6, stays_awake=0)
        context.at(until, lambda: setattr(context.front, "sleep", usual))

    return strike


def thought_away(context: ZhaFaultContext) -> None:
    """Let ZHA think that the lock is not there."""
    context.device.update_available(False)


def stick_away(until: float, act: Act = well) -> Strike:
    """Pull the stick as things begin, and put it back."""

    def strike(context: ZhaFaultContext) -> None:
        pulls_the_stick(context)
        context.at(until / 2, lambda: act(context))
        context.at(until, context.instance.mesh.plug)

    return strike


def not_started(until: float, act: Act = well) -> Strike:
    """Have ZHA not loaded as things begin."""

    def strike(context: ZhaFaultContext) -> None:
        entries, zha = (
            context.instance.hass.config_entries,
            context.instance.network.entry,
        )
        context.at(0, lambda: entries.async_unload(zha.entry_id))
        context.at(until / 2, lambda: act(context))
        context.at(until, lambda: entries.async_setup(zha.entry_id))

    return strike


def masks_from_now_on(context: ZhaFaultContext) -> None:
    """Let it not show its codes any more."""
    context.front.lock.traits.shows_codes = False


# What breaks in


def pulls_the_stick(context: ZhaFaultContext) -> None:
    """Somebody pulls the stick."""
    context.instance.mesh.unplug()


def pulls_it_for_a_moment(context: ZhaFaultContext) -> None:
    """Somebody pulls the stick, and puts it back after 20 s."""
    context.instance.mesh.unplug()
    context.at(20, context.instance.mesh.plug)


async def reloads(context: ZhaFaultContext) -> None:
    """Somebody reloads ZHA."""
    entries, zha = context.instance.hass.config_entries, context.instance.network.entry
    await entries.async_reload(zha.entry_id)


async def interviews(context: ZhaFaultContext) -> None:
    """Somebody has the lock interviewed again."""
    device = context.instance.network.zigpy_device(context.front)
    await device.application.reinterview_device(device.ieee)


def comes_back(context: ZhaFaultContext) -> None:
    """The lock announces itself, as after a change of its battery."""
    context.front.join()


# What others do at the keypad


def deletes_the_code(context: ZhaFaultContext) -> None:
    """Somebody deletes our code."""
    context.front.door.delete_pin(OURS)


def deletes_all_codes(context: ZhaFaultContext) -> None:
    """Somebody deletes every code."""
    context.front.door.delete_all_pins()


def changes_the_code(context: ZhaFaultContext) -> None:
    """Somebody programs another PIN into our slot."""
    assert context.front.door.program(OURS, EXTERNAL_PIN) == 0


def resets_the_lock(context: ZhaFaultContext) -> None:
    """Somebody takes the lock back to factory settings."""
    context.front.door.factory_reset()


def has_the_code_elsewhere(pin: str) -> Strike:
    """Somebody has the very PIN in another slot."""

    def strike(context: ZhaFaultContext) -> None:
        assert context.front.door.program(_ELSEWHERE, pin) == 0

    return strike


# Habits


def tells_no_programming(node: LockNode) -> None:
    """What is done at the keypad is not reported, whatever the masks of its events say."""
    node.lock.traits.reports_programming = False


def calls_its_own_a_duplicate(node: LockNode) -> None:
    """The code that a user has already is refused as a duplicate for that user."""
    node.lock.traits.refuses_own_duplicate = True


def tells_everything_thrice(node: LockNode) -> None:
    """The same notification is sent three times."""
    node.lock.traits.notification_copies = 3


def does_not_say_that_it_masks(node: LockNode) -> None:
    """The attribute that tells whether codes are sent is missing."""
    attributes = frozenset({Attribute.SEND_PIN_OVER_THE_AIR})
    node.lock.traits.hidden_attributes = attributes


def tells_codes(node: LockNode) -> None:
    """Notifications carry the code."""
    node.lock.traits.reports_pins = True
