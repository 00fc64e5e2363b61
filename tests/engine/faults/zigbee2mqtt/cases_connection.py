"""What else is published, and everything on the way to a lock that may be away."""

from typing import Final

from simulators.zigbee import Presence
from simulators.zigbee.faults import (
    request_lost,
    silently_dropped,
)
from tests.harness.faults.fault_scenario import FOUR
from tests.harness.faults.site_scenario import UNPROVEN
from tests.harness.faults.zigbee2mqtt import (
    connection_fault_injectors as way,
    lock_fault_injectors as lock,
)
from tests.harness.faults.zigbee2mqtt.fault import ALONE, EACH, Fault, Kind
from tests.harness.faults.zigbee2mqtt.fault_injectors import ASKS, STORES, both, meeting

CACHE: Final = (
    Fault(
        "something else is published a second after each question",
        way.publishes_at_every_question,
    ),
    Fault(
        "every answer takes 4 s, something else is published meanwhile",
        both(lock.slow(4), way.publishes_at_every_question),
        at_most=20,
    ),
    Fault(
        "commands and questions are lost in the radio, something else is published",
        both(
            meeting(request_lost(), *ASKS, *STORES, always=True),
            way.publishes_after(3, 40),
        ),
        ends=UNPROVEN,
        at_most=30,
        others=10,
    ),
    Fault(
        "`last_seen` is on, commands are said to be done, and are not",
        both(way.last_seen, meeting(silently_dropped(), *STORES)),
        closes=True,
        at_most=20,
    ),
    Fault(
        "somebody else asks for all codes at the same time",
        way.walks(0, 0.2, 3),
    ),
    Fault(
        "the broker has retained the state from before, and the connection is lost",
        way.retained(way.disconnected()),
        changes=FOUR,
        closes=True,
        others=1,
    ),
    Fault("every message comes twice", way.doubled, changes=FOUR, closes=True),
    Fault(
        "every message comes twice, every answer takes 4 s",
        both(way.doubled, lock.slow(4)),
        closes=True,
        at_most=20,
    ),
)
UNREACHABLE: Final = (
    Fault(
        "the lock is out of reach for 2 minutes, and nobody notices",
        lock.out_of_reach(120, Presence.NO_ANSWER),
        at_most=20,
        others=1,
    ),
    Fault(
        "the lock is out of reach for 2 minutes, its radio does not confirm",
        lock.out_of_reach(120, Presence.UNREACHABLE),
        at_most=20,
        others=1,
    ),
    Fault(
        "Zigbee2MQTT calls the lock offline for 2 minutes",
        lock.unavailable(120),
        changes=FOUR,
        at_most=20,
        others=ALONE,
    ),
    Fault("the lock sleeps, and listens every 5 s", lock.sleeps(5), at_most=20),
    Fault(
        "the lock sleeps, and listens every 23 s",
        lock.sleeps(23),
        at_most=60,
        elsewhere=8,
        others=20,
        lasts=7200,
    ),
    Fault(
        "Zigbee2MQTT stops for a minute",
        way.bridge_away(60),
        changes=FOUR,
        closes=True,
        at_most=20,
        others=ALONE,
    ),
    Fault(
        "Zigbee2MQTT dies of the command and starts again",
        way.bridge_restarts("set"),
        closes=True,
        at_most=20,
        others=1,
    ),
    Fault(
        "Zigbee2MQTT dies of a question and starts again",
        way.bridge_restarts("get"),
        closes=True,
        at_most=20,
        others=1,
    ),
    Fault(
        "the broker is away for a minute",
        way.broker_away(60),
        changes=FOUR,
        closes=True,
        at_most=20,
        others=1,
    ),
    Fault(
        "the connection to the broker is lost for a moment",
        way.disconnected(),
        changes=FOUR,
        closes=True,
        at_most=20,
        others=1,
    ),
    Fault(
        "the lock is renamed in Zigbee2MQTT", way.renamed(0.05), changes=FOUR, others=1
    ),
    Fault(
        "the discovery is taken away, and is back after 30 s",
        way.rediscovered(30),
        changes=FOUR,
        others=1,
        at_most=20,
    ),
    Fault(
        "the bridge gets another base topic, the lock keeps its unique id",
        way.moves(30, keeps_ids=True),
        changes=FOUR,
        moves_away=True,
        ends=dict.fromkeys(EACH, UNPROVEN),
        others=10,
        closes=True,
        at_most=20,
    ),
    Fault(
        "the bridge gets another base topic, its discovery replaces the one from before",
        way.moves(30, keeps_ids=False, removes=False),
        changes=FOUR,
        moves_away=True,
        ends=dict.fromkeys(EACH, UNPROVEN),
        others=10,
        closes=True,
        at_most=20,
    ),
    Fault(
        "the bridge gets another base topic, and the lock another unique id",
        way.moves(30, keeps_ids=False),
        changes=FOUR,
        moves_away=True,
        ends=dict.fromkeys(EACH, UNPROVEN),
        others=10,
        closes=True,
        at_most=20,
    ),
    Fault(
        "`expose_pin` is switched off",
        way.options(0.05, expose_pin=False),
        changes=FOUR,
        kinds=(Kind.VALUE, Kind.REPEATING, Kind.MASKED),
    ),
    Fault(
        "`expose_pin` is switched on",
        way.options(0.05, expose_pin=True),
        changes=FOUR,
        kinds=(Kind.PRESENCE,),
    ),
    Fault(
        "`users` are no longer kept out of the cache",
        way.options(0.05, filtered_cache=[]),
        changes=FOUR,
        kinds=(Kind.VALUE, Kind.PRESENCE, Kind.MASKED),
    ),
)
