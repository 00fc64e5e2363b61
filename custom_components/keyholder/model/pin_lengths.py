"""Lengths of PINs, in digits: those that a lock takes, and what it did with each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self, override

from .pin import LONGEST_PIN, SHORTEST_PIN

MAX_DROPS: Final = 2
"""How often a lock has to drop codes of one length before the length is suspected."""
_LONGEST_ASSUMED: Final = 10
_UNREPORTED: Final = (0, 0xFF)
"""What locks report as a length that they do not know."""


@dataclass(frozen=True, slots=True)
class PinLengths:
    """The least and the most digits of a PIN, both included.

    The defaults are those of a lock of which nothing is known.
    """

    shortest: int = SHORTEST_PIN
    longest: int = _LONGEST_ASSUMED

    @classmethod
    def reported(cls, shortest: int | None, longest: int | None) -> Self:
        """Return the lengths that a lock reports; None is a length that it does not.

        What a lock does not say is assumed. A least length below that of any PIN is
        raised to it: such a code would be found by trying. A lock that contradicts itself
        is taken by its least length.
        """
        least = SHORTEST_PIN if shortest in (None, *_UNREPORTED) else shortest
        least = min(max(least, SHORTEST_PIN), LONGEST_PIN)
        most = _LONGEST_ASSUMED if longest in (None, *_UNREPORTED) else longest
        return cls(least, max(least, min(most, LONGEST_PIN)))

    @classmethod
    def fixed(cls, length: int) -> Self:
        """Return the lengths of a lock that takes one length only."""
        return cls(length, length)

    @property
    def is_possible(self) -> bool:
        """Return whether any PIN fits."""
        return self.shortest <= self.longest

    def allow(self, length: int) -> bool:
        """Return whether a PIN of so many digits fits."""
        return self.shortest <= length <= self.longest

    @override
    def __str__(self) -> str:
        """Return the lengths as users read and enter them: `6`, or `4-8`."""
        if self.shortest == self.longest:
            return str(self.shortest)
        return f"{self.shortest}-{self.longest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PinLengthHistory:
    """What a lock has done with PINs of each length, in digits.

    `dropped` is how often it accepted a code of a length and did not store it, counted
    to `MAX_DROPS`, since it last stored one. `kept` are the lengths that it stored.
    """

    dropped: Mapping[int, int] = field(default_factory=dict)
    kept: tuple[int, ...] = ()
