"""Whose slots a report about a user is about.

A lock reports that a user was changed or removed by the user's index alone, and takes
the user's codes along without a word. Each answer about a slot tells whose it is.
"""

from .answers import Credential


class Owners:
    """The users of one lock that own a code, as the lock last told."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._user_of: dict[int, int | None] = {}

    def learn(self, slot: int, held: Credential | None) -> None:
        """Keep what the lock just told of a slot."""
        self._user_of[slot] = None if held is None else held.user

    def slots_of(self, user: int, slots: range | None) -> list[int]:
        """Return the managed slots of a user.

        Of a slot that nothing was told of, its number is taken for that of its user, as
        it is with most of ours.
        """
        found = {slot for slot, owner in self._user_of.items() if owner == user}
        if user not in self._user_of and slots is not None and user in slots:
            found.add(user)
        return sorted(found)
