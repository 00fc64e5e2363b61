"""Await a call into a lock's library, so that none of its errors leaves the client.

The text of a library error can contain the arguments of the command, and so a code.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from .base import IncompatibleLibraryError, LockUnreachableError

_UNEXPECTED: Final = (
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""What a library raises that has changed under us."""


async def async_call_library[T](
    request: Awaitable[T],
    map_error: Callable[[Exception], Exception | None],
    *,
    library: str,
    connection: str,
) -> T:
    """Return the library's answer, or raise the error that its error means.

    `map_error` returns that, None for errors that are not the library's own. What is
    raised has no context. `library` and `connection` name the two in the texts.
    """
    failure: Exception
    try:
        return await request
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        # Libraries cancel pending requests when their connection is lost
        failure = LockUnreachableError(f"{connection} was lost")
    except Exception as err:
        mapped = map_error(err)
        if mapped is None:
            if not isinstance(err, _UNEXPECTED):
                raise
            mapped = IncompatibleLibraryError(
                f"{library} answered unexpectedly ({type(err).__name__})"
            )
        failure = mapped
    raise failure
