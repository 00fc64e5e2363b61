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
from tests.harness.faults.zwave.lock_kinds import SLOT
from tests.harness.faults.zwave.rows import GIVEN_UP, done
from tests.harness.faults.zwave.trial_lock import TrialLock

FAILED_READ: Final = ("no_answer", "lock_unreachable", "slot_unavailable")


async def silent_then_heals(door: TrialLock) -> None:
    """Let the lock answer again when the failed reads have been reported."""
    await door.until(lambda: door.reason in FAILED_READ, "a failed read")
    assert door.shown[-1] != "in_sync", door.history()
    await door.heal()


async def given_up_then_taken_away(door: TrialLock) -> None:
    """Take the code away that the lock has, and has not shown once."""
    await door.until_reason("not_stored")
    assert (await door.codes()).get(SLOT) == door.pin
    await door.switch(on=False)


READS: Final = (
    Case(
        fault="a code is stored, and its slot reads empty",
        does=Does.FIRST_CODE,
        on=(UC1, UC2, UC1_S2),
        faults={"readsEmpty": SLOT},
        shows=GIVEN_UP,
        reason="not_stored",
        repair="slot_not_stored",
        problem=True,
        cost=Cost(writes=3, reads=16),
        holds=Holds.WANTED,
    ),
    # Clause 16.1: it opens the door, and no read has ever shown it
    Case(
        fault="a code is stored, and its slot reads empty; then it is switched off",
        does=Does.FIRST_CODE,
        on=(UC2, UC1, UC2_SUP),
        faults={"readsEmpty": SLOT},
        script=given_up_then_taken_away,
        shows=f"{GIVEN_UP}SPA",
        cost=Cost(writes=3, clears=1, reads=17),
        holds=Holds.NOTHING,
    ),
    # three reads gave no answer while the dialog looked for a slot
    done(
        "reads are not answered; then they are",
        Does.FIRST_CODE,
        ALL,
        Cost(writes=1, reads=10),
        faults={"unansweredReads": True},
        script=silent_then_heals,
        shows="OSPI",
    ),
    done(
        "reads are not answered; then they are",
        Does.NEW_PIN,
        (UC1, U3C, UC2_SUP),
        Cost(writes=1, reads=10),
        faults={"unansweredReads": True},
        script=silent_then_heals,
        sampled=False,
    ),
    done(
        "reads are not answered; then they are",
        Does.SWITCH_OFF,
        (UC1_S2, U3C, UC1),
        Cost(clears=1, reads=10),
        faults={"unansweredReads": True},
        script=silent_then_heals,
    ),
    done(
        "answers come 3 s late; then in time",
        Does.NEW_PIN,
        (UC2, U3C, UC1_S2, UC1, UC2_SUP),
        Cost(writes=1, reads=10),
        faults={"answerDelayMs": 3000},
        script=silent_then_heals,
    ),
    done(
        "a read says “not available”; then the code",
        Does.NEW_PIN,
        (UC1, UC2, UC1_S2),
        Cost(writes=1, reads=10),
        faults={"status254": True},
        script=silent_then_heals,
    ),
    *(
        done(
            f"codes are masked as {words}",
            does,
            on,
            cost,
            before={"maskReads": shape},
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
    done(
        "codes are masked by hiding them",
        Does.NEW_PIN,
        (U3C_HIDDEN,),
        Cost(writes=1, clears=1, reads=2),
    ),
    done(
        "an occupied slot reads as no code at all, which the driver drops",
        Does.FIRST_CODE,
        (UC2_SUP, UC1),
        Cost(writes=1, reads=10),
        faults={"maskReads": "empty"},
        script=silent_then_heals,
    ),
)
