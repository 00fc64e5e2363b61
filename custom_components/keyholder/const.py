"""Constants shared by the platforms, flows, actions and repairs."""

from typing import Final

DOMAIN: Final = "keyholder"

SUBENTRY_LOCK: Final = "lock"
SUBENTRY_PERSON: Final = "person"

EVENT_ACCESS: Final = "keyholder_access"
"""Bus event of an access event at a lock, for the logbook."""
