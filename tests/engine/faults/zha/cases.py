"""The faults that a Zigbee lock and its way can have."""

from collections.abc import Iterator
from typing import Final

from simulators.zigbee import Command, Presence, Sleep, Stored
from simulators.zigbee.faults import (
    Fault as FrameFault,
    about_another,
    applied_then_refused,
    cut_short,
    default_response,
    done_late,
    not_acknowledged,
    notified_first,
    refused,
    reply_lost,
    request_lost,
    silently_dropped,
    slow,
)
from tests.harness.faults.fault_scenario import FIRST_PIN, FOUR, UserChange
from tests.harness.faults.site_scenario import UNPROVEN
from tests.harness.faults.zha import fault_injectors
from tests.harness.faults.zha.scenario import Fault, Kind

_WRITE, _CHANGE, _CLEAR, _REST = FOUR
_STORING: Final = (_WRITE, _CHANGE)
_EACH: Final = (_WRITE, _CHANGE, _CLEAR)
_SET, _GET, _CLEARS = Command.SET_PIN, Command.GET_PIN, Command.CLEAR_PIN
_CODE: Final = (_SET, _CLEARS)
_STATUS: Final = Command.GET_USER_STATUS
_MASKED: Final = (Kind.FF, Kind.EMPTY, Kind.REFUSES)
_BACK: Final = 6
"""Questions about a slot after its lock was away: its reports of that time are lost."""
_LONG: Final = 2 * 3600
"""Seconds in which each code at rest has been looked at."""

_IN_VAIN: Final = 38
"""Commands of ten minutes in which nothing that is sent takes effect."""
_UNHEARD: Final = 22
"""Commands of ten minutes with a lock that says nothing; each is sent three times."""
_UNKNOWN: Final = 99
_GENERAL: Final = 1
_NOT_STORED: Final = "suspended (not_stored)"


def _refusals() -> Iterator[Fault]:
    """Every way of a lock to say no, once and always."""
    for said, fault in (
        ("failed", refused(Stored.FAILURE)),
        ("an unknown status", refused(_UNKNOWN)),
        ("a DefaultResponse", default_response(_GENERAL)),
    ):
        yield Fault(
            name=f"write or clear is answered with “{said}”, once",
            inject=fault_injectors.meeting(fault, *_CODE),
        )
        yield Fault(
            name=f"write or clear is answered with “{said}”, always",
            inject=fault_injectors.meeting(fault, *_CODE, count=None),
            ends={_WRITE: _NOT_STORED, _CHANGE: _NOT_STORED, _CLEAR: UNPROVEN},
            at_most=_IN_VAIN,
        )
    for said, fault, ends in (
        ("memory full", refused(Stored.MEMORY_FULL), "suspended (lock_full)"),
        ("duplicate", refused(Stored.DUPLICATE), "suspended (duplicate)"),
        ("unsupported", default_response(), "suspended (not_supported)"),
    ):
        yield Fault(
            name=f"a write is answered with “{said}”",
            inject=fault_injectors.meeting(fault, _SET),
            changes=_STORING,
            ends=ends,
            at_most=5,
        )
    yield Fault(
        name="clears are answered with “unsupported”, always",
        inject=fault_injectors.meeting(default_response(), _CLEARS, count=None),
        changes=(_CLEAR,),
        ends=UNPROVEN,
    )


def _each(
    what: str,
    fault: FrameFault,
    *commands: Command,
    doings: tuple[UserChange, ...] = _EACH,
    count: int | None = 1,
) -> Fault:
    return Fault(
        name=what,
        inject=fault_injectors.meeting(fault, *commands, count=count),
        changes=doings,
    )


