"""Lock identity: whether two lock entities stand for the same slots; addresses as text."""

from typing import Final

from ..model.provider_io import LockAddress

_LONGEST_PART: Final = 64
_HARMLESS: Final = " -_/:"
"""Signs other than letters and digits that are shown as they are."""


def shown_address(address: LockAddress) -> str:
    """Return an address to show to the user: its route and bridge, if any, and its node.

    Others may have chosen the text, so nothing of it can be taken for markup; what is
    empty is shown as a question mark.
    """
    parts = (address.route, address.bridge, address.node)
    shown = [_harmless(part) for part in parts if part] or ["?"]
    return ", ".join(shown)


def _harmless(text: str) -> str:
    short = text if len(text) <= _LONGEST_PART else f"{text[: _LONGEST_PART - 1]}…"
    plain = "".join(
        each if each.isalnum() or each in _HARMLESS else "…" for each in short
    )
    # nor for a link
    return plain.replace("//", "/…")


def is_same_lock(
    one: LockAddress | None, other: LockAddress | None, *, same_device: bool
) -> bool:
    """Return whether two entities of one technology drive the same slots.

    Node and endpoint decide; one device of Home Assistant is one node, also where it is
    reached in two ways. Without an address, None, entities of one device count as the
    same: two of them would overwrite each other's codes.
    """
    if one is None or other is None:
        return same_device
    return one.endpoint == other.endpoint and (same_device or one.node == other.node)
