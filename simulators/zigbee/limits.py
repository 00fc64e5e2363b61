"""Capacities of a lock (`Limits`), and where locks differ (`Traits`)."""

from dataclasses import dataclass
from enum import Enum

from simulators.common.door_lock.limits import DoorLockLimits


class Mask(Enum):
    """What GetPIN answers of a code that the lock does not show."""

    FF = "ff"
    """As many bytes of 0xFF as the code has digits: U+FFFD by the time Python has it."""
    EMPTY = "empty"
    """No digits, and a user who is there."""
    REFUSED = "refused"
    """A DefaultResponse: unsupported command."""


@dataclass(frozen=True, kw_only=True)
class Limits(DoorLockLimits):
    """Limits of a Zigbee lock: those of both clusters and its own."""

    pins: int = 30
    first_user: int = 0
    """The lowest user id; many a lock begins with 1."""

    def has_user(self, user: int) -> bool:
        """Return whether there is such a user id."""
        return 0 <= user - self.first_user < max(self.pins, self.rfids)

    def has_pin(self, user: int) -> bool:
        """Return whether this user id can have a PIN."""
        return 0 <= user - self.first_user < self.pins

    def has_rfid(self, user: int) -> bool:
        """Return whether this user id can have a card."""
        return 0 <= user - self.first_user < self.rfids


@dataclass
class Traits:
    """How a lock behaves where locks differ; may be changed while it runs."""

    shows_codes: bool = True
    """GetPIN returns the digits; otherwise see `mask`. An attribute says which."""
    mask: Mask = Mask.FF
    reports_operations: bool = True
    """It notifies of what the bolt does. Its event masks always say that it does."""
    shows_last_operation: bool = False
    """An attribute of the manufacturer has the last operation, its source and user."""
    reports_programming: bool = True
    """It notifies of codes that change. Its event masks always say that it does."""
    reports_pins: bool = False
    """Notifications carry the code itself, if the lock shows codes at all."""
    sends_data_field: bool = True
    """Notifications end with the `data` string; without it herdsman drops them."""
    notification_copies: int = 1
    """How often the same frame of a notification is sent."""
    reports_users: bool = True
    """Notifications of the keypad name the user."""
    refuses_own_duplicate: bool = False
    """The code that a user has already is refused as a duplicate for that user."""
    refuses_duplicates: bool = True
    """A code that another user has is refused."""
    obeys_status: bool = True
    """A disabled code does not open."""
    enforces: bool = True
    """Schedules and user types decide whether a code opens."""
    schedule_needs_user: bool = False
    """A schedule is refused for a user who has no code."""
    schedules_outlive_code: bool = True
    """Clearing a code leaves the schedules of its user."""
    pin_for_remote: bool = False
    """Locking and unlocking by radio needs a PIN."""
    missing: frozenset[int] = frozenset()
    """Numbers of commands that this lock does not have."""
    hidden_attributes: frozenset[int] = frozenset()
    """Numbers of attributes that this lock does not report."""
