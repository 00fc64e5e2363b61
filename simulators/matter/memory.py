"""Stored data of a lock: users, credentials, schedules, and their creators."""

from dataclasses import dataclass, field

from simulators.common.door_lock.schedules import Schedules

from .terms import Source, UserStatus, UserType

type CredentialKey = tuple[int, int]
"""The type of a credential and its index."""


@dataclass(frozen=True)
class Author:
    """Who changes something: a controller on a fabric, or a person at the lock."""

    fabric: int | None
    node: int | None
    source: Source


AT_THE_LOCK = Author(None, None, Source.KEYPAD)
OURS = Author(1, 112233, Source.REMOTE)
"""The controller of the Matter server that this simulator plays."""
FOREIGN = Author(2, 445566, Source.REMOTE)
"""The controller of another home."""


@dataclass
class User:
    """One user; `creator` and `modified` are fabric indexes, None for the lock itself."""

    name: str
    unique_id: int | None
    status: int
    kind: int
    rule: int
    creator: int | None
    modified: int | None

    @property
    def enabled(self) -> bool:
        """Return whether its credentials open the lock."""
        return self.status == UserStatus.ENABLED


@dataclass
class Credential:
    """One PIN, card or finger. The data never leaves the lock."""

    data: bytes = field(repr=False)
    user: int
    creator: int | None
    modified: int | None


@dataclass
class Memory(Schedules):
    """Everything a lock holds."""

    users: dict[int, User] = field(default_factory=dict)
    credentials: dict[CredentialKey, Credential] = field(default_factory=dict)

    def credentials_of(self, user: int) -> list[CredentialKey]:
        """Return what a user has, in the order in which it was added."""
        return [key for key, held in self.credentials.items() if held.user == user]

    def indexes(self, kind: int) -> list[int]:
        """Return the occupied indexes of one type of credential."""
        return [index for of, index in self.credentials if of == kind]

    def find(self, kind: int, data: bytes) -> CredentialKey | None:
        """Return the credential with this data."""
        return next(
            (
                key
                for key, held in self.credentials.items()
                if key[0] == kind and held.data == data
            ),
            None,
        )

    def forget_user(self, user: int) -> None:
        """Remove a user with all that belongs to it."""
        self.users.pop(user, None)
        for key in self.credentials_of(user):
            del self.credentials[key]
        self.forget_schedules(user)

    def forget_all(self) -> None:
        """Remove all users; holidays belong to none."""
        for user in list(self.users):
            self.forget_user(user)

    def new_user(
        self, index: int, status: int | None, kind: int | None, by: Author
    ) -> User:
        """Make a nameless user."""
        user = User(
            name="",
            unique_id=None,
            status=status or UserStatus.ENABLED,
            kind=kind or UserType.UNRESTRICTED,
            rule=0,
            creator=by.fabric,
            modified=by.fabric,
        )
        self.users[index] = user
        return user
