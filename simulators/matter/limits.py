"""Capacities of a lock (`Limits`), and where locks differ (`Traits`)."""

from dataclasses import dataclass

from simulators.common.door_lock.limits import DoorLockLimits

from .terms import CredentialType, Feature


@dataclass(frozen=True, kw_only=True)
class Limits(DoorLockLimits):
    """Limits of a Matter lock: those of both clusters and its own; indexes start at 1."""

    users: int = 20
    pins: int = 20
    rfids: int = 10
    fingerprints: int = 0
    credentials_per_user: int = 5
    week_days_per_user: int = 4
    year_days_per_user: int = 4
    holidays: int = 4
    wrong_codes: int = 3
    disable_seconds: int = 10

    def capacity(self, kind: int) -> int:
        """Return how many credentials of a kind there may be; 0 is also "not supported"."""
        match kind:
            case CredentialType.PIN:
                return self.pins
            case CredentialType.RFID:
                return self.rfids
            case CredentialType.FINGERPRINT:
                return self.fingerprints
            case _:
                return 0

    def fits(self, kind: int, data: bytes) -> bool:
        """Return whether the length of a credential is allowed."""
        match kind:
            case CredentialType.PIN | CredentialType.PROGRAMMING_PIN:
                shortest, longest = self.pin_length
            case CredentialType.RFID:
                shortest, longest = self.rfid_length
            case _:
                return True
        return shortest <= len(data) <= longest

    @property
    def feature_map(self) -> int:
        """Return the features that these capacities make, and the ones all have here."""
        features = Feature.USER | Feature.DOOR_POSITION
        features |= Feature.CREDENTIALS_OVER_THE_AIR
        for count, feature in (
            (self.pins, Feature.PIN),
            (self.rfids, Feature.RFID),
            (self.fingerprints, Feature.FINGER),
            (self.week_days_per_user, Feature.WEEK_DAY_SCHEDULES),
            (self.year_days_per_user, Feature.YEAR_DAY_SCHEDULES),
            (self.holidays, Feature.HOLIDAY_SCHEDULES),
        ):
            if count:
                features |= feature
        return features


@dataclass
class Traits:
    """How a lock behaves where locks differ; may be changed while it runs."""

    enforces: bool = True
    """Schedules and user types decide whether a code opens; matter.js only stores them."""
    names_next_user: bool = True
    """GetUser returns the next user; without it every index has to be read."""
    drops_empty_users: bool = False
    """The last credential that is cleared takes its user along."""
    keeps_user_ids: bool = True
    """Otherwise the unique id that a controller gives a user is lost, against the rules."""
    counts_bytes: bool = False
    """A name may have 10 bytes of UTF-8, not 10 characters."""
    reports_schedules: bool = False
    """A schedule that is set or cleared is a LockUserChange; matter.js reports nothing."""
    names_credentials: bool = True
    """Operations name the credential that was used; otherwise the user alone."""
    pin_for_remote: bool = False
    """Locking and unlocking by radio needs a PIN."""
