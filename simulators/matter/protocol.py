"""Commands of the Matter server's websocket, and their answers."""

import asyncio
from collections.abc import Mapping
from contextlib import nullcontext

from .commands import invoke
from .dialects import Dialect, ServerError
from .events import Data, Json
from .faults import UNREACHABLE, Fault
from .lock import DoorLock, RefusedError
from .memory import OURS
from .node import Node
from .terms import DOOR_LOCK, Status

_UNKNOWN_NODE, _UNKNOWN_COMMAND = 5, 9
_STORED: Data = {"status": 0, "userIndex": None, "nextCredentialIndex": None}


class ConnectionEndsError(Exception):
    """In place of an answer the connection ends."""


class Protocol:
    """The commands of the server in front of its nodes."""

    def __init__(
        self,
        nodes: Mapping[int, Node],
        dialect: Dialect,
        fabric: int,
        unreachable_after: float,
    ) -> None:
        """Answer for these nodes; see FakeMatterServer for the rest."""
        self.dialect = dialect
        self._nodes = nodes
        self._fabric = fabric
        self._unreachable_after = unreachable_after

    def info(self) -> Data:
        """Return what the server says of itself to every client first."""
        return {
            "fabric_id": 1,
            "compressed_fabric_id": self._fabric,
            "schema_version": self.dialect.schema,
            "min_supported_schema_version": 11,
            "sdk_version": self.dialect.sdk,
            "wifi_credentials_set": False,
            "thread_credentials_set": False,
            "bluetooth_enabled": False,
        }

    async def answer(self, command: str, args: Mapping[str, Json]) -> Json:
        """Return the result of a command.

        Raises ServerError, RefusedError where a lock says no, or ConnectionEndsError.
        """
        match command:
            case "start_listening" | "get_nodes":
                return [node.data() for node in self._nodes.values()]
            case "get_node":
                return self._node(args).data()
            case "server_info":
                return self.info()
            case "set_default_fabric_label" | "check_node_update":
                return None
            case "ping_node":
                return {"127.0.0.1": self._node(args).reachable}
            case "read_attribute":
                return await self._read(self._node(args), args["attribute_path"])
            case "device_command":
                return await self._device_command(self._node(args), args)
            case _:
                raise ServerError(f"Unknown command: {command}", _UNKNOWN_COMMAND)

    def _node(self, args: Mapping[str, Json]) -> Node:
        number = args["node_id"]
        node = self._nodes.get(number) if isinstance(number, int) else None
        if node is None:
            raise ServerError(f"Node {number} does not exist", _UNKNOWN_NODE)
        return node

    async def _read(self, node: Node, wanted: Json) -> Json:
        paths = wanted if isinstance(wanted, list) else [wanted]
        node.reads += len(paths)
        await self._reach(node)
        return {str(path): node.read(str(path)) for path in paths}

    async def _reach(self, node: Node) -> None:
        if not node.available:
            raise self.dialect.unreachable(node.node_id)
        if not node.reachable:
            await asyncio.sleep(self._unreachable_after)
            raise ServerError(UNREACHABLE)

    async def _device_command(self, node: Node, args: Mapping[str, Json]) -> Json:
        command, payload = str(args["command_name"]), args.get("payload")
        fields = payload if isinstance(payload, dict) else {}
        node.calls.append((command, fields))
        await self._reach(node)
        self.dialect.check(command, fields, bool(args.get("timed_request_timeout_ms")))
        endpoint = args["endpoint_id"]
        lock = node.locks.get(endpoint) if isinstance(endpoint, int) else None
        if lock is None or args["cluster_id"] != DOOR_LOCK:
            raise RefusedError(Status.UNSUPPORTED_COMMAND)
        fault = node.faults.take(command)
        if fault is None:
            answer = invoke(lock, command, fields, OURS)
        else:
            answer = await _apply_fault(fault, node, lock, command, fields)
        return self.dialect.answer(answer)


async def _apply_fault(
    fault: Fault, node: Node, lock: DoorLock, command: str, fields: Data
) -> Data | None:
    """Do a command, or not, and answer as its fault wants it."""
    done: Data | None = None
    if fault.applied:
        with nullcontext() if fault.reported else node.without_reports():
            done = invoke(lock, command, fields, OURS)
    await asyncio.sleep(fault.delay)
    if fault.continues:
        return invoke(lock, command, fields, OURS)
    if fault.closes:
        raise ConnectionEndsError
    if fault.error is not None:
        raise ServerError(fault.error)
    if fault.status is not None:
        raise RefusedError(fault.status, fault.cluster)
    if fault.drops:
        return dict(_STORED) if command == "SetCredential" else None
    return done if fault.answer is None else fault.answer
