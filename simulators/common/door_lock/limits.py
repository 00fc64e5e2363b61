"""Capacities and bounds of a door lock."""

from dataclasses import dataclass

from .constants import Attribute


@dataclass(frozen=True, kw_only=True)
class DoorLockLimits:
    """Capacities and bounds of both clusters, which a lock reports as attributes."""

    pins: int = 0
    rfids: int = 0
    pin_length: tuple[int, int] = (4, 8)
    """The shortest and the longest; so for cards."""
    rfid_length: tuple[int, int] = (4, 10)
    week_days_per_user: int = 0
    year_days_per_user: int = 0
    holidays: int = 0
    wrong_codes: int = 5
    """Wrong codes in a row that begin a lock-out."""
    disable_seconds: int = 30
    """How long a lock-out lasts."""

    def attributes(self) -> dict[int, int]:
        """Return the attributes that report these limits."""
        return {
            Attribute.PINS: self.pins,
            Attribute.RFIDS: self.rfids,
            Attribute.WEEK_DAYS_PER_USER: self.week_days_per_user,
            Attribute.YEAR_DAYS_PER_USER: self.year_days_per_user,
            Attribute.HOLIDAYS: self.holidays,
            Attribute.MAX_PIN_LENGTH: self.pin_length[1],
            Attribute.MIN_PIN_LENGTH: self.pin_length[0],
            Attribute.MAX_RFID_LENGTH: self.rfid_length[1],
            Attribute.MIN_RFID_LENGTH: self.rfid_length[0],
            Attribute.WRONG_CODE_LIMIT: self.wrong_codes,
            Attribute.DISABLE_SECONDS: self.disable_seconds,
        }
