"""How faults are made on the fake server, and what others do to the lock meanwhile."""

from base64 import b64encode
from collections.abc import Callable
from typing import Final

from simulators.matter import AT_THE_LOCK, FOREIGN, events, invoke
from simulators.matter.faults import Fault as CommandFault, command_lost
from simulators.matter.terms import LockData, OperationType, UserStatus
from tests.harness.faults.fault_scenario import OURS
from tests.harness.faults.matter.scenario import MatterFaultContext

type Strike = Callable[[MatterFaultContext], object]

EXTERNAL_PIN: Final = "906677"
EXTERNAL_USER: Final = 5
_PIN: Final = 1
_REBOOT_SECONDS: Final = 83
"""From a reboot to the first event after it, as measured."""


def well(_: MatterFaultContext) -> None:
    """Nothing is wrong."""


def meeting(fault: CommandFault, *commands: str, always: bool = False) -> Strike:
    """Let the next command of each name meet a fault, or all of them."""

    def strike(context: MatterFaultContext) -> None:
        for command in commands:
            context.front.faults.add(command, fault, None if always else 1)

    return strike


def at(seconds: float, act: Strike) -> Strike:
    """Let something happen in the middle of the scenario."""
    return lambda context: context.at(seconds, lambda: act(context))


def muted(until: float, act: Strike = well) -> Strike:
    """Let the subscription be dead so long; something happens in between."""

    def strike(context: MatterFaultContext) -> None:
        context.front.drop_subscription()
        context.at(until / 2, lambda: act(context))
        context.at(until, context.front.restore_subscription)

    return strike


def rebooted(context: MatterFaultContext) -> None:
    """Cut the lock's power for a moment: the first command is lost, reports come late."""
    context.front.reboot()
    context.front.faults.add("*", command_lost(14.5))
    context.at(_REBOOT_SECONDS, context.front.restore_subscription)


def out_of_reach(until: float) -> Strike:
    """Let nothing get through so long, while the server believes that all is well."""

    def strike(context: MatterFaultContext) -> None:
        context.front.reachable = False
        context.front.drop_subscription()
        context.at(until, lambda: setattr(context.front, "reachable", True))
        context.at(until, context.front.restore_subscription)

    return strike


def unavailable(until: float, act: Strike = well) -> Strike:
    """Let the server know that the lock is gone, and read it again when it is back."""

    def strike(context: MatterFaultContext) -> None:
        context.front.set_available(False)
        context.at(until / 2, lambda: act(context))
        context.at(until, lambda: context.front.set_available(True))

    return strike


def server_away(until: float, act: Strike = well, *, stale: bool = False) -> Strike:
    """Stop the server in the middle of things, and start it again."""

    def strike(context: MatterFaultContext) -> None:
        context.at(0.05, lambda: context.server.stop(keep_stale=stale))
        context.at(until / 2, lambda: act(context))
        context.at(until, context.server.start)

    return strike


def reports_late(context: MatterFaultContext) -> None:
    """Let reports come three seconds after the answers."""
    context.server.report_delay = 3


# What others do


def deletes_the_code(context: MatterFaultContext) -> None:
    """Somebody deletes the PIN at the lock."""
    context.front.door.delete_pin(OURS)


def deletes_the_user(context: MatterFaultContext) -> None:
    """Somebody deletes the user at the lock."""
    context.front.door.delete_user(OURS)


def changes_the_code(context: MatterFaultContext) -> None:
    """Somebody programs another PIN at the lock."""
    lock = context.front.lock
    lock.memory.credentials[_PIN, OURS].data = EXTERNAL_PIN.encode()
    now = lock.clock.milliseconds()
    lock.emit(
        events.user_change(
            LockData.PIN,
            OperationType.MODIFY,
            AT_THE_LOCK,
            now,
            user=lock.memory.credentials[_PIN, OURS].user,
            index=OURS,
        )
    )


def switches_the_user_off(context: MatterFaultContext) -> None:
    """Another home switches our user off."""
    _set_user(context, OURS, OperationType.MODIFY, None, UserStatus.DISABLED)


def switches_the_user_on(context: MatterFaultContext) -> None:
    """Another home switches our user on."""
    _set_user(context, OURS, OperationType.MODIFY, None, UserStatus.ENABLED)


def takes_the_slot(context: MatterFaultContext) -> None:
    """Another home puts a code of its own into our slot."""
    _set_user(context, EXTERNAL_USER, OperationType.ADD, "Eve", UserStatus.ENABLED)
    answer = invoke(
        context.front.lock,
        "SetCredential",
        {
            "operationType": int(OperationType.ADD),
            "credential": {"credentialType": _PIN, "credentialIndex": OURS},
            "credentialData": b64encode(EXTERNAL_PIN.encode()).decode(),
            "userIndex": EXTERNAL_USER,
            "userStatus": None,
            "userType": None,
        },
        FOREIGN,
    )
    assert answer is not None
    assert answer["status"] == 0


def replaces_the_code(context: MatterFaultContext) -> None:
    """Another home removes our user, and puts a code of its own into the slot."""
    invoke(context.front.lock, "ClearUser", {"userIndex": OURS}, FOREIGN)
    takes_the_slot(context)


def resets_the_lock(context: MatterFaultContext) -> None:
    """Somebody takes the lock back to factory settings."""
    context.front.door.factory_reset()


def fills_the_lock(context: MatterFaultContext) -> None:
    """Others take every number that a user can have, and never give one back."""
    for index in range(1, context.front.lock.limits.users + 1):
        if index not in context.front.lock.memory.users:
            _set_user(context, index, OperationType.ADD, "Eve", UserStatus.ENABLED)


def has_the_code_elsewhere(pin: str) -> Strike:
    """Somebody has the very PIN in another slot."""

    def strike(context: MatterFaultContext) -> None:
        answer = context.front.door.program(pin, 7, 7)
        assert answer.status == 0

    return strike


def _set_user(
    context: MatterFaultContext,
    index: int,
    operation: OperationType,
    name: str | None,
    status: UserStatus,
) -> None:
    invoke(
        context.front.lock,
        "SetUser",
        {
            "operationType": int(operation),
            "userIndex": index,
            "userName": name,
            "userUniqueID": None,
            "userStatus": int(status),
            "userType": None if operation is OperationType.MODIFY else 0,
            "credentialRule": None if operation is OperationType.MODIFY else 0,
        },
        FOREIGN,
    )
