"""Which names are allowed, and which two are the same to people."""

import string

from hypothesis import given, strategies as st
import pytest

from custom_components.keyholder.logic.names import (
    MAX_NAME_LENGTH,
    clean_name,
    name_key,
    unique_name,
)


@pytest.mark.parametrize(
    ("entered", "name"),
    [
        ("  Anna \t\n Lee ", "Anna Lee"),
        ("Anna\u00a0\u2028\u3000Lee", "Anna Lee"),
        ("An\u200bna\u200d\ufeff", "Anna"),
        ("\u202eannA\u202c", "annA"),
        ("\u2066Anna\u2069\u200e\u061c", "Anna"),
        ("An\x00na\x1b[1m\x9f", "Anna[1m"),
        ("An\u00adna\U000e0041", "Anna"),
        ("❤\ufe0f Anna", "❤\ufe0f Anna"),
        ("Zoë Straße 李", "Zoë Straße 李"),
    ],
)
def test_a_name_keeps_only_what_is_seen(entered: str, name: str) -> None:
    """Clause 16.30: trimmed, without control, bidirectional or zero-width characters."""
    assert clean_name(entered) == name


@pytest.mark.parametrize(
    "entered",
    [
        *("", "  ", "\t\r\n", "\u200b", "\u202e\u202c", "\ufeff\u2060", "\x00\x07"),
        *(
            "\u00a0\u3000",
            "\u3164",
            "\u115f\uffa0",
            "\u2800 \u2800",
            "\ufe0f",
            "\u034f",
        ),
        *("\U000e0001\U000e007f", "\U000e0100", "\ud800"),
    ],
)
def test_a_name_that_shows_nothing_is_empty(entered: str) -> None:
    """Clause 16.30: a name of characters only that nobody sees is no name."""
    assert clean_name(entered) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna", "aNNA"),
        ("Anna Lee", " anna   lee\u200b"),
        ("Anna", "\uff21\uff2e\uff2e\uff21"),
        ("Straße", "STRASSE"),
        ("Zoe\u0308", "ZOË"),
        ("ﬁnn", "Finn"),
        ("Haus Ⅳ", "haus iv"),
        ("❤\ufe0f", "❤"),
        ("An\ufe01na", "Anna"),
    ],
)
def test_two_names_are_the_same_to_people(one: str, other: str) -> None:
    """Clause 16.30: unique after NFKC and case folding."""
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("entered", "taken", "name"),
    [
        ("Anna", ["Bob"], "Anna"),
        ("anna\u200b", ["Anna"], "anna (2)"),
        ("Anna", ["ANNA", "anna (2)"], "Anna (3)"),
        ("\u200b", ["Anna"], "Before"),
        ("\u200b", ["before"], "Before (2)"),
        ("x" * 70, [], "x" * 64),
        ("x" * 70, ["x" * 64], "x" * 60 + " (2)"),
    ],
)
def test_a_name_that_cannot_be_refused_is_corrected(
    entered: str, taken: list[str], name: str
) -> None:
    """Clause 16.30: a name from a menu that is not ours becomes the nearest allowed."""
    assert unique_name(entered, {name_key(each) for each in taken}, "Before") == name


NAMES = st.text(
    st.sampled_from(string.ascii_letters + " \t\u200b\u202e\ufe0f\u3164ßﬁÉé\x00"),
    max_size=70,
)


@given(entered=NAMES, taken=st.lists(NAMES, max_size=4))
def test_every_corrected_name_is_allowed_and_stays(
    entered: str, taken: list[str]
) -> None:
    """Clause 16.30: correcting a name again changes nothing."""
    keys = {name_key(each) for each in taken}
    name = unique_name(entered, keys, "Before")

    assert 1 <= len(name) <= MAX_NAME_LENGTH
    assert clean_name(name) == name
    assert name_key(name) not in keys
    assert unique_name(name, keys, "Other") == name
