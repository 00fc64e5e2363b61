"""Names that more than one module of the surface needs."""

from typing import Final

DOMAIN: Final = "keyholder"

SUBENTRY_LOCK: Final = "lock"
SUBENTRY_PERSON: Final = "person"

EVENT_ACCESS: Final = "keyholder_access"
"""What happened at a lock, on the bus: for the logbook."""
