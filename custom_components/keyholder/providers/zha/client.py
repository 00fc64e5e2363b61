"""Call zigpy and ZHA and map their errors; the only module that awaits them.

The text of a library error can contain the arguments of the command, and so a code.
Therefore no error of the library leaves this module, not even as the context of one of
ours.

ZHA's own actions are not used: they ignore the response of the lock.
"""

import asyncio
from collections.abc import Awaitable
from inspect import signature
from typing import Final

from homeassistant.components.zha import helpers
from zigpy.application import ControllerApplication
from zigpy.exceptions import ParsingError, RadioException, ZigbeeException
from zigpy.util import ListenableMixin
from zigpy.zcl import Cluster
from zigpy.zcl.clusters.closures import DoorLock
from zigpy.zcl.foundation import ZCLAttributeDef

from ..base import IncompatibleLibraryError, LockUnreachableError, ProviderError

_CALLS: Final[tuple[tuple[object, str, int], ...]] = (
    # function, and the number of arguments that we pass, self included
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
_NAMES: Final[tuple[tuple[type, tuple[str, ...]], ...]] = (
    (
        DoorLock.AttributeDefs,
        (
            "lock_state",
            "num_of_pin_users_supported",
            "max_pin_len",
            "min_pin_len",
            "send_pin_ota",
            "num_of_week_day_schedules_supported_per_user",
            "num_of_year_day_schedules_supported_per_user",
        ),
    ),
    (
        DoorLock.ServerCommandDefs,
        (
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
    ),
    (
        DoorLock.ClientCommandDefs,
        (
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
    ),
)


_UNSUPPORTED: Final = 0x86
"""Status of an unsupported attribute."""


def check_library() -> None:
    """Raise IncompatibleLibraryError if the libraries lack something that we use.

    None of it is a public interface of Home Assistant, and it may change in any
    release; better one repair issue at the start than a traceback on the day a code is
    revoked.
    """
    missing = [
        f"{name}()"
        for owner, name, arguments in _CALLS
        if not _accepts_arguments(getattr(owner, name, None), arguments)
    ]
    missing += [
        name for owner, names in _NAMES for name in names if not hasattr(owner, name)
    ]
    if missing:
        raise IncompatibleLibraryError(f"zigpy or ZHA changed: {', '.join(missing)}")


class InvalidResponseError(Exception):
    """The response of the lock is not a frame of the expected format."""


async def call[T](call: Awaitable[T]) -> T:
    """Return the library's answer, or raise the ProviderError that its error means.

    Raises InvalidResponseError, without a context, for a response that cannot be
    parsed.
    """
    failure: ProviderError | InvalidResponseError
    try:
        return await call
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        # Radio drivers cancel pending requests when the stick is disconnected
        failure = LockUnreachableError("the connection to the Zigbee stick was lost")
    except ParsingError:
        failure = InvalidResponseError()
    except TimeoutError:
        failure = LockUnreachableError("the lock does not answer")
    except ZigbeeException, RadioException, OSError:
        failure = LockUnreachableError("the lock could not be reached")
    except (AssertionError, AttributeError, LookupError, TypeError, ValueError) as err:
        failure = IncompatibleLibraryError(
            f"zigpy answered unexpectedly ({type(err).__name__})"
        )
    raise failure


class ZhaLockClient:
    """Commands to the Door Lock cluster of one lock, for the duration of one call.

    Responses are not checked.
    """

    def __init__(self, cluster: DoorLock) -> None:
        """Use this cluster."""
        self.cluster = cluster

    async def send(self, command: str, *arguments: object) -> object:
        """Return the response of the lock, None if it is no valid frame."""
        try:
            answer: object = await call(getattr(self.cluster, command)(*arguments))
        except InvalidResponseError:
            return None
        return answer

    async def attributes(
        self, *wanted: ZCLAttributeDef
    ) -> tuple[dict[str, int], set[str]]:
        """Return attributes by name, and the names of those that the lock does not support.

        From zigpy's cache of both; 1 read for those that it has never read.
        """
        names: list[int | str | ZCLAttributeDef] = [each.name for each in wanted]
        try:
            values, failed = await call(
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


def _accepts_arguments(function: object, arguments: int) -> bool:
    if not callable(function):
        return False
    try:
        signature(function).bind(*range(arguments))
    except TypeError:
        return False
    return True
