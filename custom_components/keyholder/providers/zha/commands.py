"""Commands to the door lock cluster of one lock, for the length of one call."""

from typing import Final

from zigpy.zcl.clusters.closures import DoorLock
from zigpy.zcl.foundation import ZCLAttributeDef

from .library import InvalidResponseError, call

_UNSUPPORTED: Final = 0x86
"""Attribute."""


class Commands:
    """Sends them, and returns what comes in answer: whatever that is."""

    def __init__(self, cluster: DoorLock) -> None:
        """Use this cluster."""
        self.cluster = cluster

    async def send(self, command: str, *arguments: object) -> object:
        """Return what the lock answers, None if that is no frame at all."""
        try:
            answer: object = await call(getattr(self.cluster, command)(*arguments))
        except InvalidResponseError:
            return None
        return answer

    async def attributes(
        self, *wanted: ZCLAttributeDef
    ) -> tuple[dict[str, int], set[str]]:
        """Return attributes by name, and the names of those that the lock does not have.

        From what zigpy remembers of both; 1 read for what it has never asked.
        """
        names: list[int | str | ZCLAttributeDef] = [each.name for each in wanted]
        try:
            read, failed = await call(
                self.cluster.read_attributes(names, allow_cache=True)
            )
        except InvalidResponseError:
            return {}, set()
        numbers = {
            str(name): int(value)
            for name, value in read.items()
            if isinstance(value, int)
        }
        return numbers, {
            str(name) for name, status in failed.items() if status == _UNSUPPORTED
        }
