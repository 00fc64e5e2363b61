"""Names of sites and people."""

from collections.abc import Iterable
from typing import Final

from .refused import Refused

CONF_NAME: Final = "name"


def checked_name(entered: str, taken: Iterable[str]) -> str:
    """Return the name as it is kept; Refused if it is empty or somebody has it."""
    name = " ".join(entered.split())
    if not name:
        raise Refused("name_empty", CONF_NAME)
    if name.casefold() in {" ".join(other.split()).casefold() for other in taken}:
        raise Refused("name_taken", CONF_NAME, taken=name)
    return name
