"""Call the Matter client library and map its errors; the only module that awaits it.

The text of an error of a Matter server can quote the arguments of a command, and so a
code. Therefore no error of the library leaves this module, not even as the context of
one of ours; only the numbers of a status are parsed from a text.
"""

from collections.abc import Awaitable, Mapping
from typing import Final

from aiohttp import ClientError
from chip.clusters import Objects
from chip.clusters.ClusterObjects import ClusterAttributeDescriptor, ClusterCommand
from chip.clusters.Types import NullValue
from homeassistant.components.matter import helpers
from matter_server.client import MatterClient
from matter_server.client.exceptions import InvalidServerVersion, MatterClientException
from matter_server.client.models.node import MatterEndpoint, MatterNode
from matter_server.common.errors import (
    InvalidArguments,
    InvalidCommand,
    MatterError,
    NodeNotExists,
    NodeNotReady,
    NodeNotResolving,
    VersionMismatch,
)
from matter_server.common.models import EventType

from ..base import (
    IncompatibleLibraryError,
    LockUnreachableError,
    NotSupportedError,
    TemporarilyRefusedError,
)
from ..library_call import async_call_library
from ..library_check import LibraryCall, LibraryName, require
from .decoder import PIN, MatterCredential, MatterUser, MatterUserStatus, expect_success
from .expected_changes import (
    DataChange,
    DataOperation,
    ExpectedChanges,
    LockDataType,
)
from .statuses import (
    CommandRejectedError,
    CommandStatus,
    Status,
    is_timeout_text,
    parse_status,
)
from .target import MatterTarget

TIMED_MS: Final = 10_000
"""Milliseconds that a lock may wait for the second half of a timed command. One of
the servers sends no timed command without it, and locks reject changes of users
without it."""

_LONGEST_NAME: Final = 10
"""Bytes; Matter specifies characters, but locks may count what they store."""

_CALLS: Final[tuple[LibraryCall, ...]] = (
    (helpers, "get_device_id", 2),
    (MatterClient, "send_device_command", 6),
    (MatterClient, "read_attribute", 3),
    (MatterClient, "refresh_attribute", 3),
    (MatterClient, "subscribe_events", 4),
    (MatterClient, "get_nodes", 1),
    (MatterEndpoint, "has_attribute", 3),
    (MatterEndpoint, "has_cluster", 2),
    (MatterEndpoint, "get_attribute_value", 3),
)
_COMMANDS: Final = (
    "GetUser",
    "SetUser",
    "ClearUser",
    "GetCredentialStatus",
    "SetCredential",
    "ClearCredential",
    "GetWeekDaySchedule",
    "SetWeekDaySchedule",
    "ClearWeekDaySchedule",
    "GetYearDaySchedule",
    "SetYearDaySchedule",
    "ClearYearDaySchedule",
)
_UNREACHABLE: Final = (NodeNotExists, NodeNotReady, NodeNotResolving)
_EVENTS: Final = ("NODE_EVENT", "NODE_ADDED", "NODE_UPDATED", "NODE_REMOVED")
_NOT_SUPPORTED: Final = (
    Status.UNSUPPORTED_ACCESS,
    Status.UNSUPPORTED_ENDPOINT,
    Status.UNSUPPORTED_COMMAND,
    Status.UNSUPPORTED_CLUSTER,
)

DoorLock: Final = Objects.DoorLock
Commands: Final = Objects.DoorLock.Commands
_NAMES: Final[tuple[LibraryName, ...]] = (
    *((Commands, name) for name in _COMMANDS),
    *((EventType, name) for name in _EVENTS),
)
_Operation: Final = DoorLock.Enums.DataOperationTypeEnum


def check_library() -> None:
    """Raise IncompatibleLibraryError if the library lacks something that we use."""
    require("the Matter library", _CALLS, _NAMES)


def attribute(
    endpoint: MatterEndpoint, of: type[ClusterAttributeDescriptor]
) -> int | None:
    """Return a cached attribute as a number, None if the server has none; no radio.

    The library returns defaults for attributes that the server has not sent.
    """
    try:
        if not endpoint.has_attribute(None, of):
            return None
        value = endpoint.get_attribute_value(None, of)
    except AttributeError, LookupError, TypeError, ValueError:
        return None
    return int(value) if isinstance(value, int) else None


