"""Notification choices: who is notified of what a person does at a door."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationChoice:
    """What is notified about a person, and to which targets.

    `targets` are notify entities and scripts: registry ids, or entity ids where there
    is none. `on_denied` also covers an unknown person who was denied at one of this
    person's locks.
    """

    on_use: bool = False
    on_denied: bool = False
    targets: tuple[str, ...] = ()


NO_NOTIFICATIONS: Final = NotificationChoice()
