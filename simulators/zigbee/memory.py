"""Stored data of a lock: users with their PINs and cards, and schedules."""

from dataclasses import dataclass, field

from simulators.common.door_lock.schedules import Schedules


@dataclass
class Code:
    """A PIN or a card of one user."""

    status: int
    kind: int
    data: bytes = field(repr=False)


@dataclass
class Memory(Schedules):
    """Everything a lock holds, by user id."""

    pins: dict[int, Code] = field(default_factory=dict)
    rfids: dict[int, Code] = field(default_factory=dict)

    def code_of(self, user: int) -> Code | None:
        """Return what a user has, the PIN before the card."""
        return self.pins.get(user) or self.rfids.get(user)

    def forget_all(self) -> None:
        """Be as new."""
        for held in (
            self.pins,
            self.rfids,
            self.week_days,
            self.year_days,
            self.holidays,
        ):
            held.clear()
