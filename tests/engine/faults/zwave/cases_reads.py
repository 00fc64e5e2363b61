"""A lock that tells nothing, too late, or not all of it when it is read."""

from typing import Final

from tests.engine.faults.zwave.cases_writes import (
    ALL,
    U3C,
    U3C_HIDDEN,
    UC1,
    UC1_S2,
    UC2,
    UC2_SUP,
)
from tests.harness.faults.zwave.case import Case, Cost, Does, Holds
from tests.harness.faults.zwave.trial_lock import TrialLock

FAILED_READ: Final = ("no_answer", "lock_unreachable", "slot_unavailable")


async def silent_then_heals(door: TrialLock) -> None:
    """Let the lock answer again when the failed reads have been reported."""
    await door.until(lambda: door.reason in FAILED_READ, "a failed read")
    assert door.shown[-1] != "in_sync", door.history()
    await door.heal()


READS: Final = (
    Case(
        fault="reads are not answered; then they are",
        does=Does.FIRST_CODE,
        on=ALL,
        faults={"unansweredReads": True},
        script=silent_then_heals,
        # three reads gave no answer while the dialog looked for a slot
        shows="OSPI",
        cost=Cost(writes=1, reads=10),
        holds=Holds.WANTED,
    ),
    Case(
        fault="reads are not answered; then they are",
        does=Does.NEW_PIN,
        on=(UC1, U3C, UC2_SUP),
        faults={"unansweredReads": True},
        script=silent_then_heals,
        shows="SPI",
        cost=Cost(writes=1, reads=10),
        holds=Holds.WANTED,
        sampled=False,
    ),
    Case(
        fault="reads are not answered; then they are",
        does=Does.SWITCH_OFF,
        on=(UC1_S2, U3C, UC1),
        faults={"unansweredReads": True},
        script=silent_then_heals,
        shows="SPI",
        cost=Cost(clears=1, reads=10),
        holds=Holds.NOTHING,
    ),
    Case(
        fault="answers come 3 s late; then in time",
        does=Does.NEW_PIN,
        on=(UC2, U3C, UC1_S2, UC1, UC2_SUP),
        faults={"answerDelayMs": 3000},
        script=silent_then_heals,
        shows="SPI",
        cost=Cost(writes=1, reads=10),
        holds=Holds.WANTED,
    ),
    Case(
        fault="a read says “not available”; then the code",
        does=Does.NEW_PIN,
        on=(UC1, UC2, UC1_S2),
        faults={"status254": True},
        script=silent_then_heals,
        shows="SPI",
        cost=Cost(writes=1, reads=10),
        holds=Holds.WANTED,
    ),
    *(
        Case(
            fault=f"codes are masked as {words}",
            does=does,
            on=on,
            before={"maskReads": shape},
            shows="SPI",
            cost=cost,
            holds=Holds.WANTED,
            sampled=does is Does.FIRST_CODE,
        )
        for words, shape, on in (
            ("`*`", "*", (UC1, UC2, UC1_S2)),
            ("bytes `0x00`, status “enabled”", "zeros", (UC2, UC1, UC2_SUP)),
            ("bytes `0xff`", "ff", (UC1_S2, UC1, UC2)),
        )
        for does, cost in (
            (Does.FIRST_CODE, Cost(writes=1, reads=4)),
            (Does.NEW_PIN, Cost(writes=1, clears=1, reads=2)),
        )
    ),
    Case(
        fault="codes are masked by hiding them",
        does=Does.NEW_PIN,
        on=(U3C_HIDDEN,),
        shows="SPI",
        cost=Cost(writes=1, clears=1, reads=2),
        holds=Holds.WANTED,
    ),
    Case(
        fault="an occupied slot reads as no code at all, which the driver drops",
        does=Does.FIRST_CODE,
        on=(UC2_SUP, UC1),
        faults={"maskReads": "empty"},
        script=silent_then_heals,
        shows="SPI",
        cost=Cost(writes=1, reads=10),
        holds=Holds.WANTED,
    ),
)
