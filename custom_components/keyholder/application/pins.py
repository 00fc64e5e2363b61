"""Validate PINs against the requirements of the chosen locks."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
import secrets
from typing import Final

from homeassistant.const import CONF_PIN

from ..const import CONF_LOCKS
from ..logic.pin_rules import (
    PinProblem,
    common_lengths,
    generate_pin,
    lock_lengths,
    pin_conflict,
    pin_problem,
)
from ..model.pin import Pin
from ..model.pin_lengths import PinLengths
from ..runtime.lock.coordinator import LockCoordinator
from .errors import InvalidInputError


@dataclass(frozen=True, slots=True, kw_only=True)
class PinRequirements:
    """The requirements of the chosen locks for a PIN.

    `lengths` are those that suit all of them, `by_lock` those of each by its name.
    `shortest_by` and `longest_by` name the locks that set the minimum and maximum
    length, "" without locks.
    """

    lengths: PinLengths
    by_lock: Mapping[str, PinLengths]
    shortest_by: str
    longest_by: str
    in_use: Collection[Pin]


def pin_needs(
    locks: Iterable[LockCoordinator], in_use: Collection[Pin]
) -> PinRequirements:
    """Return the common requirements of the locks.

    Raises InvalidInputError if no length suits all of them.
    """
    ranges = {
        lock.settings.name: lock_lengths(lock.settings, lock.capabilities)
        for lock in locks
    }
    lengths = common_lengths(ranges.values())
    longer = max(ranges, key=lambda name: ranges[name].shortest, default="")
    shorter = min(ranges, key=lambda name: ranges[name].longest, default="")
    if not lengths.is_possible:
        raise InvalidInputError(
            "no_common_length",
            CONF_LOCKS,
            lock=longer,
            lock_lengths=str(ranges[longer]),
            other_lock=shorter,
            other_lengths=str(ranges[shorter]),
        )
    return PinRequirements(
        lengths=lengths,
        by_lock=ranges,
        shortest_by=longer,
        longest_by=shorter,
        in_use=in_use,
    )


def parse_pin(entered: object, needs: PinRequirements) -> tuple[Pin, bool]:
    """Return the entered PIN, and whether it is trivial. Raises InvalidInputError.

    A number is rejected like everything that is not text: it has lost its leading
    zeros, and would be another PIN.
    """
    digits = entered.strip() if isinstance(entered, str) else ""
    problem = pin_problem(digits, needs.lengths, needs.in_use)
    if problem is not None and problem is not PinProblem.TRIVIAL:
        raise _input_error(problem, needs)
    return Pin(digits), problem is PinProblem.TRIVIAL


def generated_pin(needs: PinRequirements) -> Pin:
    """Return a random PIN that meets the requirements.

    Raises InvalidInputError if none was found.
    """
    pin = generate_pin(needs.lengths, needs.in_use, secrets.randbelow)
    if pin is None:
        raise InvalidInputError("no_pin_left")
    return pin


def validate_new_pin(pin: Pin, needs: PinRequirements) -> None:
    """Validate again a PIN that was accepted earlier. Raises InvalidInputError."""
    if (problem := pin_conflict(pin, needs.lengths, needs.in_use)) is not None:
        raise _input_error(problem, needs)


def validate_current_pin(pin: Pin | None, needs: PinRequirements) -> None:
    """Validate the current PIN of a person, None if missing. Raises InvalidInputError."""
    if pin is None:
        raise InvalidInputError("pin_missing", CONF_PIN)
    if (problem := pin_conflict(pin, needs.lengths, needs.in_use)) is not None:
        raise _input_error(problem, needs, _PRESENT)


_PRESENT: Final = "present_"


def _input_error(
    problem: PinProblem, needs: PinRequirements, prefix: str = ""
) -> InvalidInputError:
    limited_by = {
        PinProblem.TOO_SHORT: needs.shortest_by,
        PinProblem.TOO_LONG: needs.longest_by,
    }
    lock = limited_by.get(problem)
    error = "pin_length" if lock == "" else problem.value
    placeholders = {"lengths": str(needs.lengths)}
    if lock:
        placeholders |= {"lock": lock, "lock_lengths": str(needs.by_lock[lock])}
    return InvalidInputError(f"{prefix}{error}", CONF_PIN, **placeholders)
