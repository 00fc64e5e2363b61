"""Provider for Matter locks, through Home Assistant's Matter integration.

Every code belongs to a user: `credentials` writes both, `user_registry` knows whose they
are, `expected_changes` which reports are about changes of ours. A schedule is written
between the two, so that is part of `credentials` too; `schedules` are its entries,
`lock_clock` the clock that they need. `event_clock` decides by their times which events
are news, and `timed_events` passes them on so. `statuses` reads the status of a rejected
command out of the text of an error: the pure half of the client.
"""

from .client import check_library
from .provider import MatterProvider

__all__ = ["MatterProvider", "check_library"]