def fabric_of(node: MatterNode) -> int | None:
    """Return the index of our fabric on this lock; no radio."""
    root = node.endpoints.get(0)
    current = Objects.OperationalCredentials.Attributes.CurrentFabricIndex
    return None if root is None else attribute(root, current) or None


async def async_send_command(
    client: MatterClient,
    endpoint: MatterEndpoint,
    command: ClusterCommand,
) -> Mapping[str, object]:
    """Return the response to a command, empty where it has none.

    Raises CommandRejectedError with the status of the lock, LockUnreachableError where
    there is no answer, TemporarilyRefusedError where the server failed to send it.
    """
    answer = await _call(
        client.send_device_command(
            endpoint.node.node_id,
            endpoint.endpoint_id,
            command,
            timed_request_timeout_ms=TIMED_MS,
        )
    )
    if not isinstance(answer, Mapping):
        return {}
    return {
        str(key): None if value is NullValue else value for key, value in answer.items()
    }


def has_attribute(
    endpoint: MatterEndpoint, of: type[ClusterAttributeDescriptor]
) -> bool:
    """Return whether the server has the attribute, whatever its value; no radio."""
    try:
        return bool(endpoint.has_attribute(None, of))
    except AttributeError, LookupError, TypeError, ValueError:
        return False


async def async_read(
    client: MatterClient,
    endpoint: MatterEndpoint,
    *of: type[ClusterAttributeDescriptor],
) -> list[object]:
    """Read attributes from the lock, None for each that it does not have; 1 read.

    Raises as `send_command` does.
    """
    paths = [_path(endpoint, each) for each in of]
    answer = await _call(client.read_attribute(endpoint.node.node_id, paths))
    values = answer if isinstance(answer, Mapping) else {}
    return [values.get(path) for path in paths]


async def async_refresh(
    client: MatterClient,
    endpoint: MatterEndpoint,
    of: type[ClusterAttributeDescriptor],
) -> None:
    """Read an attribute from the lock and update the cache and the entities; 1 read.

    Raises as `send_command` does.
    """
    node = endpoint.node
    path = _path(endpoint, of)
    before = attribute(endpoint, of)
    await _call(client.refresh_attribute(node.node_id, path))
    now = attribute(endpoint, of)
    emit = getattr(client, "_signal_event", None)
    if now != before and callable(emit):
        # The library caches the value without an event, so no entity would update
        emit(
            EventType.ATTRIBUTE_UPDATED,
            data=now,
            node_id=node.node_id,
            attribute_path=path,
        )


