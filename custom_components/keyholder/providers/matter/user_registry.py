"""Ownership of the codes and users of a Matter lock, and the bindings that prove it.

Every code of ours belongs to a user that we created for it, with an ownership tag for
its slot. A lock also reports the creator: if that is another home, or somebody at the
lock, the code is not ours. For a lock that does not keep our tags, the index of the
user that we created must be stored; only there are bindings stored at all.
"""

from collections.abc import Callable, Mapping
from typing import Final

from .decoder import MatterCredential, MatterUser

_USER: Final = "user"
_TAG: Final = 0x4B480000
"""The upper half of the unique id of our users; the lower half is their slot."""


class UserRegistry:
    """The users of one lock that own a code, as created by us or reported by the lock."""

    def __init__(
        self, on_bound: Callable[[int, Mapping[str, int] | None], None]
    ) -> None:
        """Begin empty; `on_bound` is called with the binding to store for a slot."""
        self._on_bound = on_bound
        self._user_of: dict[int, int | None] = {}
        self._created: dict[int, int] = {}
        self._bound: dict[int, int] = {}
        self._keeps_tags = False

    def restore(self, bindings: Mapping[int, Mapping[str, int]]) -> None:
        """Restore stored bindings."""
        for slot, binding in bindings.items():
            if (user := binding.get(_USER)) is not None:
                self._bound[slot] = user

    def update(self, slot: int, held: MatterCredential | None) -> None:
        """Keep what a read of a slot has just returned."""
        self._user_of[slot] = None if held is None else held.user

    def user_of(self, slot: int) -> int | None:
        """Return the user that the last read of a slot returned, None without one."""
        return self._user_of.get(slot)

    def created(self, slot: int, user: int) -> None:
        """Keep the index of the user that we created for a slot."""
        self._created[slot] = user

    def removed(self, slot: int) -> None:
        """Forget our user of a slot, who does not exist any more."""
        self._created.pop(slot, None)
        if self._bound.pop(slot, None) is not None:
            self._on_bound(slot, None)

    def is_ours(self, slot: int, user: MatterUser, fabric: int | None) -> bool:
        """Return whether we created this user for that slot.

        `fabric` is the index of our fabric on the lock, None if that is not known.
        """
        if _is_other_fabric(user.creator, fabric):
            return False
        if user.ownership_tag is not None:
            is_tagged = user.ownership_tag == ownership_tag(slot)
            self._keeps_tags |= is_tagged
            return is_tagged
        if (
            self._keeps_tags
            or self._created.get(slot, self._bound.get(slot)) != user.index
        ):
            return False
        if self._bound.get(slot) != user.index:
            self._bound[slot] = user.index
            self._on_bound(slot, {_USER: user.index})
        return True

    def is_our_code(
        self,
        slot: int,
        held: MatterCredential,
        user: MatterUser | None,
        fabric: int | None,
    ) -> bool:
        """Return whether a code is verified to be one that we wrote.

        A code without a user is not. If the lock reports a creator for the user and
        none for the code, the code was made at its keypad.
        """
        if user is None or not self.is_ours(slot, user, fabric):
            return False
        if held.creator is None and user.creator is not None:
            return False
        return not any(
            _is_other_fabric(maker, fabric) for maker in (held.creator, held.modifier)
        )

    def slots_of(self, user: int, slots: range | None) -> list[int]:
        """Return the managed slots of a user.

        A slot that was not read yet is assumed to belong to the user of the same
        number, as it is with most of ours.
        """
        found = {slot for slot, owner in self._user_of.items() if owner == user}
        if user not in self._user_of and slots is not None and user in slots:
            found.add(user)
        return sorted(found)

    def known_slot_of(self, user: int, slots: range | None) -> int | None:
        """Return the managed slot that a user is known to own; None if it is not one.

        A slot is theirs if it was read so last, or if we created them for it since.
        """
        owned = {**self._bound, **self._created, **self._user_of}
        found = [
            slot
            for slot, owner in owned.items()
            if owner == user and (slots is None or slot in slots)
        ]
        return found[0] if len(found) == 1 else None


def ownership_tag(slot: int) -> int:
    """Return the unique id of our user of a slot."""
    return _TAG | slot


def _is_other_fabric(maker: int | None, fabric: int | None) -> bool:
    return None not in (maker, fabric) and maker != fabric
