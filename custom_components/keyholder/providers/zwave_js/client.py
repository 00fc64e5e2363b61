"""Call the Z-Wave JS client library and map its errors; the only module that awaits it.

The text of a library error can contain the arguments of the command, and so a code
("Expected parameter userCode to be ..., got 9071"). Therefore no error of the library
leaves this module, not even as the context of one of ours.
"""

from collections.abc import Awaitable
from functools import partial
from typing import Final

from homeassistant.components.zwave_js import helpers
from zwave_js_server.const import CommandClass
from zwave_js_server.exceptions import (
    BaseZwaveJSServerError,
    FailedCommand,
    FailedZWaveCommand,
    InvalidServerVersion,
    NotFoundError,
)
from zwave_js_server.model.access_control import AccessControlAPI
from zwave_js_server.model.endpoint import Endpoint
from zwave_js_server.model.node import Node

from ..base import (
    IncompatibleLibraryError,
    LockUnreachableError,
    NotSupportedError,
    ProviderError,
    SlotUnavailableError,
)
from ..library_call import async_call_library
from ..library_check import LibraryCall, LibraryName, require

LATE_RESPONSE_WINDOW: Final = 30.0
"""Seconds after its request in which a response may still arrive.

The driver gives up a request that the lock does not answer within a second. If the
response arrives while the same thing is requested again, the driver takes it for the
response to the new request."""
_NO_SUCH_COMMAND: Final = range(302, 305)
_ARGUMENT_INVALID: Final = 322
_NOT_SUPPORTED_BY_SERVER: Final = "invalid_params_passed_to_command"
_UNKNOWN_TO_SERVER: Final = ("unknown_command", "schema_incompatible")

_CALLS: Final[tuple[LibraryCall, ...]] = (
    (helpers, "async_get_node_from_device_id", 2),
    (Endpoint, "async_invoke_cc_api", 6),
    (AccessControlAPI, "is_supported", 1),
    (AccessControlAPI, "get_user_capabilities_cached", 1),
    (AccessControlAPI, "get_credential_capabilities_cached", 1),
    (AccessControlAPI, "get_user", 2),
    (AccessControlAPI, "get_user_cached", 2),
    (AccessControlAPI, "set_user", 3),
    (AccessControlAPI, "add_user", 4),
    (AccessControlAPI, "delete_user", 2),
    (AccessControlAPI, "get_credential", 3),
    (AccessControlAPI, "get_credential_cached", 3),
    (AccessControlAPI, "get_credentials", 2),
    (AccessControlAPI, "get_credentials_cached", 2),
    (AccessControlAPI, "set_credential", 5),
    (AccessControlAPI, "delete_credential", 4),
    (Node, "on", 3),
    (Node, "async_send_command", 2),
    (Node, "async_set_date_and_time", 2),
)
_NAMES: Final[tuple[LibraryName, ...]] = (
    (Endpoint, "access_control"),
    (Endpoint, "command_classes"),
    (Node, "status"),
    (Node, "ready"),
)


def check_library() -> None:
    """Raise IncompatibleLibraryError if the library lacks something that we use."""
    require("the Z-Wave JS library", _CALLS, _NAMES)


async def async_call[T](
    request: Awaitable[T], *, invalid: type[ProviderError] = SlotUnavailableError
) -> T:
    """Return the library's answer, or raise the ProviderError that its error means.

    `invalid` is raised where the driver rejects an argument before it sends anything.
    """
    return await async_call_library(
        request,
        partial(_map_error, invalid),
        library="the Z-Wave JS library",
        connection="the connection to the Z-Wave network",
    )


class CachedValues:
    """The driver's cached values of one command class on one endpoint; no radio.

    The server does not send clients the values of command classes for which Home
    Assistant has no entities, but it returns them on request.
    """

    def __init__(self, endpoint: Endpoint, command_class: CommandClass) -> None:
        """Use the endpoint that supports the command class."""
        self._endpoint = endpoint
        self._command_class = command_class

    async def value(self, name: str) -> object:
        """Return a value, None if the driver has none."""
        return await self._get("get_value", "value", name, None)

    async def updated_at(self, name: str, key: int) -> object:
        """Return when a value was last reported or set, None if never.

        In milliseconds of the driver's clock, to be compared with each other only.
        """
        return await self._get("get_value_timestamp", "timestamp", name, key)

    async def _get(
        self, command: str, field: str, name: str, key: int | None
    ) -> object:
        value_id: dict[str, object] = {
            "commandClass": self._command_class.value,
            "endpoint": self._endpoint.index,
            "property": name,
        }
        if key is not None:
            value_id["propertyKey"] = key
        request = self._endpoint.node.async_send_command(
            command, valueId=value_id, wait_for_result=True
        )
        answer = await async_call(request)
        return answer.get(field) if answer else None


def _map_error(invalid: type[ProviderError], err: Exception) -> ProviderError | None:
    match err:
        case FailedZWaveCommand():
            return _map_driver_error(err.zwave_error_code, invalid)
        case FailedCommand():
            return _map_server_error(err.error_code)
        case NotFoundError():
            return NotSupportedError("the lock lacks the command class")
        case InvalidServerVersion():
            return IncompatibleLibraryError("the Z-Wave JS server is too old")
        case BaseZwaveJSServerError() | OSError():
            return LockUnreachableError("no connection to the Z-Wave network")
    return None


def _map_driver_error(code: int, invalid: type[ProviderError]) -> ProviderError:
    """Return the ProviderError for a ZWaveErrorCodes number of the driver."""
    if code in _NO_SUCH_COMMAND:
        return NotSupportedError(f"ZW{code:04}")
    if code == _ARGUMENT_INVALID:
        return invalid()
    # No acknowledgement, no route, no security nonce, driver not ready: unreachable
    return LockUnreachableError(f"ZW{code:04}")


def _map_server_error(code: str) -> ProviderError:
    if code == _NOT_SUPPORTED_BY_SERVER:
        return NotSupportedError("the Z-Wave JS server does not support codes here")
    if code in _UNKNOWN_TO_SERVER:
        return IncompatibleLibraryError(f"the Z-Wave JS server answered {code}")
    return LockUnreachableError("the Z-Wave JS server could not run the command")
