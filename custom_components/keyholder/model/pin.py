"""The `Pin` type: digits that are never printed, logged or serialised."""

from hmac import compare_digest, digest
from typing import Final, Never, override

SHORTEST_PIN: Final = 4
LONGEST_PIN: Final = 20
"""The digits of the shortest and the longest PIN that any keypad lock may take."""

_DIGITS: Final = frozenset("0123456789")


class Pin:
    """The digits of a code, hidden from everything that prints or stores objects.

    `str`, `repr` and formatting give dots of a fixed length, so that not even the
    number of digits is visible. Equality takes the same time for any content.
    `reveal()` is for a provider that writes the code, for the secret store, and for the
    one step of a flow that displays a generated PIN.
    """

    __slots__ = ("_digits",)

    _digits: str

    def __init__(self, digits: str) -> None:
        """Store the digits as given; `logic.pin_rules` says what is acceptable."""
        object.__setattr__(self, "_digits", digits)

    def reveal(self) -> str:
        """Return the digits."""
        return self._digits

    @property
    def is_plausible(self) -> bool:
        """Return whether this can be a PIN of any lock: digits, not too few or too many."""
        return (
            SHORTEST_PIN <= len(self._digits) <= LONGEST_PIN
            and set(self._digits) <= _DIGITS
        )

    def fingerprint(self, key: bytes) -> str:
        """Return the HMAC-SHA256 of the digits as hexadecimal text, to compare later."""
        return digest(key, _as_bytes(self._digits), "sha256").hex()

    def __len__(self) -> int:
        """Return the number of digits."""
        return len(self._digits)

    @override
    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError("a Pin does not change")

    @override
    def __delattr__(self, name: str) -> Never:
        raise AttributeError("a Pin does not change")

    @override
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Pin):
            return NotImplemented
        return compare_digest(_as_bytes(self._digits), _as_bytes(other._digits))

    @override
    def __hash__(self) -> int:
        return hash((Pin, self._digits))

    @override
    def __repr__(self) -> str:
        return "••••"

    @override
    def __format__(self, format_spec: str) -> str:
        return repr(self)

    @override
    def __reduce_ex__(self, protocol: object) -> Never:
        raise TypeError(
            "a Pin is not serialised; the secret store reveals it on purpose"
        )


def _as_bytes(digits: str) -> bytes:
    """Encode any text that a lock sent; an encoding error would quote the digits."""
    return digits.encode("utf-8", "surrogatepass")
