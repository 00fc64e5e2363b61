"""Clause 16.18: which lock takes no command without a code."""

from time import monotonic

import pytest

from custom_components.keyholder.logic.lock_code import needs_code


@pytest.mark.parametrize(
    ("code_format", "default_code", "needed"),
    [
        (None, None, False),
        (r"^\d{4,8}$", None, True),
        (r"^\d{4,8}$", "", True),
        # whether it fits, Home Assistant says
        (r"^\d{4,8}$", "90", False),
        (".*", None, False),
        (r"^\d*$", None, False),
        (r"^(\d{4})?$", None, False),
        ("", None, False),
        ("number", None, True),
        ("(", None, True),
        (4, None, False),
    ],
)
def test_a_format_that_no_code_fits_asks_for_one(
    code_format: object, default_code: object, needed: bool
) -> None:
    assert needs_code(code_format, default_code) is needed


@pytest.mark.parametrize(
    "pattern", ["((a?){65000}){65000}", "(" * 5000, "a?" * 10_000, "(a*)*" * 12]
)
def test_a_pattern_from_outside_is_not_tried_for_long(pattern: str) -> None:
    """Who can publish to a broker can describe a lock."""
    begin = monotonic()
    needs_code(pattern, None)
    assert monotonic() - begin < 1
