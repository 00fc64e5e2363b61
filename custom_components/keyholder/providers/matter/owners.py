"""Whose a code and a user of a lock are, and what has to be remembered for it.

Every code of ours belongs to a user that we made for it, and marked with its slot. A lock
tells who made what as well: that speaks against what another home or somebody at the
lock put in its place. Of a lock that does not keep our marks it has to be remembered which
user we made: only then there is something to store.
"""

from collections.abc import Callable, Mapping
from typing import Final

from .answers import Credential, User, ownership_tag

_USER: Final = "user"


class UserRegistry:
    """The users of one lock that own a code, as made by us or told by the lock."""

    def __init__(
        self, on_bound: Callable[[int, Mapping[str, int] | None], None]
    ) -> None:
        """Begin with nothing known; `on_bound` is told what to remember of a slot."""
        self._on_bound = on_bound
        self._user_of: dict[int, int | None] = {}
        self._made: dict[int, int] = {}
        self._bound: dict[int, int] = {}
        self._keeps_marks = False

    def recall(self, bindings: Mapping[int, Mapping[str, int]]) -> None:
        """Take back what was remembered."""
        for slot, binding in bindings.items():
            if (user := binding.get(_USER)) is not None:
                self._bound[slot] = user

    def update(self, slot: int, held: Credential | None) -> None:
        """Keep what the lock just told of a slot."""
        self._user_of[slot] = None if held is None else held.user

    def user_of(self, slot: int) -> int | None:
        """Return the user that the lock last told to have a slot, if it told of one."""
        return self._user_of.get(slot)

    def made(self, slot: int, user: int) -> None:
        """Keep which user we made for a slot."""
        self._made[slot] = user

    def removed(self, slot: int) -> None:
        """Forget our user of a slot, who is gone."""
        self._made.pop(slot, None)
        if self._bound.pop(slot, None) is not None:
            self._on_bound(slot, None)

    def is_ours(self, slot: int, user: User, fabric: int | None) -> bool:
        """Return whether we made this user for that slot.

        `fabric` is the one of this home, None if that is not known.
        """
        if _is_anothers(user.creator, fabric):
            return False
        if user.ownership_tag is not None:
            is_marked = user.ownership_tag == ownership_tag(slot)
            self._keeps_marks |= is_marked
            return is_marked
        if (
            self._keeps_marks
            or self._made.get(slot, self._bound.get(slot)) != user.index
        ):
            return False
        if self._bound.get(slot) != user.index:
            self._bound[slot] = user.index
            self._on_bound(slot, {_USER: user.index})
        return True

    def is_our_code(
        self, slot: int, held: Credential, user: User | None, fabric: int | None
    ) -> bool:
        """Return whether a code that is there is shown to be one that we made.

        A code without a user is none. A lock that tells who made the user, and nobody
        for the code, had it made at its keypad.
        """
        if user is None or not self.is_ours(slot, user, fabric):
            return False
        if held.creator is None and user.creator is not None:
            return False
        return not any(
            _is_anothers(maker, fabric) for maker in (held.creator, held.modifier)
        )

    def slots_of(self, user: int, slots: range | None) -> list[int]:
        """Return the managed slots of a user.

        Of a slot that nothing was told of, its number is taken for that of its user, as
        it is with most of ours.
        """
        found = {slot for slot, owner in self._user_of.items() if owner == user}
        if user not in self._user_of and slots is not None and user in slots:
            found.add(user)
        return sorted(found)


def _is_anothers(maker: int | None, fabric: int | None) -> bool:
    return None not in (maker, fabric) and maker != fabric
