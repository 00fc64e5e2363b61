"""The faults that a lock of any technology can have."""

import asyncio
from functools import partial
from typing import Any, Final

from custom_components.keyholder.model.lock_events import SlotChanged
from custom_components.keyholder.model.slot import Reason
from custom_components.keyholder.model.slot_events import ChangeKind
from tests.harness.fakes.provider import Call, EnabledShown, Profile
from tests.harness.faults.engine_scenario import Fault, FaultContext
from tests.harness.faults.fault_scenario import FOUR, OURS, UserChange

_SHOWING: Final = (Profile.READABLE, Profile.MASKING)
NO_FAULT: Final = Fault(name="none", inject=lambda _: None, changes=FOUR, at_most=6)
_STORING: Final = (UserChange.WRITE, UserChange.CHANGE)
_FOREIGN: Final = "909999"


def _with(**faults: Any) -> Any:
    def strike(context: FaultContext) -> None:
        for name, value in faults.items():
            setattr(context.provider.faults, name, value)

    return strike


def _until(seconds: float, **faults: Any) -> Any:
    """The fault is over after so many seconds."""

    def strike(context: FaultContext) -> None:
        was = {name: getattr(context.provider.faults, name) for name in faults}
        _with(**faults)(context)
        context.at(seconds, lambda: _with(**was)(context))

    return strike


def _dead(context: FaultContext, *, carried_out: bool) -> None:
    faults = context.provider.faults
    faults.cut_off = 1
    if not carried_out:
        faults.drop_writes = faults.drop_clears = 1
    context.at(30, context.provider.connect)


def _never_returns(context: FaultContext, *, deaf: bool) -> None:
    context.provider.faults.deaf = deaf
    context.provider.hang(Call.WRITE, Call.CLEAR)
    context.at(150, context.provider.release)


def _raised_once(error: BaseException, context: FaultContext, *, late: bool) -> None:
    name = "fails_late" if late else "breaks"
    _until(1, **{name: error})(context)


def _full(context: FaultContext) -> None:
    for slot in range(1, 11):
        if slot not in context.provider.codes:
            context.provider.set_at_keypad(slot, f"90{slot:04}", reported=False)


def _keypad(
    seconds: float, context: FaultContext, *, reported: bool, sets: bool
) -> None:
    def change() -> None:
        if sets:
            context.provider.set_at_keypad(OURS, _FOREIGN, reported=reported)
        else:
            context.provider.delete_at_keypad(OURS, reported=reported)

    context.at(seconds, change)


def _late_event(context: FaultContext) -> None:
    """The command times out, is carried out all the same, and is reported later."""
    _until(1, lost_answers=True, claims_after=8)(context)


def _operated(slot: int | None, context: FaultContext) -> None:
    context.at(1, lambda: context.provider.unlock_at_keypad(slot))


def _unmanaged_changed(context: FaultContext) -> None:
    context.at(1, lambda: context.provider.emit(SlotChanged(7, ChangeKind.SET)))


FAULTS: Final = (
    NO_FAULT,
    Fault(
        name="command accepted and dropped, once",
        inject=_with(drop_writes=1, drop_clears=1),
        at_most=14,
    ),
    Fault(
        name="commands accepted and dropped",
        inject=_with(drop_writes=True, drop_clears=True),
        at_most=50,
    ),
    Fault(
        name="commands dropped and reported as done",
        inject=_with(drop_writes=True, drop_clears=True, claims=True),
        at_most=50,
    ),
    Fault(name="carried out after 1.5 s", inject=_with(commits_after=1.5), at_most=9),
    Fault(name="carried out after 3 s", inject=_with(commits_after=3), at_most=9),
    Fault(
        name="reads are mute", inject=_with(silent_reads=True), at_most=30, others=10
    ),
    Fault(
        name="reads are mute for 3 minutes",
        inject=_until(180, silent_reads=True),
        at_most=25,
        others=10,
    ),
    Fault(name="answers after 20 s", inject=_with(answers_after=20)),
    Fault(name="answers after 3 minutes", inject=_with(answers_after=180), others=2),
    Fault(
        name="refuses",
        inject=_with(refuse=Reason.REJECTED),
        changes=_STORING,
        at_most=6,
    ),
    Fault(
        name="duplicate PIN",
        inject=_with(refuse=Reason.DUPLICATE),
        changes=_STORING,
        at_most=6,
    ),
    Fault(
        name="duplicate PIN, said 3 s later",
        inject=_with(refuse_late=3),
        changes=_STORING,
        at_most=9,
    ),
    Fault(
        name="does not say whether codes are on",
        inject=_with(enabled=EnabledShown.NOT_SAID),
        profiles=_SHOWING,
    ),
    Fault(
        name="shows codes as switched off",
        inject=_with(enabled=EnabledShown.OFF),
        profiles=_SHOWING,
        at_most=50,
    ),
    Fault(
        name="changed at the keypad, not told",
        inject=partial(_keypad, 30, reported=False, sets=True),
        changes=(UserChange.NOTHING,),
        others=3,
        lasts=3300,
        reports=False,
        hidden=True,
    ),
    Fault(
        name="changed at the keypad, told",
        inject=partial(_keypad, 30, reported=True, sets=True),
        changes=(UserChange.NOTHING,),
    ),
    Fault(
        name="deleted at the keypad, not told",
        inject=partial(_keypad, 30, reported=False, sets=False),
        changes=(UserChange.NOTHING,),
        others=3,
        lasts=3300,
        reports=False,
        hidden=True,
    ),
    Fault(
        name="deleted at the keypad, told",
        inject=partial(_keypad, 30, reported=True, sets=False),
        changes=(UserChange.NOTHING,),
    ),
    Fault(name="error, done all the same, event after 8 s", inject=_late_event),
    Fault(
        name="dies before the command, back after 30 s",
        inject=partial(_dead, carried_out=False),
        others=2,
    ),
    Fault(
        name="dies after the command, back after 30 s",
        inject=partial(_dead, carried_out=True),
        others=2,
    ),
    Fault(
        name="a call never returns",
        inject=partial(_never_returns, deaf=False),
        others=2,
    ),
    Fault(
        name="a call never returns and cannot be cancelled",
        inject=partial(_never_returns, deaf=True),
        others=2,
    ),
    Fault(
        name="unknown exception, once, before",
        inject=partial(_raised_once, KeyError("x"), late=False),
    ),
    Fault(
        name="unknown exception, once, after",
        inject=partial(_raised_once, KeyError("x"), late=True),
    ),
    Fault(
        name="unknown exceptions",
        inject=_with(breaks=KeyError("x")),
        at_most=30,
        others=10,
    ),
    Fault(
        name="the library cancels itself, once",
        inject=partial(_raised_once, asyncio.CancelledError(), late=True),
        others=2,
    ),
    Fault(
        name="every slot is full",
        inject=_full,
        changes=(UserChange.WRITE,),
        profiles=_SHOWING,
        hidden=True,
    ),
    Fault(
        name="operation without a slot",
        inject=partial(_operated, None),
        changes=(UserChange.NOTHING,),
        slot=None,
    ),
    Fault(
        name="operation of an unknown slot",
        inject=partial(_operated, 42),
        changes=(UserChange.NOTHING,),
        slot=42,
    ),
    Fault(
        name="event of a slot that is not ours",
        inject=_unmanaged_changed,
        changes=(UserChange.NOTHING,),
        slot=7,
    ),
)
