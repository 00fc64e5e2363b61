"""Provider for Zigbee locks, through Home Assistant's ZHA integration.

Besides: `credentials`, `schedules`, `scheduled_write`, and `bolt_state`, as ZHA may show
a state of the bolt that the lock has not reported.
"""

from .client import check_library
from .provider import ZhaProvider

__all__ = ["ZhaProvider", "check_library"]
