"""Rows of the table of faults, by what becomes of what was asked for."""

from typing import Any, Final

from tests.harness.faults.zwave.case import Case, Cost, Does, Holds
from tests.harness.faults.zwave.lock_kinds import Kind

GIVEN_UP: Final = "SPSPSPX"
"""Three writes, each waited for until its window ends."""


def done(
    fault: str,
    does: Does,
    on: tuple[Kind, ...],
    cost: Cost,
    shows: str = "SPI",
    **more: Any,
) -> Case:
    """Return a fault in spite of which the lock ends with what is wanted."""
    holds = Holds.NOTHING if does is Does.SWITCH_OFF else Holds.WANTED
    return Case(
        fault=fault, does=does, on=on, shows=shows, cost=cost, holds=holds, **more
    )


def not_stored(
    fault: str, does: Does, on: tuple[Kind, ...], cost: Cost, **more: Any
) -> Case:
    """Return a fault by which a lock takes a code three times and never has it."""
    return Case(
        fault=fault,
        does=does,
        on=on,
        shows=GIVEN_UP,
        reason="not_stored",
        repair="slot_not_stored",
        problem=True,
        cost=cost,
        holds=Holds.NOTHING,
        **more,
    )


def duplicate(
    fault: str,
    on: tuple[Kind, ...],
    cost: Cost,
    shows: str = "SX",
    **more: Any,
) -> Case:
    """Return a new PIN that the lock has in another slot, and refuses."""
    return Case(
        fault=fault,
        does=Does.NEW_PIN,
        on=on,
        shows=shows,
        reason="duplicate",
        repair="slot_duplicate",
        problem=True,
        cost=cost,
        holds=Holds.NOTHING,
        **more,
    )
