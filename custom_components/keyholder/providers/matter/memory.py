"""The users and codes of one lock: what can be asked of it and told to it.

Every method is one command. Raises Refusal where the lock says no, NotNow where what it
says is no answer, LockUnreachable where it says nothing.
"""

from chip.clusters.ClusterObjects import ClusterCommand
from chip.clusters.Types import NullValue

from .answers import PIN, Credential, User, UserStatus, expect_success, name_of
from .echoes import DataChange, ExpectedChanges
from .events import DataOperation, LockDataType
from .library import Commands, DoorLock, fabric_of, send_command
from .link import MatterTarget

_Do = DoorLock.Enums.DataOperationTypeEnum


class DoorLockClient:
    """The memory of one lock, for the length of one call."""

    def __init__(self, way: MatterTarget, own: ExpectedChanges) -> None:
        """Use the way to the lock; `own` is told what is changed."""
        self._way = way
        self._own = own
        self.fabric = fabric_of(way.node)
        """The number that the lock knows our fabric by, None if that is not known."""

    async def credential(self, slot: int) -> Credential | None:
        """Return the PIN of a slot, None if there is none."""
        command = Commands.GetCredentialStatus(credential=_pin(slot))
        return Credential.read(await self.ask(command))

    async def user(self, index: int) -> User | None:
        """Return a user, None if there is none of that index."""
        return User.read(index, await self.ask(Commands.GetUser(userIndex=index)))

    async def add_user(
        self, index: int, *, label: str, mark: int, kind: int, enabled: bool
    ) -> None:
        """Make a user without any credential."""
        command = Commands.SetUser(
            operationType=_Do.kAdd,
            userIndex=index,
            userName=name_of(label),
            userUniqueID=mark,
            userStatus=UserStatus.ENABLED if enabled else UserStatus.DISABLED,
            userType=kind,
            credentialRule=DoorLock.Enums.CredentialRuleEnum.kSingle,
        )
        await self.change(
            DataChange(LockDataType.USER, DataOperation.ADD, index), command
        )

    async def switch_user(self, index: int, *, on: bool) -> None:
        """Let the codes of a user work or not; everything else about them stays."""
        command = Commands.SetUser(
            operationType=_Do.kModify,
            userIndex=index,
            userName=NullValue,
            userUniqueID=NullValue,
            userStatus=UserStatus.ENABLED if on else UserStatus.DISABLED,
            userType=NullValue,
            credentialRule=NullValue,
        )
        await self.change(
            DataChange(LockDataType.USER, DataOperation.MODIFY, index), command
        )

    async def clear_user(self, index: int) -> None:
        """Remove a user and all that they have."""
        command = Commands.ClearUser(userIndex=index)
        await self.change(
            DataChange(LockDataType.USER, DataOperation.CLEAR, index), command
        )

    async def add_credential(self, slot: int, user: int, code: str) -> None:
        """Give a user a PIN, in a slot that is empty."""
        command = Commands.SetCredential(
            operationType=_Do.kAdd,
            credential=_pin(slot),
            credentialData=code.encode(),
            userIndex=user,
            userStatus=NullValue,
            userType=NullValue,
        )
        with self._own.expecting(DataChange(LockDataType.PIN, DataOperation.ADD, slot)):
            expect_success(await self.ask(command))

    async def clear_credential(self, slot: int) -> None:
        """Take the PIN out of a slot."""
        command = Commands.ClearCredential(credential=_pin(slot))
        await self.change(
            DataChange(LockDataType.PIN, DataOperation.CLEAR, slot), command
        )

    async def change(self, change: DataChange, command: ClusterCommand) -> None:
        """Send a command that has no answer; the lock will report the change."""
        with self._own.expecting(change):
            await self.ask(command)

    async def ask(self, command: ClusterCommand) -> object:
        """Return the lock's answer to any command."""
        return await send_command(self._way.client, self._way.endpoint, command)


def _pin(slot: int) -> object:
    return DoorLock.Structs.CredentialStruct(credentialType=PIN, credentialIndex=slot)
