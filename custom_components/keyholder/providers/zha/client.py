"""Call zigpy and ZHA and map their errors; the only module that awaits them.

The text of a library error can contain the arguments of the command, and so a code.
Therefore no error of the library leaves this module, not even as the context of one of
ours.

ZHA's own actions are not used: they ignore the response of the lock.
"""

from collections.abc import Awaitable, Mapping
from typing import Final

from homeassistant.components.zha import helpers
from zigpy.application import ControllerApplication
from zigpy.exceptions import ParsingError, RadioException, ZigbeeException
from zigpy.util import ListenableMixin
from zigpy.zcl import Cluster
from zigpy.zcl.clusters.closures import DoorLock
from zigpy.zcl.foundation import ZCLAttributeDef

from ..base import LockUnreachableError
from ..library_call import async_call_library
from ..library_check import LibraryCall, require

_CALLS: Final[tuple[LibraryCall, ...]] = (
    (helpers, "get_zha_gateway_proxy", 1),
    (helpers, "async_get_zha_device_proxy", 2),
    (ControllerApplication, "add_listener", 2),
    (ControllerApplication, "remove_listener", 2),
    (Cluster, "command", 2),
    (Cluster, "get", 2),
    (Cluster, "read_attributes", 2),
    (Cluster, "on_event", 3),
    (ListenableMixin, "add_listener", 2),
    (ListenableMixin, "remove_listener", 2),
)
_NAMES: Final[Mapping[object, tuple[str, ...]]] = {
    DoorLock.AttributeDefs: (
        "lock_state",
        "num_of_pin_users_supported",
        "max_pin_len",
        "min_pin_len",
        "send_pin_ota",
        "num_of_week_day_schedules_supported_per_user",
        "num_of_year_day_schedules_supported_per_user",
    ),
    DoorLock.ServerCommandDefs: (
        "set_pin_code",
        "get_pin_code",
        "clear_pin_code",
        "get_user_status",
        "set_user_status",
        "get_user_type",
        "set_week_day_schedule",
        "get_week_day_schedule",
        "clear_week_day_schedule",
        "set_year_day_schedule",
        "get_year_day_schedule",
        "clear_year_day_schedule",
    ),
    DoorLock.ClientCommandDefs: (
        "set_pin_code_response",
        "get_pin_code_response",
        "clear_pin_code_response",
        "get_user_status_response",
        "set_user_status_response",
        "get_user_type_response",
        "set_week_day_schedule_response",
        "get_week_day_schedule_response",
        "set_year_day_schedule_response",
        "get_year_day_schedule_response",
        "operation_event_notification",
        "programming_event_notification",
    ),
}
_UNSUPPORTED: Final = 0x86
"""Status of an unsupported attribute."""


def check_library() -> None:
    """Raise IncompatibleLibraryError if the libraries lack something that we use."""
    names = [(owner, name) for owner, each in _NAMES.items() for name in each]
    require("zigpy or ZHA", _CALLS, names)


class InvalidResponseError(Exception):
    """The response of the lock is not a frame of the expected format."""


async def async_call[T](request: Awaitable[T]) -> T:
    """Return the library's answer, or raise the ProviderError that its error means.

    Raises InvalidResponseError, without a context, for a response that cannot be
    parsed.
    """
    return await async_call_library(
        request,
        _map_error,
        library="zigpy",
        # Radio drivers cancel pending requests when the stick is disconnected
        connection="the connection to the Zigbee stick",
    )


def cached_attribute(cluster: DoorLock, attribute: int) -> object:
    """Return what zigpy has cached of an attribute, None for nothing; no radio."""
    try:
        cached: object = cluster.get(attribute)
    except KeyError:
        # zigpy, or the quirk of the device, does not know the attribute
        return None
    return cached


class ZhaLockClient:
    """Commands to the Door Lock cluster of one lock, for the duration of one call.

    Responses are not checked.
    """

    def __init__(self, cluster: DoorLock) -> None:
        """Use this cluster."""
        self.cluster = cluster

    async def async_send(self, command: str, *arguments: object) -> object:
        """Return the response of the lock, None if it is no valid frame."""
        try:
            answer: object = await async_call(
                getattr(self.cluster, command)(*arguments)
            )
        except InvalidResponseError:
            return None
        return answer

    async def async_attributes(
        self, *wanted: ZCLAttributeDef
    ) -> tuple[dict[str, int], set[str]]:
        """Return attributes by name, and the names of those that the lock does not support.

        From zigpy's cache of both; 1 read for those that it has never read.
        """
        names: list[int | str | ZCLAttributeDef] = [each.name for each in wanted]
        try:
            values, failed = await async_call(
                self.cluster.read_attributes(names, allow_cache=True)
            )
        except InvalidResponseError:
            return {}, set()
        numbers = {
            str(name): int(value)
            for name, value in values.items()
            if isinstance(value, int)
        }
        return numbers, {
            str(name) for name, status in failed.items() if status == _UNSUPPORTED
        }


def _map_error(err: Exception) -> Exception | None:
    match err:
        case ParsingError():
            return InvalidResponseError()
        case TimeoutError():
            return LockUnreachableError("the lock does not answer")
        case ZigbeeException() | RadioException() | OSError():
            return LockUnreachableError("the lock could not be reached")
    return None
