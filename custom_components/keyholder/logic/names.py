"""Names of sites, people and locks: how they are cleaned, compared and made unique."""

from collections.abc import Container
from typing import Final
import unicodedata

MAX_NAME_LENGTH: Final = 64

_INVISIBLE_CATEGORIES: Final = {"Cc", "Cf", "Cs"}
"""Control and format characters (zero width, bidirectional, tags), and surrogates."""

_EMOJI_STYLES: Final = "\ufe0e\ufe0f"
"""They say whether the character before is drawn in colour; alone they show nothing."""

_FILLERS: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    "\ufe00\ufe01\ufe02\ufe03\ufe04\ufe05\ufe06\ufe07\ufe08\ufe09\ufe0a\ufe0b\ufe0c\ufe0d"
)
"""Characters of other categories that show nothing."""


def clean_name(text: str) -> str:
    """Return a name with single spaces and without characters that show nothing.

    Line breaks and tabs count as spaces. "" if nothing is left to be seen.
    """
    name = _drop_invisible(text)
    return name if name_key(name) else ""


def name_key(name: str) -> str:
    """Return what two names have in common that people take for the same.

    Letter case, width, ligatures, spaces and characters that show nothing do not count.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    # folding may undo the normal form
    key = _drop_invisible(unicodedata.normalize("NFKC", folded))
    return key.translate(dict.fromkeys(map(ord, _EMOJI_STYLES))).strip()


def unique_name(text: str, taken: Container[str], fallback: str) -> str:
    """Return the nearest name that is allowed, for a text that cannot be refused.

    It is cleaned and shortened, and numbered if its key is taken: "Anna (2)". `fallback`
    stands for a text that shows nothing.
    """
    name = clean_name(text) or clean_name(fallback)
    candidate, number = _shorten(name), 1
    while name_key(candidate) in taken:
        number += 1
        candidate = _shorten(name, f" ({number})")
    return candidate


def _shorten(name: str, suffix: str = "") -> str:
    return name[: MAX_NAME_LENGTH - len(suffix)].rstrip() + suffix


def _drop_invisible(text: str) -> str:
    return " ".join("".join(filter(_is_kept, text)).split())


def _is_kept(character: str) -> bool:
    if character.isspace():
        return True
    if character in _FILLERS or "\U000e0100" <= character <= "\U000e01ef":
        return False
    return unicodedata.category(character) not in _INVISIBLE_CATEGORIES
