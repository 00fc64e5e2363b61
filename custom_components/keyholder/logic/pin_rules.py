"""PIN rules: which PINs are acceptable, and how one is generated."""

from collections.abc import Callable, Collection, Iterable
from enum import StrEnum
from itertools import pairwise
import re
from typing import Final

from ..model.pin import LONGEST_PIN, SHORTEST_PIN, Pin
from ..model.pin_lengths import PinLengths
from ..model.provider_io import Capabilities
from ..model.settings import LockSettings

ASCII_DIGITS: Final = "0123456789"

GENERATED_LENGTH: Final = 6
"""Digits of a generated PIN where the locks leave the choice."""

_COMMON: Final = frozenset({"0852", "1004", "1010", "1122", "2000", "2580", "5683"})
"""Among the most used PINs of published leaks, besides the patterns below."""

_ATTEMPTS: Final = 1000
_LENGTHS: Final = re.compile(
    r"(?P<shortest>[0-9]{1,2})(?:\s*(?:-|–|—|to|bis)\s*(?P<longest>[0-9]{1,2}))?"
)


class PinProblem(StrEnum):
    """Why a PIN is not accepted; each is a translated key."""

    NOT_DIGITS = "pin_not_digits"
    TOO_SHORT = "pin_too_short"
    TOO_LONG = "pin_too_long"
    TRIVIAL = "pin_trivial"
    IN_USE = "pin_in_use"


def lock_lengths(
    settings: LockSettings, capabilities: Capabilities | None
) -> PinLengths:
    """Return the lengths of PINs that a lock takes.

    What the owner has set goes before what the lock reports, and that before what is
    assumed of every lock. `capabilities` is None for a lock that was never reached.
    """
    if settings.pin_lengths is not None:
        return settings.pin_lengths
    return PinLengths() if capabilities is None else capabilities.pin_lengths


def parse_lengths(entered: str) -> PinLengths:
    """Return the lengths that a user has entered: one number of digits, or a range.

    Raises ValueError for anything else, and for lengths that no code may have.
    """
    match = _LENGTHS.fullmatch(entered.strip())
    if match is None:
        raise ValueError("neither a number nor a range")
    shortest = int(match["shortest"])
    longest = int(match["longest"] or shortest)
    if not SHORTEST_PIN <= shortest <= longest <= LONGEST_PIN:
        raise ValueError("no lengths that a PIN may have")
    return PinLengths(shortest, longest)


def common_lengths(lengths: Iterable[PinLengths]) -> PinLengths:
    """Return the lengths that every lock accepts; without locks, the usual ones.

    The result is not possible where no length suits all of them.
    """
    every = list(lengths)
    if not every:
        return PinLengths()
    return PinLengths(
        max(SHORTEST_PIN, *(each.shortest for each in every)),
        min(LONGEST_PIN, *(each.longest for each in every)),
    )


def pin_problem(
    digits: str, lengths: PinLengths, in_use: Collection[Pin]
) -> PinProblem | None:
    """Return the first reason not to accept a PIN, the one to confirm coming last.

    `in_use` are the PINs of other people on a shared lock.
    """
    if not digits or any(digit not in ASCII_DIGITS for digit in digits):
        return PinProblem.NOT_DIGITS
    if (conflict := pin_conflict(Pin(digits), lengths, in_use)) is not None:
        return conflict
    if is_trivial(digits):
        return PinProblem.TRIVIAL
    return None


def pin_conflict(
    pin: Pin, lengths: PinLengths, in_use: Collection[Pin]
) -> PinProblem | None:
    """Return why a PIN that was accepted before does not suit these locks, None if it does."""
    if len(pin) < lengths.shortest:
        return PinProblem.TOO_SHORT
    if len(pin) > lengths.longest:
        return PinProblem.TOO_LONG
    if not pin.is_plausible:
        # as read from a lock; it could not be stored
        return PinProblem.NOT_DIGITS
    if pin in in_use:
        return PinProblem.IN_USE
    return None


def is_trivial(digits: str) -> bool:
    """Return whether a PIN is among the first that a stranger would try."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(digits)}
    if len(steps) == 1 and steps <= {0, 1, 9}:
        return True
    return _repeats(digits) or digits in _COMMON


def _repeats(digits: str) -> bool:
    """Return whether the digits repeat one shorter sequence."""
    return any(
        digits == digits[:length] * (len(digits) // length)
        for length in range(1, len(digits) // 2 + 1)
    )


def generate_pin(
    lengths: PinLengths,
    in_use: Collection[Pin],
    random_below: Callable[[int], int],
) -> Pin | None:
    """Return a random PIN that is not in use and not trivial, or None if none is found.

    `random_below(n)` returns an unpredictable number from 0 to n - 1.
    """
    if not lengths.is_possible:
        return None
    length = min(max(GENERATED_LENGTH, lengths.shortest), lengths.longest)
    for _ in range(_ATTEMPTS):
        digits = "".join(ASCII_DIGITS[random_below(10)] for _ in range(length))
        if pin_problem(digits, lengths, in_use) is None:
            return Pin(digits)
    return None
