"""Whether a lock takes no command without a code, by what Home Assistant knows of it."""

import re
from typing import Final

_LONGEST_PATTERN: Final = 64
"""Characters. A lock entity may be described by whoever can publish to a broker."""


def needs_code(code_format: object, default_code: object) -> bool:
    """Return whether every command of ours to the lock would be refused.

    `code_format` is the pattern that Home Assistant compares the code of a command with,
    None where it compares none. `default_code` is what it sends with a command without a
    code; whether that fits is not compared here.
    """
    if not isinstance(code_format, str) or default_code:
        return False
    return not _takes_no_code(code_format)


def _takes_no_code(pattern: str) -> bool:
    """Return whether the pattern matches no code at all.

    Repetitions with numbers, one in the other, can be tried for years: such a pattern is
    taken for one that wants a code, as nearly all do.
    """
    if len(pattern) > _LONGEST_PATTERN or pattern.count("{") > 1:
        return False
    try:
        return re.match(pattern, "") is not None
    except re.error, OverflowError, RecursionError:
        return False
