"""What a failure of a technology's library means for the lock, and that it quotes nothing."""

import asyncio
from collections.abc import Awaitable, Callable
import traceback
from typing import Any

import pytest
from zigpy.exceptions import (
    APIException,
    ControllerException,
    DeliveryError,
    ParsingError,
)
from zwave_js_server.exceptions import (
    ConnectionFailed,
    FailedCommand,
    FailedZWaveCommand,
    NotConnected,
    NotFoundError,
)

from custom_components.keyholder.providers.base import (
    CodeRejectedError,
    IncompatibleLibraryError,
    LockUnreachableError,
    NotSupportedError,
    ProviderError,
    SlotUnavailableError,
)
from custom_components.keyholder.providers.zha import client as zha
from custom_components.keyholder.providers.zwave_js import client as zwave_js

PIN = "907153"

type Ask = Callable[..., Awaitable[Any]]

IN_ANY_LIBRARY: list[tuple[BaseException, type[Exception]]] = [
    (ConnectionResetError(PIN), LockUnreachableError),
    (asyncio.CancelledError(PIN), LockUnreachableError),
    # a library that has changed under us
    (AssertionError(PIN), IncompatibleLibraryError),
    (AttributeError(PIN), IncompatibleLibraryError),
    (KeyError(PIN), IncompatibleLibraryError),
    (TypeError(PIN), IncompatibleLibraryError),
    (ValueError(PIN), IncompatibleLibraryError),
]


async def failure_of(ask: Ask, raised: BaseException, **how: Any) -> Exception:
    """Return what comes out where the library raises this, after a look into its text."""

    async def call() -> None:
        raise raised

    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever it is
        await ask(call(), **how)
    assert PIN not in "".join(traceback.format_exception(caught.value))
    return caught.value


@pytest.mark.parametrize(
    ("raised", "means"),
    [
        (FailedZWaveCommand("1", 302, PIN), NotSupportedError),
        (FailedZWaveCommand("1", 304, PIN), NotSupportedError),
        (FailedZWaveCommand("1", 322, PIN), SlotUnavailableError),
        (FailedZWaveCommand("1", 204, PIN), LockUnreachableError),
        (FailedZWaveCommand("1", 1405, PIN), LockUnreachableError),
        (
            FailedCommand("1", "invalid_params_passed_to_command", PIN),
            NotSupportedError,
        ),
        (FailedCommand("1", "unknown_command", PIN), IncompatibleLibraryError),
        (FailedCommand("1", "schema_incompatible", PIN), IncompatibleLibraryError),
        (FailedCommand("1", "unknown_error", PIN), LockUnreachableError),
        (NotFoundError(PIN), NotSupportedError),
        (NotConnected(PIN), LockUnreachableError),
        (ConnectionFailed(ValueError(PIN)), LockUnreachableError),
        *IN_ANY_LIBRARY,
    ],
    ids=repr,
)
async def test_what_z_wave_js_raises_means(
    raised: BaseException, means: type[ProviderError]
) -> None:
    assert type(await failure_of(zwave_js.async_call, raised)) is means


async def test_what_the_driver_does_not_even_send_is_what_the_caller_says() -> None:
    raised = FailedZWaveCommand("1", 322, PIN)
    failure = await failure_of(zwave_js.async_call, raised, invalid=CodeRejectedError)
    assert type(failure) is CodeRejectedError


@pytest.mark.parametrize(
    ("raised", "means"),
    [
        (ParsingError(PIN), zha.InvalidResponseError),
        (TimeoutError(PIN), LockUnreachableError),
        (DeliveryError(PIN), LockUnreachableError),
        (ControllerException(PIN), LockUnreachableError),
        (APIException(PIN), LockUnreachableError),
        *IN_ANY_LIBRARY,
    ],
    ids=repr,
)
async def test_what_zigpy_raises_means(
    raised: BaseException, means: type[Exception]
) -> None:
    assert type(await failure_of(zha.async_call, raised)) is means


@pytest.mark.parametrize(
    "ask", [zwave_js.async_call, zha.async_call], ids=["zwave", "zha"]
)
async def test_a_cancelled_caller_gets_its_cancellation(ask: Ask) -> None:
    task = asyncio.ensure_future(ask(asyncio.Event().wait()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
