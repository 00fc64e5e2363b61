"""What others do at the lock."""

from typing import Final

from simulators.zigbee.faults import request_lost
from tests.harness.faults.fault_scenario import UserChange
from tests.harness.faults.site_scenario import UNPROVEN
from tests.harness.faults.zigbee2mqtt import (
    connection_fault_injectors as way,
    lock_fault_injectors as lock,
)
from tests.harness.faults.zigbee2mqtt.fault import ALONE, Fault
from tests.harness.faults.zigbee2mqtt.fault_injectors import ASKS, at, both, meeting

OCCUPIED: Final = "suspended (occupied)"

KEYPAD: Final = (
    Fault(
        "somebody programs the slot first",
        lock.programs,
        changes=(UserChange.WRITE,),
        ends=OCCUPIED,
    ),
    Fault(
        "every slot is taken",
        lock.crowds,
        changes=(UserChange.WRITE,),
        ends=OCCUPIED,
        at_most=40,
        others=10,
    ),
    Fault(
        "somebody unlocks while the lock is asked", lock.unlocks(0.05, 0.2, 2.1, 5.1)
    ),
    Fault(
        "somebody unlocks while the lock is asked, every answer takes 4 s",
        both(lock.slow(4), lock.unlocks(0.05, 1, 2, 5, 7)),
    ),
    *(
        Fault(
            f"{what}, told",
            at(30, act),
            changes=(UserChange.NOTHING,),
            others=0,
            reports_change=act is lock.programs,
        )
        for what, act in (
            ("the code is changed at the keypad", lock.programs),
            ("the code is deleted at the keypad", lock.deletes),
        )
    ),
    *(
        Fault(
            f"{what}, not told",
            at(30, lock.unheard(act)),
            changes=(UserChange.NOTHING,),
            hidden=True,
            others=8,
            elsewhere=8,
            lasts=4 * 3600,
            at_most=30,
        )
        for what, act in (
            ("the code is changed at the keypad", lock.programs),
            ("the code is deleted at the keypad", lock.deletes),
            ("the code is switched off at the lock", lock.switches_off),
        )
    ),
    *(
        Fault(
            f"{what}, while {where}",
            away(60, act),
            changes=(UserChange.NOTHING,),
            hidden=True,
            others=ALONE,
            closes=shared,
            reports_change=act is lock.programs and not shared,
        )
        for what, act in (
            ("the code is changed at the keypad", lock.programs),
            ("the code is deleted at the keypad", lock.deletes),
        )
        for where, away, shared in (
            ("Zigbee2MQTT is away", way.bridge_away, True),
            ("the broker is away", way.broker_away, True),
            ("the lock is offline", lock.unavailable, False),
        )
    ),
    Fault(
        "the code is deleted, the state from before is retained, and the connection is lost",
        way.retained(way.disconnected(lock.unheard(lock.deletes))),
        changes=(UserChange.NOTHING,),
        hidden=True,
        others=1,
        closes=True,
    ),
    Fault(
        "the code is deleted, told, questions are lost, the same is published every 20 s",
        both(
            at(30, lock.deletes),
            meeting(request_lost(), *ASKS, always=True),
            way.publishes_after(*range(12, 600, 20)),
        ),
        changes=(UserChange.NOTHING,),
        ends=UNPROVEN,
        others=20,
        at_most=20,
    ),
)
