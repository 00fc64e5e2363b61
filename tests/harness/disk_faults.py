"""A disk that fails or is slow, under the stores of Keyholder."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Any, Final
from unittest.mock import patch

from homeassistant.helpers.storage import Store

from custom_components.keyholder.runtime.storage.durable_store import DurableStore

type Write = Callable[[DurableStore, dict[str, Any]], Awaitable[None]]

_WRITE: Final = "_async_write_data"
"""What Home Assistant's store calls for the disk. Its public methods tell nobody of a disk
that fails, and with stored data in memory there is no file: the test plugin replaces the
same method for that."""


async def write_through(store: DurableStore, data: dict[str, Any]) -> None:
    """Write as if nothing were in the way."""
    await Store._async_write_data(store, data)  # noqa: SLF001 - see _WRITE


async def no_space(_store: DurableStore, _data: dict[str, Any]) -> None:
    """Fail as a full disk does."""
    raise OSError("no space left")


def disk_that(write: Write) -> AbstractContextManager[object]:
    """Put something between the stores and the disk."""

    # a method that is bound already would not be given the store
    async def stand_in(store: DurableStore, data: dict[str, Any]) -> None:
        await write(store, data)

    return patch.object(DurableStore, _WRITE, stand_in)
