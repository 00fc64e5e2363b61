"""The faults that a Matter lock can have while a code is switched off and on."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from simulators.matter.faults import (
    answer_lost,
    applied_then_refused,
    command_lost,
    connection_closed,
    refused,
    silently_dropped,
    slow,
)
from simulators.matter.terms import Status
from tests.harness.faults.fault_scenario import UserChange
from tests.harness.faults.matter import fault_injectors
from tests.harness.faults.matter.scenario import Fault
from tests.harness.faults.site_scenario import UNPROVEN

_BOTH: Final = (UserChange.CLOSE, UserChange.OPEN)
_ALL: Final = (*_BOTH, UserChange.OFF)
_ABORTED: Final = 11.6
"""Seconds after which a server gives up an answer, as measured."""
_GONE: Final = 14.5
"""Seconds after which it gives up a lock."""
_BACK: Final = 4
"""Questions about a slot after its lock was away: its reports of that time are lost."""
_RENEWED: Final = 105
"""Seconds after which it renews a dead subscription."""
_STATUSES: Final[Mapping[str, Status]] = {
    "busy": Status.BUSY,
    "invalid command": Status.INVALID_COMMAND,
    "time-out": Status.TIMEOUT,
    "constraint error": Status.CONSTRAINT_ERROR,
}


def _refusals() -> Iterator[Fault]:
    for command, words in (
        ("SetUser", "switching the user"),
        ("GetUser", "asking for the user"),
        ("GetCredentialStatus", "asking for the slot"),
    ):
        for always in (False, True):
            for said, status in _STATUSES.items():
                yield Fault(
                    f"{words} is refused{'' if always else ', once'}",
                    fault_injectors.meeting(refused(status), command, always=always),
                    changes=_BOTH,
                    ends=_ends(command, said) if always else "",
                    at_most=42 if always else 27,
                    said=said,
                )


def _ends(command: str, said: str) -> str | dict[UserChange, str]:
    if command == "GetCredentialStatus":
        return UNPROVEN
    if said == "time-out" or command == "GetUser":
        return {UserChange.OPEN: UNPROVEN}
    reasons = {"busy": "lock_busy", "constraint error": "rejected"}
    return {UserChange.OPEN: f"suspended ({reasons.get(said, 'lock_refuses')})"}


_ANSWERS: Final = (
    Fault(
        "every answer takes 4 s",
        fault_injectors.meeting(slow(4), "*", always=True),
        changes=_BOTH,
        at_most=9,
    ),
    Fault(
        "one switch takes 3 minutes",
        fault_injectors.meeting(slow(180), "SetUser"),
        changes=_BOTH,
        at_most=22,
    ),
    *(
        Fault(
            f"the switch is {what}",
            fault_injectors.meeting(fault, "SetUser"),
            changes=_BOTH,
            at_most=30,
            closes=fault.closes,
            others=_BACK if fault.closes else 0,
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
        "every switch is said to be done, and not",
        fault_injectors.meeting(silently_dropped(), "SetUser", always=True),
        changes=_BOTH,
        ends={UserChange.OPEN: "suspended (lock_refuses)"},
        at_most=42,
    ),
)
_WAYS: Final = (
    Fault(
        "reports come 3 s after the answers",
        fault_injectors.reports_late,
        changes=_BOTH,
        at_most=9,
    ),
    Fault(
        "the subscription is dead for 105 s",
        fault_injectors.muted(_RENEWED),
        changes=_ALL,
        at_most=9,
    ),
    Fault(
        "the lock reboots, reports come 83 s later",
        fault_injectors.rebooted,
        changes=_ALL,
        at_most=26,
        others=_BACK,
    ),
    Fault(
        "the lock is out of reach for 2 minutes",
        fault_injectors.out_of_reach(120),
        changes=_BOTH,
    ),
    Fault(
        "the node is unavailable for 2 minutes",
        fault_injectors.unavailable(120),
        changes=_BOTH,
        at_most=18,
        others=_BACK,
    ),
    Fault(
        "the server is away for a minute",
        fault_injectors.server_away(60),
        changes=_ALL,
        others=_BACK,
        elsewhere=_BACK,
        lasts=3600,
    ),
)
_AWAY: Final[
    tuple[tuple[str, Callable[[fault_injectors.Strike], fault_injectors.Strike]], ...]
] = (
    ("subscription is dead", partial(fault_injectors.muted, _RENEWED)),
    ("node is unavailable", partial(fault_injectors.unavailable, 60)),
    ("server is away", partial(fault_injectors.server_away, 60)),
)
_OTHERS: Final = (
    *(
        Fault(
            f"{what}, told",
            fault_injectors.at(30, act),
            changes=(UserChange.OFF,),
            others=others,
            resets=bool(others),
        )
        for what, act, others in (
            (
                "another home switches the user on",
                fault_injectors.switches_the_user_on,
                0,
            ),
            ("the code is deleted at the lock", fault_injectors.deletes_the_code, 0),
            ("the user is deleted at the lock", fault_injectors.deletes_the_user, 0),
            ("the code is changed at the lock", fault_injectors.changes_the_code, 0),
            ("another home replaces the code", fault_injectors.replaces_the_code, 0),
            ("the lock is reset", fault_injectors.resets_the_lock, 6),
        )
    ),
    *(
        Fault(
            f"{what}, while the {away}",
            strike(act),
            changes=(UserChange.OFF,),
            hidden=True,
            others=_BACK,
            elsewhere=_BACK,
            lasts=3600,
        )
        for away, strike in _AWAY
        for what, act in (
            ("another home switches the user on", fault_injectors.switches_the_user_on),
            ("the code is deleted at the lock", fault_injectors.deletes_the_code),
            ("another home replaces the code", fault_injectors.replaces_the_code),
        )
    ),
)
NO_FAULT: Final = Fault("none", fault_injectors.well, changes=_ALL, at_most=4)
FAULTS: Final = (NO_FAULT, *_refusals(), *_ANSWERS, *_WAYS, *_OTHERS)