_LIES: Final = (
    _each("said to be done and told, and was not, once", silently_dropped(), *_CODE),
    _each(
        "said to be done, and was not, once", silently_dropped(reported=False), *_CODE
    ),
    Fault(
        name="said to be done, and never was",
        inject=fault_injectors.meeting(
            silently_dropped(reported=False), *_CODE, count=None
        ),
        ends={_WRITE: _NOT_STORED, _CHANGE: _NOT_STORED, _CLEAR: UNPROVEN},
        at_most=_IN_VAIN,
    ),
    _each("said to have failed, and was done", applied_then_refused(1), *_CODE),
    _each(
        "said to be a duplicate, and was done",
        applied_then_refused(3),
        _SET,
        doings=_STORING,
    ),
    _each("said to be done, and is done 7 s later", done_late(7), *_CODE),
    _each("said to be done, and is done 50 s later", done_late(50), *_CODE),
    Fault(
        name="said to be done, done 30 s later, and switched off in between",
        inject=fault_injectors.and_then_switched_off(
            3, fault_injectors.meeting(done_late(30), _SET)
        ),
        changes=(_WRITE,),
        ends="gone",
        revoked=True,
        at_most=17,
    ),
    _each("the answer is about another user, once", about_another(4), _GET),
    Fault(
        name="every answer is about another user",
        inject=fault_injectors.meeting(about_another(4), _GET, _STATUS, count=None),
        ends=UNPROVEN,
        at_most=_UNHEARD,
    ),
    _each("an answer is cut short", cut_short(), _GET),
    _each("the answer to a write or clear is cut short", cut_short(0), *_CODE),
    Fault(
        name="every answer is cut short",
        inject=fault_injectors.meeting(cut_short(), _GET, _STATUS, count=None),
        ends=UNPROVEN,
        at_most=_UNHEARD,
    ),
    _each("a notification with the number of the request", notified_first(), *_CODE),
    Fault(
        name="questions about codes and users are refused, always",
        inject=fault_injectors.meeting(default_response(), _GET, _STATUS, count=None),
        ends=UNPROVEN,
        at_most=_UNHEARD,
    ),
    _each("a question is refused, once", default_response(_GENERAL), _GET, _STATUS),
)
_SILENCES: Final = (
    _each("a command gets lost", request_lost(), *_CODE),
    _each("an answer gets lost, so it is done twice", reply_lost(), *_CODE),
    Fault(
        name="an answer gets lost, and the lock calls its own code a duplicate",
        inject=fault_injectors.meeting(reply_lost(), _SET),
        changes=_STORING,
        habits=fault_injectors.calls_its_own_a_duplicate,
    ),
    Fault(
        name="an answer gets lost, so it is done twice, and switched off in between",
        inject=fault_injectors.and_then_switched_off(
            3, fault_injectors.meeting(reply_lost(), _SET)
        ),
        changes=(_WRITE,),
        ends="gone",
        revoked=True,
    ),
    _each("every try of a command gets lost, once", request_lost(), *_CODE, count=3),
    _each("every answer to a command gets lost, once", reply_lost(), *_CODE, count=3),
    _each("the radio does not confirm a command", not_acknowledged(), *_CODE),
    _each(
        "the radio confirms no try of a command", not_acknowledged(), *_CODE, count=3
    ),
    Fault(
        name="every write and clear gets lost",
        inject=fault_injectors.meeting(request_lost(), *_CODE, count=None),
        ends=UNPROVEN,
        at_most=_IN_VAIN,
    ),
    _each("every answer takes 4 s", slow(4), _SET, _GET, _CLEARS, _STATUS, count=None),
    _each("an answer takes 6 s, so it is done twice", slow(6), *_CODE),
    Fault(
        name="every answer takes 20 s",
        inject=fault_injectors.meeting(
            slow(20), _SET, _GET, _CLEARS, _STATUS, count=None
        ),
        ends=UNPROVEN,
        at_most=_UNHEARD,
    ),
    Fault(
        name="the lock confirms and does not answer, for 2 minutes",
        inject=fault_injectors.gone(Presence.NO_ANSWER, 120),
        at_most=_UNHEARD,
    ),
    Fault(
        name="the lock is out of reach for 2 minutes",
        inject=fault_injectors.gone(Presence.UNREACHABLE, 120),
        at_most=_UNHEARD,
    ),
    Fault(
        name="ZHA thinks the lock is not there",
        inject=fault_injectors.thought_away,
        changes=(*_EACH, _REST),
        others=_BACK,
    ),
)
_SLEEPERS: Final = (
    Fault(
        name="a lock that sleeps, all is well",
        inject=fault_injectors.well,
        changes=(*_EACH, _REST),
        sleep=Sleep(),
    ),
    Fault(
        name="a lock that sleeps, so deeply for 2 minutes that nothing gets to it",
        inject=fault_injectors.asleep(120),
        sleep=Sleep(),
    ),
    Fault(
        name="a lock that sleeps does not answer for 4 minutes",
        inject=fault_injectors.gone(Presence.NO_ANSWER, 240),
        sleep=Sleep(),
    ),
    Fault(
        name="a lock that sleeps: every answer to a command gets lost, once",
        inject=fault_injectors.meeting(reply_lost(), *_CODE, count=3),
        sleep=Sleep(),
    ),
)
_WAYS: Final = tuple(
    Fault(
        name=f"{what} in the middle of it, {when}",
        inject=fault_injectors.in_the_middle(act, done=done),
        closes=closes,
        others=_BACK,
        elsewhere=_BACK if closes else 0,
    )
    for what, act, closes in (
        ("the stick is pulled for 20 s", fault_injectors.pulls_it_for_a_moment, True),
        ("ZHA is reloaded", fault_injectors.reloads, True),
        ("the lock is interviewed again", fault_injectors.interviews, False),
        ("the lock announces itself", fault_injectors.comes_back, False),
    )
    for when, done in (("done", True), ("not done", False))
) + tuple(
    Fault(
        name=what,
        inject=strike,
        changes=(*_EACH, _REST),
        closes=True,
        others=_BACK,
        elsewhere=_BACK,
        lasts=_LONG // 2,
    )
    for what, strike in (
        ("the stick is away for a minute", fault_injectors.stick_away(60)),
        ("ZHA is not loaded for a minute", fault_injectors.not_started(60)),
    )
)
_OTHERS: Final = (
    Fault(
        name="the PIN is in another slot",
        inject=fault_injectors.has_the_code_elsewhere(FIRST_PIN),
        changes=(_WRITE,),
        ends="suspended (duplicate)",
    ),
    Fault(
        name="somebody programs the slot first",
        inject=fault_injectors.changes_the_code,
        changes=(_WRITE,),
        ends="suspended (occupied)",
    ),
    *(
        Fault(
            name=f"{what}, told",
            inject=fault_injectors.at(30, act),
            changes=(_REST,),
            resets=resets,
            others=_BACK if resets else 0,
        )
        for what, act, resets in (
            (
                "our code is deleted at the keypad",
                fault_injectors.deletes_the_code,
                False,
            ),
            (
                "our code is changed at the keypad",
                fault_injectors.changes_the_code,
                False,
            ),
            (
                "all codes are deleted at the keypad",
                fault_injectors.deletes_all_codes,
                True,
            ),
        )
    ),
    *(
        Fault(
            name=f"{what}, not told",
            inject=fault_injectors.at(30, act),
            changes=(_REST,),
            kinds=kinds,
            habits=fault_injectors.tells_no_programming,
            hidden=True,
            resets=resets,
            others=2 * _BACK,
            elsewhere=2 * _BACK,
            lasts=_LONG,
        )
        for what, act, kinds, resets in (
            (
                "our code is deleted",
                fault_injectors.deletes_the_code,
                tuple(Kind),
                False,
            ),
            (
                "our code is changed",
                fault_injectors.changes_the_code,
                (Kind.SHOWS,),
                False,
            ),
            ("the lock is reset", fault_injectors.resets_the_lock, tuple(Kind), True),
        )
    ),
    *(
        Fault(
            name=f"our code is deleted at the keypad, while {while_}",
            inject=strike,
            changes=(_REST,),
            hidden=True,
            closes=True,
            others=_BACK,
            elsewhere=_BACK,
            lasts=_LONG // 2,
        )
        for while_, strike in (
            (
                "the stick is away",
                fault_injectors.stick_away(60, fault_injectors.deletes_the_code),
            ),
            (
                "ZHA is not loaded",
                fault_injectors.not_started(60, fault_injectors.deletes_the_code),
            ),
        )
    ),
    Fault(
        name="the lock masks its codes and does not say so",
        inject=fault_injectors.well,
        changes=(*_EACH, _REST),
        kinds=_MASKED,
        habits=fault_injectors.does_not_say_that_it_masks,
        at_most=4,
    ),
    Fault(
        name="the lock masks its codes from now on",
        inject=fault_injectors.masks_from_now_on,
        changes=(*_EACH, _REST),
        kinds=(Kind.SHOWS,),
    ),
    Fault(
        name="everything is told three times",
        inject=fault_injectors.well,
        habits=fault_injectors.tells_everything_thrice,
    ),
    Fault(
        name="notifications carry the code",
        inject=fault_injectors.well,
        habits=fault_injectors.tells_codes,
        kinds=(Kind.SHOWS,),
    ),
)
NO_FAULT: Final = Fault(
    name="none", inject=fault_injectors.well, changes=(*_EACH, _REST), at_most=4
)
REVOKED: Final = Fault(
    name="none, and switched off in between",
    inject=fault_injectors.and_then_switched_off(3, fault_injectors.well),
    changes=(_WRITE,),
    ends="gone",
    revoked=True,
)
FAULTS: Final = (
    NO_FAULT,
    *_refusals(),
    *_LIES,
    *_SILENCES,
    *_SLEEPERS,
    *_WAYS,
    *_OTHERS,
)
