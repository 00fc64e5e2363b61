"""Which PINs are taken, and which are made."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from random import Random

import pytest

from custom_components.keyholder.logic.pin_rules import (
    PinProblem,
    common_lengths,
    generate_pin,
    is_trivial,
    lock_lengths,
    parse_lengths,
    pin_problem,
)
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.pin_lengths import PinLengths
from custom_components.keyholder.model.provider_io import Capabilities
from custom_components.keyholder.model.settings import LockSettings

USUAL = PinLengths()


def chance(seed: int) -> Callable[[int], int]:
    """Return numbers that are the same on every run."""
    return Random(seed).randrange  # noqa: S311 - nothing secret is made here


@pytest.mark.parametrize(
    ("digits", "problem"),
    [
        ("9071", None),
        ("90714253", None),
        ("9071425360", None),
        ("0907", None),
        ("", PinProblem.NOT_DIGITS),
        ("907a", PinProblem.NOT_DIGITS),
        (" 9071", PinProblem.NOT_DIGITS),
        ("9071\n", PinProblem.NOT_DIGITS),
        ("-9071", PinProblem.NOT_DIGITS),
        ("90.71", PinProblem.NOT_DIGITS),
        ("٩٠٧١", PinProblem.NOT_DIGITS),
        ("\uff19\uff10\uff17\uff11", PinProblem.NOT_DIGITS),
        ("9²71", PinProblem.NOT_DIGITS),
        ("907", PinProblem.TOO_SHORT),
        ("90714253607", PinProblem.TOO_LONG),
        ("1234", PinProblem.TRIVIAL),
        ("9055", PinProblem.IN_USE),
    ],
)
def test_the_first_reason_not_to_take_a_pin(
    digits: str, problem: PinProblem | None
) -> None:
    assert pin_problem(digits, USUAL, [Pin("9055")]) == problem


def test_a_trivial_pin_in_use_is_in_use_for_that_cannot_be_confirmed_away() -> None:
    assert pin_problem("1234", USUAL, [Pin("1234")]) is PinProblem.IN_USE


@pytest.mark.parametrize(
    "digits",
    [
        "0000",
        "99999999",
        "1234",
        "12345678",
        "7890",
        "8901",
        "4321",
        "3210",
        "0987",
        "1212",
        "9090",
        "121212",
        "90909090",
        "123123",
        "90719071",
        "2580",
        "0852",
        "1004",
        "1122",
    ],
)
def test_the_codes_tried_first_are_trivial(digits: str) -> None:
    assert is_trivial(digits)


@pytest.mark.parametrize("digits", ["9071", "9062", "907142", "1357", "90909", "9"])
def test_what_takes_some_guessing_is_not(digits: str) -> None:
    assert not is_trivial(digits)


@pytest.mark.parametrize(
    ("locks", "common", "possible"),
    [
        ([], PinLengths(4, 10), True),
        ([PinLengths(6, 6)], PinLengths(6, 6), True),
        ([PinLengths(4, 8), PinLengths(6, 10)], PinLengths(6, 8), True),
        ([PinLengths(4, 8), PinLengths(1, 4)], PinLengths(4, 4), True),
        ([PinLengths(4, 4), PinLengths(6, 8)], PinLengths(6, 4), False),
    ],
)
def test_lengths_that_every_lock_takes(
    locks: list[PinLengths], common: PinLengths, possible: bool
) -> None:
    assert common_lengths(locks) == common
    assert common_lengths(locks).is_possible is possible


LOCK = LockSettings(lock="front", subentry_id="1", name="Front")


def capable(lengths: PinLengths) -> Capabilities:
    return Capabilities(
        slots=range(1, 3),
        pin_min_length=lengths.shortest,
        pin_max_length=lengths.longest,
        best_evidence=Evidence.VALUE,
        reports_changes=True,
    )


@pytest.mark.parametrize(
    ("owner", "lock", "lengths"),
    [
        (None, None, PinLengths(4, 10)),
        (None, PinLengths(6, 8), PinLengths(6, 8)),
        (PinLengths.fixed(5), PinLengths(6, 8), PinLengths(5, 5)),
        (PinLengths(4, 12), None, PinLengths(4, 12)),
    ],
)
def test_the_owners_word_goes_before_the_locks_and_that_before_what_is_assumed(
    owner: PinLengths | None, lock: PinLengths | None, lengths: PinLengths
) -> None:
    """Clause 16.16."""
    settings = replace(LOCK, pin_lengths=owner)
    capabilities = None if lock is None else capable(lock)
    assert lock_lengths(settings, capabilities) == lengths


@pytest.mark.parametrize(
    ("entered", "lengths"),
    [
        ("6", PinLengths(6, 6)),
        (" 4-8 ", PinLengths(4, 8)),
        ("4 – 10", PinLengths(4, 10)),
        ("6 to 12", PinLengths(6, 12)),
        ("6-6", PinLengths(6, 6)),
    ],
)
def test_lengths_are_entered_as_a_number_or_a_range(
    entered: str, lengths: PinLengths
) -> None:
    """Clause 16.16: what is stored and shown again can be read again."""
    assert parse_lengths(entered) == lengths
    assert parse_lengths(str(lengths)) == lengths


@pytest.mark.parametrize(
    "entered", ["", "six", "3", "21", "8-4", "4-21", "4,8", "-6", "4-", "٦", "6.0"]
)
def test_other_lengths_are_not_understood(entered: str) -> None:
    """Clause 16.16."""
    with pytest.raises(ValueError, match=r"PIN|number"):
        parse_lengths(entered)


def test_no_pin_fits_impossible_lengths() -> None:
    impossible = PinLengths(6, 4)
    for digits in ("9071", "90714", "907142"):
        assert pin_problem(digits, impossible, []) is not None
    assert generate_pin(impossible, [], chance(1)) is None


@pytest.mark.parametrize(
    ("lengths", "length"),
    [
        (USUAL, 6),
        (PinLengths(4, 4), 4),
        (PinLengths(7, 10), 7),
        (PinLengths(6, 6), 6),
        (PinLengths(1, 5), 5),
    ],
)
def test_a_generated_pin_has_the_length_that_fits(
    lengths: PinLengths, length: int
) -> None:
    pin = generate_pin(lengths, [], chance(7))
    assert pin is not None
    assert len(pin) == length


def test_a_generated_pin_is_never_trivial_nor_in_use() -> None:
    short = PinLengths(4, 4)
    below = chance(5)
    in_use: set[Pin] = set()
    for _ in range(3000):
        pin = generate_pin(short, in_use, below)
        assert pin is not None
        assert pin not in in_use
        assert not is_trivial(pin.reveal())
        in_use.add(pin)


def test_no_pin_is_made_where_all_are_in_use() -> None:
    every = {Pin(str(number)) for number in range(10)}
    assert generate_pin(PinLengths(1, 1), every, chance(3)) is None


def test_the_search_for_a_pin_ends_with_bad_luck_too() -> None:
    asked = count()

    def always_nought(_below: int) -> int:
        next(asked)
        return 0

    assert generate_pin(USUAL, [], always_nought) is None
    assert next(asked) < 10_000
