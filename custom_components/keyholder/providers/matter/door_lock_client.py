"""Commands of the Door Lock cluster to one lock: its users and PIN credentials.

Every method is one command. Raises CommandRejectedError where the lock rejects it,
TemporarilyRefusedError where the response cannot be understood, LockUnreachableError
where there is no answer.
"""

from chip.clusters.ClusterObjects import ClusterCommand
from chip.clusters.Types import NullValue

from .client import Commands, DoorLock, fabric_of, send_command
from .decoder import PIN, Credential, MatterUserStatus, User, expect_success, name_of
from .events import DataOperation, LockDataType
from .expected_changes import DataChange, ExpectedChanges
from .target import MatterTarget

_Operation = DoorLock.Enums.DataOperationTypeEnum


class DoorLockClient:
    """Client of the Door Lock cluster of one lock, for the duration of one call."""

    def __init__(self, way: MatterTarget, own: ExpectedChanges) -> None:
        """Use the target `way`; `own` records the changes that the lock will report."""
        self._target = way
        self._own = own
        self.fabric = fabric_of(way.node)
        """The index of our fabric on the lock, None if that is not known."""

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
        """Create a user without any credential; `mark` is its unique id."""
        command = Commands.SetUser(
            operationType=_Operation.kAdd,
            userIndex=index,
            userName=name_of(label),
            userUniqueID=mark,
            userStatus=MatterUserStatus.ENABLED
            if enabled
            else MatterUserStatus.DISABLED,
            userType=kind,
            credentialRule=DoorLock.Enums.CredentialRuleEnum.kSingle,
        )
        await self.change(
            DataChange(LockDataType.USER, DataOperation.ADD, index), command
        )

    async def switch_user(self, index: int, *, on: bool) -> None:
        """Enable or disable a user and with it their codes; change nothing else."""
        command = Commands.SetUser(
            operationType=_Operation.kModify,
            userIndex=index,
            userName=NullValue,
            userUniqueID=NullValue,
            userStatus=MatterUserStatus.ENABLED if on else MatterUserStatus.DISABLED,
            userType=NullValue,
            credentialRule=NullValue,
        )
        await self.change(
            DataChange(LockDataType.USER, DataOperation.MODIFY, index), command
        )

    async def clear_user(self, index: int) -> None:
        """Clear a user with all their credentials and schedules."""
        command = Commands.ClearUser(userIndex=index)
        await self.change(
            DataChange(LockDataType.USER, DataOperation.CLEAR, index), command
        )

    async def add_credential(self, slot: int, user: int, code: str) -> None:
        """Set a user's PIN in a slot that is empty."""
        command = Commands.SetCredential(
            operationType=_Operation.kAdd,
            credential=_pin(slot),
            credentialData=code.encode(),
            userIndex=user,
            userStatus=NullValue,
            userType=NullValue,
        )
        with self._own.expecting(DataChange(LockDataType.PIN, DataOperation.ADD, slot)):
            expect_success(await self.ask(command))

    async def clear_credential(self, slot: int) -> None:
        """Clear the PIN in a slot."""
        command = Commands.ClearCredential(credential=_pin(slot))
        await self.change(
            DataChange(LockDataType.PIN, DataOperation.CLEAR, slot), command
        )

    async def change(self, change: DataChange, command: ClusterCommand) -> None:
        """Send a command without a response and expect the report of its change."""
        with self._own.expecting(change):
            await self.ask(command)

    async def ask(self, command: ClusterCommand) -> object:
        """Send any command and return its response."""
        return await send_command(self._target.client, self._target.endpoint, command)


def _pin(slot: int) -> object:
    return DoorLock.Structs.CredentialStruct(credentialType=PIN, credentialIndex=slot)
