"""Codes of locks with User Code CC: one code per slot; slot and user are one number.

It uses the raw command class API and not the driver's `access_control`. Counted on the
simulated locks, a write through `access_control.set_credential` is one write and one
read of the slot (one write alone where the lock supports Supervision and accepts), a
write through the raw `set` is one write. The driver's read does not replace the
engine's own: it takes asterisks for success, does not distinguish "no answer" from
"empty", and trusts a Supervision report so much that it stores the code in its cache.
The raw API also says whether the code is enabled; `set_credential` keeps a disabled
slot disabled.
"""

import asyncio
from collections.abc import Mapping
from enum import IntEnum
from typing import Final, Self

from zwave_js_server.const import CommandClass, SupervisionStatus
from zwave_js_server.model.endpoint import Endpoint
from zwave_js_server.model.node import Node

from ...model.evidence import Evidence
from ...model.provider_io import Capabilities, CodeTarget, SlotReading, WriteResult
from ...model.slot import Reason
from ..base import (
    CodeRejectedError,
    InterviewIncompleteError,
    NotSupportedError,
    ProviderError,
    SlotUnavailableError,
)
from .client import CachedValues, async_call
from .decoder import DecodedZwaveEvent, DuplicateCode, occupied
from .pin_length import lengths_of
from .subscription import ZwaveNodeEvents

SUPERVISED_WAIT: Final = 1.0
"""Seconds within which a lock that rejected a code may send the reason."""
UNSUPERVISED_WAIT: Final = 0.3
"""Seconds; the same without Supervision, when the lock does not say if it rejected
it."""


class _Status(IntEnum):
    """User ID Status of a slot, SDS13781.

    Any other is an answer too: 3 and 4 are codes that do not open the door, 0xFE is "not
    available", by which many locks keep a slot for themselves.
    """

    AVAILABLE = 0
    ENABLED = 1
    DISABLED = 2


class UserCodes:
    """The codes of one lock with User Code CC."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Use the endpoint that supports the command class."""
        self._endpoint = endpoint

    async def async_probe(self) -> Capabilities:
        """Return the result of the interview; no radio."""
        users = await async_call(
            self._endpoint.access_control.get_user_capabilities_cached()
        )
        if not users.max_users:
            raise InterviewIncompleteError(
                "the lock has not reported yet how many codes it holds"
            )
        credentials = await async_call(
            self._endpoint.access_control.get_credential_capabilities_cached()
        )
        lengths = lengths_of(credentials)
        return Capabilities(
            slots=range(1, users.max_users + 1),
            pin_min_length=lengths.shortest,
            pin_max_length=lengths.longest,
            best_evidence=Evidence.VALUE,
            # The command class sends no reports by itself, and support for Notification
            # CC does not mean that the lock sends its events for codes
            reports_changes=False,
        )

    async def async_read(self, slot: int) -> SlotReading:
        """Read the slot from the lock; 1 read.

        Not `access_control.get_credential`: that returns None for an empty slot, for no
        answer within a second and for "status not available".
        """
        answer = await self._invoke("get", slot)
        if not isinstance(answer, Mapping):
            return SlotReading.unknown()
        status, code = answer.get("userIdStatus"), answer.get("userCode")
        match status:
            case bool():
                return SlotReading.unknown()
            case _Status.AVAILABLE:
                return SlotReading.empty()
            case _Status.ENABLED:
                return occupied(code, enabled=True)
            case _Status.DISABLED:
                return occupied(code, enabled=False)
            case int():
                return SlotReading.not_usable()
            case _:
                return SlotReading.unknown()

    async def async_write(self, slot: int, target: CodeTarget) -> WriteResult:
        """Send the code; 1 write. No answer to it proves that the code is stored.

        A failed Supervision is not taken for a rejection of this code: the lock may
        have been busy, and some locks report a failure although they store the code.
        """
        status = _Status.ENABLED if target.enabled else _Status.DISABLED
        with _DuplicateCodeWaiter(self._endpoint.node, slot) as duplicate:
            answer = await self._invoke(
                "set", slot, int(status), target.pin.reveal(), invalid=CodeRejectedError
            )
            supervision = answer.get("status") if isinstance(answer, Mapping) else None
            if supervision in (SupervisionStatus.SUCCESS, SupervisionStatus.WORKING):
                return WriteResult.OPTIMISTIC
            failed = supervision == SupervisionStatus.FAIL
            timeout = SUPERVISED_WAIT if failed else UNSUPERVISED_WAIT
            if await duplicate.async_received_within(timeout):
                raise CodeRejectedError(Reason.DUPLICATE)
        return WriteResult.OPTIMISTIC

    async def async_can_disable(self) -> bool:
        """Return whether the lock supports disabled codes; no radio.

        Version 1 of the command class does not report which statuses it supports.
        """
        versions = {each.id: each.version for each in self._endpoint.command_classes}
        if versions.get(CommandClass.USER_CODE, 0) < 2:
            return False
        cached = CachedValues(self._endpoint, CommandClass.USER_CODE)
        statuses = await cached.value("supportedUserIDStatuses")
        return isinstance(statuses, list) and _Status.DISABLED in statuses

    async def async_clear(self, slot: int) -> WriteResult:
        """Send the clear; 1 write."""
        await self._invoke("clear", slot)
        return WriteResult.OPTIMISTIC

    async def async_rename(self, slot: int, name: str) -> WriteResult:
        """Raise NotSupportedError: the command class knows no names."""
        raise NotSupportedError("the lock keeps no names")

    async def _invoke(
        self,
        method: str,
        *arguments: object,
        invalid: type[ProviderError] = SlotUnavailableError,
    ) -> object:
        request = self._endpoint.async_invoke_cc_api(
            CommandClass.USER_CODE, method, *arguments, wait_for_result=True
        )
        answer: object = await async_call(request, invalid=invalid)
        return answer


class _DuplicateCodeWaiter:
    """Waits, within its context, for a report that the code of a slot is a duplicate.

    The lock sends it as a notification, a moment after its answer if there is one.
    """

    def __init__(self, node: Node, slot: int) -> None:
        """Wait for one slot of a node."""
        self._node = node
        self._slot = slot
        self._received = asyncio.Event()

    def __enter__(self) -> Self:
        """Start listening."""
        self._reports = ZwaveNodeEvents(self._node, lambda: None, self._on_decoded)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        self._reports.stop()

    async def async_received_within(self, seconds: float) -> bool:
        """Return whether the report arrived within so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._received.wait()
        except TimeoutError:
            return False
        return True

    def _on_decoded(self, event: DecodedZwaveEvent) -> None:
        # Some locks name no slot; they mean the one that is being written
        if isinstance(event, DuplicateCode) and event.slot in (self._slot, None):
            self._received.set()
