"""The faults that a Matter lock and its server can have."""

from collections.abc import Iterator, Mapping
from typing import Final

from simulators.matter.faults import (
    Fault as CommandFault,
    answer_lost,
    answered,
    applied_then_refused,
    command_lost,
    connection_closed,
    refused,
    silently_dropped,
    slow,
)
from simulators.matter.terms import ClusterStatus, Status
from tests.harness.faults.fault_scenario import FIRST_PIN, FOUR, UserChange
from tests.harness.faults.matter import fault_injectors
from tests.harness.faults.matter.scenario import Fault
from tests.harness.faults.site_scenario import UNPROVEN

_WRITE, _CHANGE, _CLEAR, _REST = FOUR
_STORING: Final = (_WRITE, _CHANGE)
_CLEARING: Final = (_CHANGE, _CLEAR)
_EACH: Final = (_WRITE, _CHANGE, _CLEAR)
_CODE: Final = ("SetCredential", "ClearCredential")
_USER: Final = ("SetUser", "ClearUser")
_ABORTED: Final = 11.6  # seconds until a server gives up an answer, as measured
_GONE: Final = 14.5  # seconds until it gives up a lock
_BACK: Final = 4  # reads of a slot after its lock was away: reports are lost
_RENEWED: Final = 105  # seconds until it renews a dead subscription

_COMMANDS: Final[Mapping[str, tuple[str, tuple[UserChange, ...]]]] = {
    "SetUser": ("making the user", _STORING),
    "SetCredential": ("writing the code", _STORING),
    "ClearCredential": ("clearing the code", _CLEARING),
    "ClearUser": ("removing the user", _CLEARING),
    "GetCredentialStatus": ("asking for the slot", _EACH),
    "GetUser": ("asking for the user", _EACH),
}
_STATUSES: Final[Mapping[str, Status]] = {
    "failure": Status.FAILURE,
    "busy": Status.BUSY,
    "invalid command": Status.INVALID_COMMAND,
    "not found": Status.NOT_FOUND,
    "time-out": Status.TIMEOUT,
    "constraint error": Status.CONSTRAINT_ERROR,
    "resource exhausted": Status.RESOURCE_EXHAUSTED,
}
_FINAL: Final = {
    "constraint error": "suspended (rejected)",
    "resource exhausted": "suspended (lock_full)",
    "duplicate": "suspended (duplicate)",
    "occupied": "suspended (occupied)",
}


_TELLS_APART: Final = frozenset({"busy", "invalid command", "time-out", *_FINAL})
"""What is in the table. All others end as `invalid command` does."""


def _refusals(*, in_table: bool) -> Iterator[Fault]:
    """Every status to every command, once and always."""
    for command, (words, doings) in _COMMANDS.items():
        for always in (False, True):
            for said, fault in _refused(command).items():
                final = _stores(command) and said in _FINAL
                if (said in _table_of(command)) is not in_table or (final and always):
                    continue
                yield Fault(
                    f"{words} is refused{'' if always else ', once'}",
                    fault_injectors.meeting(fault, command, always=always),
                    changes=doings,
                    ends=_ends(command, said, always=always),
                    at_most=_at_most(command, said, always=always),
                    said=said,
                )


def _table_of(command: str) -> frozenset[str]:
    return _TELLS_APART if _stores(command) else _TELLS_APART - _FINAL.keys()


def _stores(command: str) -> bool:
    return command in ("SetUser", "SetCredential")


def _refused(command: str) -> Mapping[str, CommandFault]:
    refusals = {said: refused(status) for said, status in _STATUSES.items()}
    if command == "SetUser":
        return refusals | {"occupied": refused(Status.FAILURE, ClusterStatus.OCCUPIED)}
    if command != "SetCredential":
        return refusals
    # the lock says these in an answer; of a time-out, only the server knows
    statuses: dict[str, int] = {
        **{said: status for said, status in _STATUSES.items() if said != "time-out"},
        "duplicate": ClusterStatus.DUPLICATE,
        "occupied": ClusterStatus.OCCUPIED,
    }
    return refusals | {
        said: answered(status=int(status), userIndex=None, nextCredentialIndex=None)
        for said, status in statuses.items()
    }


