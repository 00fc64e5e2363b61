"""Lock-out of the keypad after too many wrong codes."""

from dataclasses import dataclass

from .limits import DoorLockLimits


@dataclass
class Lockout:
    """Counts wrong codes in a row; all times are Unix seconds of the lock's clock."""

    wrong_codes: int = 0
    until: float = 0
    """Until then every code is refused."""

    def is_active(self, now: float) -> bool:
        """Return whether every code is refused now."""
        return now < self.until

    def reset(self) -> None:
        """Start counting anew: a right code was entered."""
        self.wrong_codes = 0

    def count_wrong_code(self, now: float, limits: DoorLockLimits) -> bool:
        """Count a wrong code; return whether a lock-out begins. During one none counts."""
        if self.is_active(now):
            return False
        self.wrong_codes += 1
        if self.wrong_codes < limits.wrong_codes:
            return False
        self.wrong_codes = 0
        self.until = now + limits.disable_seconds
        return True
