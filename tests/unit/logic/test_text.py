"""Which text can be stored as UTF-8."""

import pytest

from custom_components.keyholder.logic.text import as_storable, is_storable


@pytest.mark.parametrize(
    ("text", "storable", "stored"),
    [
        ("", True, ""),
        ("Zoë 🔑 \x00 \uffff \ufdd0", True, "Zoë 🔑 \x00 \uffff \ufdd0"),
        ("Ann\ud800", False, "Ann?"),
        ("\udfff", False, "?"),
        ("\ude00\ud83d", False, "??"),
    ],
)
def test_only_lone_surrogates_cannot_be_stored(
    text: str, storable: bool, stored: str
) -> None:
    """Clause 16.23: whatever else is in a text is stored as it is."""
    assert is_storable(text) is storable
    assert as_storable(text) == stored