def _ends(command: str, said: str, *, always: bool) -> str | dict[UserChange, str]:
    if _stores(command) and said in _FINAL:
        return _FINAL[said]
    if not always:
        return ""
    reason = "lock_busy" if said == "busy" else "lock_refuses"
    not_stored = UNPROVEN if said == "time-out" else f"suspended ({reason})"
    match command:
        case "SetUser" | "SetCredential":
            return not_stored
        case "ClearCredential":
            return {_CHANGE: not_stored, _CLEAR: UNPROVEN}
        case "ClearUser":
            # nobody has a code by it; but no other user can be made in its place
            return {_CHANGE: not_stored}
        case "GetUser":
            return {_WRITE: UNPROVEN, _CHANGE: not_stored}
    return UNPROVEN


def _at_most(command: str, said: str, *, always: bool) -> int:
    if _stores(command) and said in _FINAL:
        return 10
    if not always:
        return 27
    return 80 if command == "ClearCredential" else 42


_ANSWERS: Final = (
    Fault(
        "every answer takes 4 s",
        fault_injectors.meeting(slow(4), "*", always=True),
        at_most=9,
    ),
    Fault(
        "every answer takes 20 s",
        fault_injectors.meeting(slow(20), "*", always=True),
        at_most=9,
    ),
    Fault(
        "one answer takes 3 minutes",
        fault_injectors.meeting(slow(180), *_CODE),
        at_most=22,
    ),
    *(
        Fault(
            f"{words}, {what}",
            fault_injectors.meeting(fault, *commands),
            at_most=30,
            closes=fault.closes,
            others=_BACK if fault.closes else 0,
        )
        for words, commands in (
            ("write or clear of the code", _CODE),
            ("write or clear of the user", _USER),
        )
        for what, fault in (
            ("done, then an error", applied_then_refused()),
            ("done, the answer lost", answer_lost(_ABORTED)),
            ("lost on the way", command_lost(_GONE)),
            ("said to be done, and not", silently_dropped()),
            ("done, and the connection ends", connection_closed(applied=True)),
            (
                "done, the connection ends, never told",
                connection_closed(applied=True, reported=False),
            ),
            ("not done, and the connection ends", connection_closed(applied=False)),
        )
    ),
    Fault(
        "the first command is lost",
        fault_injectors.meeting(command_lost(_GONE), "*"),
        at_most=20,
    ),
    Fault(
        "the connection ends in the first question",
        fault_injectors.meeting(
            connection_closed(applied=False), "GetCredentialStatus"
        ),
        at_most=24,
        closes=True,
        others=_BACK,
    ),
)
_NEVER_DONE: Final = (
    Fault(
        "every write and clear said to be done, and not",
        fault_injectors.meeting(silently_dropped(), *_CODE, *_USER, always=True),
        ends={
            _WRITE: "suspended (not_stored)",
            _CHANGE: "suspended (not_stored)",
            _CLEAR: UNPROVEN,
        },
        at_most=90,
    ),
    Fault(
        "every write and clear is lost on the way",
        fault_injectors.meeting(command_lost(_GONE), *_CODE, *_USER, always=True),
        ends=UNPROVEN,
        at_most=36,
    ),
    Fault(
        "every write and clear of the code ends the connection",
        fault_injectors.meeting(connection_closed(applied=False), *_CODE, always=True),
        ends=UNPROVEN,
        at_most=90,
        closes=True,
        others=_BACK,
    ),
)
_WAYS: Final = (
    Fault(
        "reports come 3 s after the answers", fault_injectors.reports_late, at_most=9
    ),
    Fault(
        "the subscription is dead for 105 s",
        fault_injectors.muted(_RENEWED),
        changes=(*_EACH, _REST),
        at_most=9,
    ),
    Fault(
        "the lock reboots, reports come 83 s later",
        fault_injectors.rebooted,
        changes=(*_EACH, _REST),
        at_most=26,
        others=_BACK,
    ),
    Fault("the lock is out of reach for 2 minutes", fault_injectors.out_of_reach(120)),
    Fault(
        "the node is unavailable for 2 minutes",
        fault_injectors.unavailable(120),
        at_most=18,
        others=_BACK,
    ),
    Fault(
        "the server is away for a minute",
        fault_injectors.server_away(60),
        changes=(*_EACH, _REST),
        others=_BACK,
        elsewhere=_BACK,
        lasts=3600,
    ),
    Fault(
        "the server is away for a minute, and shows the past after it",
        fault_injectors.server_away(60, stale=True),
        changes=(*_EACH, _REST),
        others=_BACK,
        elsewhere=_BACK,
        lasts=3600,
    ),
)
_OCCUPIED: Final = "suspended (occupied)"
_OTHERS: Final = (
    Fault(
        "the PIN is in another slot",
        fault_injectors.has_the_code_elsewhere(FIRST_PIN),
        changes=(_WRITE,),
        ends="suspended (duplicate)",
        at_most=6,
    ),
    Fault(
        "every user of the lock is taken",
        fault_injectors.fills_the_lock,
        changes=(_WRITE,),
        ends="suspended (lock_full)",
        at_most=25,
        others=2,
    ),
    Fault(
        "another home takes the slot first",
        fault_injectors.takes_the_slot,
        changes=(_WRITE,),
        ends=_OCCUPIED,
        at_most=6,
    ),
    *(
        Fault(
            f"{what}, told",
            fault_injectors.at(30, act),
            changes=(_REST,),
            ends=ends,
            others=others,
            resets=bool(others),
        )
        for what, act, ends, others in (
            (
                "the code is deleted at the lock",
                fault_injectors.deletes_the_code,
                "",
                0,
            ),
            (
                "the user is deleted at the lock",
                fault_injectors.deletes_the_user,
                "",
                0,
            ),
            (
                "the code is changed at the lock",
                fault_injectors.changes_the_code,
                "",
                0,
            ),
            (
                "another home switches the user off",
                fault_injectors.switches_the_user_off,
                "",
                0,
            ),
            (
                "another home replaces the code",
                fault_injectors.replaces_the_code,
                _OCCUPIED,
                0,
            ),
            ("the lock is reset", fault_injectors.resets_the_lock, "", 6),
        )
    ),
    *(
        Fault(
            f"{what}, while the subscription is dead",
            fault_injectors.muted(_RENEWED, act),
            changes=(_REST,),
            ends=ends,
            hidden=True,
        )
        for what, act, ends in (
            ("the code is deleted at the lock", fault_injectors.deletes_the_code, ""),
            ("the code is changed at the lock", fault_injectors.changes_the_code, ""),
            (
                "another home replaces the code",
                fault_injectors.replaces_the_code,
                _OCCUPIED,
            ),
        )
    ),
    *(
        Fault(
            f"{what}, while the node is unavailable",
            fault_injectors.unavailable(60, act),
            changes=(_REST,),
            ends=ends,
            hidden=True,
            others=_BACK,
            lasts=3600,
        )
        for what, act, ends in (
            ("the code is deleted at the lock", fault_injectors.deletes_the_code, ""),
            (
                "another home replaces the code",
                fault_injectors.replaces_the_code,
                _OCCUPIED,
            ),
        )
    ),
    *(
        Fault(
            f"{what}, while the server is away",
            fault_injectors.server_away(60, act),
            changes=(_REST,),
            ends=ends,
            hidden=True,
            others=_BACK,
            elsewhere=_BACK,
            lasts=3600,
        )
        for what, act, ends in (
            ("the code is deleted at the lock", fault_injectors.deletes_the_code, ""),
            (
                "another home switches the user off",
                fault_injectors.switches_the_user_off,
                "",
            ),
            (
                "another home replaces the code",
                fault_injectors.replaces_the_code,
                _OCCUPIED,
            ),
        )
    ),
)
NO_FAULT: Final = Fault(
    "none", fault_injectors.well, changes=(*_EACH, _REST), at_most=9
)
FAULTS: Final = (
    NO_FAULT,
    *_refusals(in_table=True),
    *_ANSWERS,
    *_NEVER_DONE,
    *_WAYS,
    *_OTHERS,
)
MORE: Final = tuple(_refusals(in_table=False))
"""Statuses that mean the same as one in `FAULTS`."""
