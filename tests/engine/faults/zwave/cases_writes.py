"""A lock that does not store what is written, or not at once, or says so too late."""

from typing import Final

from tests.harness.faults.zwave.case import Case, Cost, Does, Holds
from tests.harness.faults.zwave.lock_kinds import Kind
from tests.harness.faults.zwave.rows import done, duplicate, not_stored
from tests.harness.faults.zwave.trial_lock import TrialLock

UC1, UC2, UC1_S2, UC2_SUP = Kind.UC1, Kind.UC2, Kind.UC1_S2, Kind.UC2_SUP
U3C, U3C_HIDDEN = Kind.U3C, Kind.U3C_HIDDEN
ALL: Final = (UC1, U3C, UC1_S2, UC2, UC2_SUP, U3C_HIDDEN)
SAID_TO_BE_STORED: Final = (UC2_SUP, UC1_S2)


async def put_the_same_code_next_door(door: TrialLock) -> None:
    """Let another slot hold the PIN before it is asked for."""
    await door.act("unreported_set_code", slot=5, code=door.next_pin)


WRITES: Final = (
    done("none", Does.FIRST_CODE, ALL, Cost(writes=1, reads=4)),
    done(
        "none", Does.NEW_PIN, (UC1, U3C, UC1_S2), Cost(writes=1, reads=1), sampled=False
    ),
    done(
        "none",
        Does.SWITCH_OFF,
        (U3C, UC1, UC1_S2),
        Cost(clears=1, reads=1),
        sampled=False,
    ),
    not_stored(
        "a write is dropped, without a word",
        Does.FIRST_CODE,
        (UC1, U3C, UC2),
        Cost(writes=3, reads=16),
        faults={"dropWrites": True},
    ),
    not_stored(
        "a write is dropped, without a word",
        Does.NEW_PIN,
        (UC1, U3C, UC1_S2),
        Cost(writes=3, clears=1, reads=17),
        faults={"dropWrites": True},
        sampled=False,
    ),
    done(
        "a write is dropped once",
        Does.FIRST_CODE,
        (U3C, UC1, UC2_SUP),
        Cost(writes=2, reads=8),
        faults={"dropWrites": 1},
        shows="SPSPI",
    ),
    not_stored(
        "a write is acknowledged through Supervision, and not stored",
        Does.FIRST_CODE,
        SAID_TO_BE_STORED,
        Cost(writes=3, reads=16),
        faults={"dropWrites": True},
    ),
    not_stored(
        "a write is acknowledged and reported as added, and not stored",
        Does.FIRST_CODE,
        (U3C, U3C_HIDDEN),
        Cost(writes=3, reads=16),
        faults={"dropWrites": True, "reportDropped": True},
    ),
    not_stored(
        "a masked code is not overwritten, and “modified” is reported",
        Does.NEW_PIN,
        (UC1, UC2_SUP),
        Cost(writes=3, clears=1, reads=16),
        before={"maskReads": "*"},
        faults={"dropWrites": True, "reportDropped": True, "notifyRadioWrites": True},
    ),
    done(
        "a code is stored 1.5 s late",
        Does.FIRST_CODE,
        (UC1, U3C, UC2_SUP, UC1_S2, UC2, U3C_HIDDEN),
        Cost(writes=1, reads=5),
        faults={"commitDelayMs": 1500},
    ),
    done(
        "a code is stored 3 s late",
        Does.FIRST_CODE,
        (U3C, UC2, UC1_S2, UC1, UC2_SUP, U3C_HIDDEN),
        Cost(writes=1, reads=6),
        faults={"commitDelayMs": 3000},
    ),
    done(
        "a code is stored 3 s late",
        Does.NEW_PIN,
        (UC2_SUP, UC1, U3C),
        Cost(writes=1, reads=3),
        faults={"commitDelayMs": 3000},
        sampled=False,
    ),
    done(
        "a code is stored after its window",
        Does.FIRST_CODE,
        (UC1, U3C),
        Cost(writes=2, reads=12),
        faults={"commitDelayMs": 8000},
        shows="SPSPI",
    ),
    done(
        "a code is cleared 3 s late",
        Does.SWITCH_OFF,
        (UC1, U3C, UC1_S2),
        Cost(clears=1, reads=3),
        faults={"commitDelayMs": 3000},
    ),
    Case(
        fault="a clear is dropped",
        does=Does.SWITCH_OFF,
        on=(UC2_SUP, U3C, UC1),
        faults={"dropClears": True},
        shows="SPOSPOSPO",
        reason="not_cleared",
        repair="revocation_pending",
        problem=True,
        # User Credential takes two of them: the user, then the code that stayed
        cost=Cost(clears=6, reads=14),
        holds=Holds.OLD,
    ),
    not_stored(
        "a write is refused, without a reason",
        Does.FIRST_CODE,
        (UC2_SUP, UC1, U3C, UC1_S2, UC2),
        Cost(writes=3, reads=16),
        faults={"rejectWrites": True},
    ),
    duplicate(
        "the lock has the PIN in another slot",
        (UC1, U3C, UC1_S2, UC2_SUP, UC2),
        Cost(writes=1, clears=1, reads=3),
        prepare=put_the_same_code_next_door,
    ),
    duplicate(
        "the lock has the PIN in another slot, and says so 2 s late",
        (UC2_SUP, UC1, UC1_S2, UC2),
        Cost(writes=1, clears=1, reads=5),
        faults={"duplicateNoticeDelayMs": 2000},
        shows="SPX",
        prepare=put_the_same_code_next_door,
    ),
    done(
        "“added” is reported late, after an error",
        Does.FIRST_CODE,
        (U3C, U3C_HIDDEN),
        Cost(writes=1, reads=6),
        faults={"radioReportDelayMs": 1600},
    ),
    done(
        "every write is echoed like a change at the keypad",
        Does.NEW_PIN,
        (UC1, UC2_SUP),
        Cost(writes=1, reads=2),
        faults={"notifyRadioWrites": True, "radioReportDelayMs": 300},
    ),
)
