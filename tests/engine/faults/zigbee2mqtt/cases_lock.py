"""A lock that does not do, or does not say, what it is asked."""

from typing import Final

from simulators.zigbee import Stored
from simulators.zigbee.faults import (
    about_another,
    applied_then_refused,
    cut_short,
    default_response,
    refused,
    reply_lost,
    request_lost,
    silently_dropped,
    slow,
)
from tests.harness.faults.fault_scenario import FIRST_PIN, OTHER, UserChange
from tests.harness.faults.site_scenario import UNPROVEN
from tests.harness.faults.zigbee2mqtt import (
    connection_fault_injectors as way,
    lock_fault_injectors as lock,
)
from tests.harness.faults.zigbee2mqtt.fault import Fault, Kind
from tests.harness.faults.zigbee2mqtt.fault_injectors import (
    ASKS,
    STORES,
    meeting,
    until,
)

STORING: Final = (UserChange.WRITE, UserChange.CHANGE)
SHOWING: Final = (Kind.VALUE, Kind.REPEATING)
NOT_STORED: Final = {
    UserChange.WRITE: "suspended (not_stored)",
    UserChange.CHANGE: "suspended (not_stored)",
    UserChange.CLEAR: UNPROVEN,
}

COMMANDS: Final = (
    *(
        fault
        for words, frame in (
            ("is said to be done, and is not", silently_dropped()),
            (
                "is said to be done without a report, and is not",
                silently_dropped(reported=False),
            ),
            ("is refused", refused(Stored.FAILURE)),
            ("is unknown to the lock", default_response()),
            ("is lost in the radio", request_lost()),
        )
        for fault in (
            Fault(f"a command {words}, once", meeting(frame, *STORES)),
            Fault(
                f"every command {words}",
                meeting(frame, *STORES, always=True),
                ends=NOT_STORED,
                at_most=99,
            ),
        )
    ),
    Fault(
        "a command is done and said to be refused",
        meeting(applied_then_refused(Stored.FAILURE), *STORES),
    ),
    Fault("a command is done, its answer is lost", meeting(reply_lost(), *STORES)),
    Fault("commands are done 3 s later", lock.commits_late(3)),
    # the engine itself does something 20 s after a command
    Fault("commands are done 21 s later", lock.commits_late(21), at_most=40),
    Fault(
        "commands are done 50 s later",
        lock.commits_late(50),
        at_most=20,
        kinds=SHOWING,
    ),
    Fault(
        "commands are done 50 s later, on a lock that shows no codes",
        lock.commits_late(50),
        # a code that is seen by its presence alone needs an empty slot first
        ends={UserChange.CHANGE: "suspended (not_stored)"},
        at_most=20,
        kinds=(Kind.PRESENCE, Kind.MASKED),
    ),
    Fault(
        "the lock says that it is full",
        lock.fills_the_lock,
        changes=STORING,
        ends="suspended (not_stored)",
        at_most=20,
    ),
    Fault(
        "the PIN is in another slot",
        lock.has_the_code_elsewhere(FIRST_PIN),
        changes=(UserChange.WRITE,),
        ends="suspended (not_stored)",
        at_most=20,
    ),
    Fault("a published command is lost, once", way.loses("set")),
    Fault(
        "every published command is lost",
        way.loses("set", always=True),
        ends=NOT_STORED,
        at_most=99,
    ),
)
ANSWERS: Final = (
    *(
        fault
        for words, frame in (
            ("is not answered", request_lost()),
            ("is refused", default_response()),
            ("is answered about another slot", about_another(OTHER)),
            ("has an answer that is too short", cut_short()),
        )
        for fault in (
            Fault(f"a question {words}, once", meeting(frame, *ASKS), others=1),
            Fault(
                # at 180 s the third write ends without effect: which comes first is chance
                f"a question {words}, for 170 s",
                until(170, meeting(frame, *ASKS, always=True)),
                at_most=30,
                others=10,
            ),
        )
    ),
    Fault("a published question is lost, once", way.loses("get")),
    Fault(
        "an answer is lost between broker and Home Assistant, once",
        way.loses_answers(always=False),
    ),
    Fault(
        "every answer is lost between broker and Home Assistant",
        way.loses_answers(always=True),
        ends=UNPROVEN,
        at_most=40,
        others=20,
    ),
    Fault("every answer takes 4 s", lock.slow(4)),
    Fault("an answer takes 12 s: Zigbee2MQTT has given up", meeting(slow(12), *ASKS)),
    Fault("an answer takes 20 s", meeting(slow(20), *ASKS), at_most=20),
    Fault(
        "every answer takes 20 s",
        lock.slow(20),
        at_most=60,
        others=10,
        kinds=(Kind.VALUE, Kind.PRESENCE, Kind.MASKED),
    ),
    Fault(
        "every answer takes 20 s, and each is asked for twice",
        lock.slow(20),
        ends={UserChange.CLEAR: UNPROVEN},
        at_most=60,
        others=10,
        kinds=(Kind.REPEATING,),
    ),
    Fault(
        "the slot has a status without a meaning for a minute",
        lock.garbles(2),
        changes=(UserChange.CHANGE, UserChange.CLEAR),
        at_most=30,
    ),
)
