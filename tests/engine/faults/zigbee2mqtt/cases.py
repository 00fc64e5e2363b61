"""The faults that a lock of Zigbee2MQTT, its bridge and its broker can have."""

from typing import Final

from tests.engine.faults.zigbee2mqtt.cases_connection import CACHE, UNREACHABLE
from tests.engine.faults.zigbee2mqtt.cases_keypad import KEYPAD
from tests.engine.faults.zigbee2mqtt.cases_lock import ANSWERS, COMMANDS
from tests.harness.faults.fault_scenario import FOUR
from tests.harness.faults.zigbee2mqtt.fault import Fault
from tests.harness.faults.zigbee2mqtt.fault_injectors import well

NO_FAULT: Final = Fault("none", well, changes=FOUR, at_most=5)
FAULTS: Final = (NO_FAULT, *COMMANDS, *ANSWERS, *CACHE, *UNREACHABLE, *KEYPAD)
