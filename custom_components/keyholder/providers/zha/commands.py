"""Send commands to the Door Lock cluster of one lock, and read its attributes."""

from typing import Final

from zigpy.zcl.clusters.closures import DoorLock
from zigpy.zcl.foundation import ZCLAttributeDef

from .client import InvalidResponseError, call

_UNSUPPORTED: Final = 0x86
"""Status of an unsupported attribute."""


class Commands:
    """Commands to one cluster, for the duration of one call; responses are not checked."""

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