class MatterLockClient:
    """Users and PIN credentials of one lock, for the duration of one call.

    Every method is one command. Raises CommandRejectedError where the lock rejects it,
    TemporarilyRefusedError where the response cannot be understood,
    LockUnreachableError where there is no answer.
    """

    def __init__(self, target: MatterTarget, expected: ExpectedChanges) -> None:
        """Use the target; `expected` records the changes that the lock will report."""
        self._target = target
        self._expected = expected
        self.fabric = fabric_of(target.node)
        """The index of our fabric on the lock, None if that is not known."""

    async def async_credential(self, slot: int) -> MatterCredential | None:
        """Return the PIN of a slot, None if there is none."""
        command = Commands.GetCredentialStatus(credential=_pin(slot))
        return MatterCredential.read(await self.async_send(command))

    async def async_user(self, index: int) -> MatterUser | None:
        """Return a user, None if there is none of that index."""
        return MatterUser.read(
            index, await self.async_send(Commands.GetUser(userIndex=index))
        )

    async def async_add_user(
        self, index: int, *, label: str, tag: int, kind: int, enabled: bool
    ) -> None:
        """Create a user without any credential; `tag` is its unique id."""
        command = Commands.SetUser(
            operationType=_Operation.kAdd,
            userIndex=index,
            userName=user_name(label),
            userUniqueID=tag,
            userStatus=MatterUserStatus.ENABLED
            if enabled
            else MatterUserStatus.DISABLED,
            userType=kind,
            credentialRule=DoorLock.Enums.CredentialRuleEnum.kSingle,
        )
        await self.async_change(
            DataChange(LockDataType.USER, DataOperation.ADD, index), command
        )

    async def async_set_user_enabled(self, index: int, *, on: bool) -> None:
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
        await self.async_change(
            DataChange(LockDataType.USER, DataOperation.MODIFY, index), command
        )

    async def async_rename_user(self, index: int, label: str) -> None:
        """Change the name of a user, and nothing else.

        The lock rejects this for a user that another fabric has created.
        """
        command = Commands.SetUser(
            operationType=_Operation.kModify,
            userIndex=index,
            userName=user_name(label),
            userUniqueID=NullValue,
            userStatus=NullValue,
            userType=NullValue,
            credentialRule=NullValue,
        )
        await self.async_change(
            DataChange(LockDataType.USER, DataOperation.MODIFY, index), command
        )

    async def async_clear_user(self, index: int) -> None:
        """Clear a user with all their credentials and schedules."""
        command = Commands.ClearUser(userIndex=index)
        await self.async_change(
            DataChange(LockDataType.USER, DataOperation.CLEAR, index), command
        )

    async def async_add_credential(self, slot: int, user: int, code: str) -> None:
        """Set a user's PIN in a slot that is empty."""
        command = Commands.SetCredential(
            operationType=_Operation.kAdd,
            credential=_pin(slot),
            credentialData=code.encode(),
            userIndex=user,
            userStatus=NullValue,
            userType=NullValue,
        )
        with self._expected.expecting(
            DataChange(LockDataType.PIN, DataOperation.ADD, slot)
        ):
            expect_success(await self.async_send(command))

    async def async_clear_credential(self, slot: int) -> None:
        """Clear the PIN in a slot."""
        command = Commands.ClearCredential(credential=_pin(slot))
        await self.async_change(
            DataChange(LockDataType.PIN, DataOperation.CLEAR, slot), command
        )

    async def async_change(self, change: DataChange, command: ClusterCommand) -> None:
        """Send a command without a response and expect the report of its change."""
        with self._expected.expecting(change):
            await self.async_send(command)

    async def async_send(self, command: ClusterCommand) -> object:
        """Send any command and return its response."""
        return await async_send_command(
            self._target.client, self._target.endpoint, command
        )


def user_name(label: str) -> str:
    """Return the label as a lock can store it: at most 10 bytes, in whole characters."""
    cut = label.strip().encode()[:_LONGEST_NAME]
    return cut.decode(errors="ignore").strip()


def _pin(slot: int) -> object:
    return DoorLock.Structs.CredentialStruct(credentialType=PIN, credentialIndex=slot)


def _path(endpoint: MatterEndpoint, of: type[ClusterAttributeDescriptor]) -> str:
    return f"{endpoint.endpoint_id}/{of.cluster_id}/{of.attribute_id}"


async def _call(request: Awaitable[object]) -> object:
    return await async_call_library(
        request,
        _map_error,
        library="the Matter library",
        connection="the connection to the Matter server",
    )


def _map_error(err: Exception) -> Exception | None:
    match err:
        case MatterError():
            return _map_server_error(err)
        case InvalidServerVersion():
            return IncompatibleLibraryError("the Matter server is too old")
        case MatterClientException() | ClientError() | OSError():
            return LockUnreachableError("no connection to the Matter server")
    return None


def _map_server_error(err: MatterError) -> Exception:
    """Return the error that an error of the server means."""
    if (status := parse_status(str(err))) is not None:
        return _map_status(status)
    name = type(err).__name__
    if isinstance(err, InvalidArguments | InvalidCommand | VersionMismatch):
        return IncompatibleLibraryError(f"the Matter server answered {name}")
    if isinstance(err, _UNREACHABLE) or is_timeout_text(str(err)):
        return LockUnreachableError(f"the Matter server answered {name}")
    return TemporarilyRefusedError(f"the Matter server answered {name}")


def _map_status(status: CommandStatus) -> Exception:
    if status.status == Status.TIMEOUT:
        return LockUnreachableError("the lock took too long")
    if status.status in _NOT_SUPPORTED:
        return NotSupportedError(f"status {status.status}")
    if status.status == Status.NEEDS_TIMED_INTERACTION:
        return IncompatibleLibraryError("the Matter server sent no timed command")
    return CommandRejectedError(status.effective_code)
