"""The faults that a lock of Zigbee2MQTT, its bridge and its broker can have."""

from typing import Final

from tests.faults.scene import FOUR

from .cases_keypad import KEYPAD
from .cases_lock import ANSWERS, COMMANDS
from .cases_way import AWAY, CACHE
from .fault import Fault
from .strikes import well

NO_FAULT: Final = Fault("none", well, doings=FOUR, at_most=5)
FAULTS: Final = (NO_FAULT, *COMMANDS, *ANSWERS, *CACHE, *AWAY, *KEYPAD)
