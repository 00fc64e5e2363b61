"""Parse the stored PINs: what is no PIN is the damage of one person, and of nobody else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...model.credential import CredentialRef
from ...model.pin import Pin


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPin:
    """The PINs of one credential by revision, from 1. `current` is the desired one."""

    current: int
    revisions: Mapping[int, Pin]


def parse_pins(stored: object) -> tuple[dict[CredentialRef, StoredPin], int]:
    """Return the PINs by credential, and how many credentials are damaged.

    A damaged credential has no PIN at all: what is left of it could be another code.
    Raises ValueError if nothing can be understood.
    """
    if not isinstance(stored, list):
        raise ValueError("credentials that are no list")
    pins: dict[CredentialRef, StoredPin] = {}
    damaged = 0
    ambiguous: set[CredentialRef] = set()
    for item in stored:
        try:
            credential, pin = _parse_credential(item)
        except KeyError, TypeError, ValueError:
            damaged += 1
            continue
        if credential in pins:
            ambiguous.add(credential)
        pins[credential] = pin
    for credential in ambiguous:
        del pins[credential]
    return pins, damaged + len(ambiguous)


def _parse_credential(item: Mapping[str, Any]) -> tuple[CredentialRef, StoredPin]:
    person, credential = item["person"], item["credential"]
    if not isinstance(person, str) or not isinstance(credential, str):
        raise TypeError
    stored = item["revisions"]
    if not isinstance(stored, dict):
        raise TypeError
    revisions = {_revision(number): _pin(digits) for number, digits in stored.items()}
    current = item["current"]
    if type(current) is not int or current not in revisions:
        raise ValueError
    return (
        CredentialRef(person, credential),
        StoredPin(current=current, revisions=revisions),
    )


def _revision(stored: str) -> int:
    number = int(stored)
    if number < 1 or str(number) != stored:
        raise ValueError
    return number


def _pin(stored: object) -> Pin:
    if not isinstance(stored, str):
        raise TypeError
    pin = Pin(stored)
    if not pin.is_plausible:
        # from None: the text of an error would quote it
        raise ValueError from None
    return pin
