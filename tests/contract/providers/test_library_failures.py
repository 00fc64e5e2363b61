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
    CodeRejected,
    LockUnreachable,
    NotSupported,
    ProviderBroken,
    ProviderError,
    SlotUnavailable,
)
from custom_components.keyholder.providers.zha import library as zha
from custom_components.keyholder.providers.zwave_js import library as zwave_js

PIN = "907153"

type Ask = Callable[..., Awaitable[Any]]

IN_ANY_LIBRARY: list[tuple[BaseException, type[Exception]]] = [
    (ConnectionResetError(PIN), LockUnreachable),
    (asyncio.CancelledError(PIN), LockUnreachable),
    # a library that has changed under us
    (AssertionError(PIN), ProviderBroken),
    (AttributeError(PIN), ProviderBroken),
    (KeyError(PIN), ProviderBroken),
    (TypeError(PIN), ProviderBroken),
    (ValueError(PIN), ProviderBroken),
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
        (FailedZWaveCommand("1", 302, PIN), NotSupported),
        (FailedZWaveCommand("1", 304, PIN), NotSupported),
        (FailedZWaveCommand("1", 322, PIN), SlotUnavailable),
        (FailedZWaveCommand("1", 204, PIN), LockUnreachable),
        (FailedZWaveCommand("1", 1405, PIN), LockUnreachable),
        (FailedCommand("1", "invalid_params_passed_to_command", PIN), NotSupported),
        (FailedCommand("1", "unknown_command", PIN), ProviderBroken),
        (FailedCommand("1", "schema_incompatible", PIN), ProviderBroken),
        (FailedCommand("1", "unknown_error", PIN), LockUnreachable),
        (NotFoundError(PIN), NotSupported),
        (NotConnected(PIN), LockUnreachable),
        (ConnectionFailed(ValueError(PIN)), LockUnreachable),
        *IN_ANY_LIBRARY,
    ],
    ids=repr,
)
async def test_what_z_wave_js_raises_means(
    raised: BaseException, means: type[ProviderError]
) -> None:
    assert type(await failure_of(zwave_js.ask, raised)) is means


async def test_what_the_driver_does_not_even_send_is_what_the_caller_says() -> None:
    raised = FailedZWaveCommand("1", 322, PIN)
    failure = await failure_of(zwave_js.ask, raised, invalid=CodeRejected)
    assert type(failure) is CodeRejected


@pytest.mark.parametrize(
    ("raised", "means"),
    [
        (ParsingError(PIN), zha.GarbledError),
        (TimeoutError(PIN), LockUnreachable),
        (DeliveryError(PIN), LockUnreachable),
        (ControllerException(PIN), LockUnreachable),
        (APIException(PIN), LockUnreachable),
        *IN_ANY_LIBRARY,
    ],
    ids=repr,
)
async def test_what_zigpy_raises_means(
    raised: BaseException, means: type[Exception]
) -> None:
    assert type(await failure_of(zha.ask, raised)) is means


@pytest.mark.parametrize("ask", [zwave_js.ask, zha.ask], ids=["zwave", "zha"])
async def test_who_is_cancelled_himself_is_told_so(ask: Ask) -> None:
    task = asyncio.ensure_future(ask(asyncio.Event().wait()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
