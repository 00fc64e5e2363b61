"""Whom to tell of what a person does at a door."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationChoice:
    """What of a person is told to whom.

    `targets` are notify entities and scripts: registry ids, or entity ids where there
    is none. `on_denied` also tells of somebody unknown who was turned away at a lock of
    this person's.
    """

    on_use: bool = False
    on_denied: bool = False
    targets: tuple[str, ...] = ()


NO_NOTIFICATIONS: Final = NotificationChoice()
