"""Locks that speak User Code CC: one code per slot, slot and user are one number.

Why the raw command class API and not the driver's `access_control`: counted on the
simulated locks, a write through `access_control.set_credential` is one write and one read
of the slot (one write alone where the lock supports Supervision and accepts), a write
through the raw `set` is one write. The driver's read would not spare the engine its own:
it takes asterisks for success, tells "no answer" and "empty" apart nowhere, and believes a
Supervision report so firmly that it stores the code in its cache. Raw also says whether
the code is enabled; `set_credential` keeps a disabled slot disabled.
"""

import asyncio
from collections.abc import Mapping
from enum import IntEnum
from typing import Final, Self

from zwave_js_server.const import CommandClass, SupervisionStatus
from zwave_js_server.model.endpoint import Endpoint
from zwave_js_server.model.node import Node

from ...model.evidence import Evidence
from ...model.reading import Capabilities, CodeTarget, SlotReading, WriteResult
from ...model.slot import Reason
from ..base import (
    CodeRejectedError,
    LockUnreachableError,
    ProviderError,
    SlotUnavailableError,
)
from .codes import SHORTEST_CODE, occupied
from .driver_memory import CachedValues
from .library import call
from .node_reports import NodeEvents
from .notifications import DecodedEvent, DuplicateCode

_LONGEST_CODE: Final = 8
"""The command class allows 10 digits, but no lock says how many it takes itself."""

REFUSAL_SECONDS: Final = 1.0
"""How long a lock that refused a code may take to say why."""
UNSUPERVISED_WAIT: Final = 0.3
"""The same where a lock does not say whether it refused: without Supervision."""


class _Status(IntEnum):
    """User ID Status of a slot, SDS13781."""

    AVAILABLE = 0
    ENABLED = 1
    DISABLED = 2


class UserCodes:
    """The code memory behind User Code CC."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Use the endpoint that has the command class."""
        self._endpoint = endpoint

    async def probe(self) -> Capabilities:
        """Return what the interview found; no radio."""
        users = await call(self._endpoint.access_control.get_user_capabilities_cached())
        if not users.max_users:
            raise LockUnreachableError(
                "the lock has not told yet how many codes it holds"
            )
        return Capabilities(
            slots=range(1, users.max_users + 1),
            pin_min_length=SHORTEST_CODE,
            pin_max_length=_LONGEST_CODE,
            best_evidence=Evidence.VALUE,
            # The command class reports nothing by itself, and having Notification CC does
            # not say that the lock sends its events for codes
            reports_changes=False,
        )

    async def read(self, slot: int) -> SlotReading:
        """Ask the lock; one read.

        Not `access_control.get_credential`: that one says None for an empty slot, for no
        answer within a second and for "status not available".
        """
        answer = await self._invoke("get", slot)
        if not isinstance(answer, Mapping):
            return SlotReading.unknown()
        status, code = answer.get("userIdStatus"), answer.get("userCode")
        if isinstance(status, bool):
            return SlotReading.unknown()
        match status:
            case _Status.AVAILABLE:
                return SlotReading.empty()
            case _Status.ENABLED:
                return occupied(code, enabled=True)
            case _Status.DISABLED:
                return occupied(code, enabled=False)
            case _:
                return SlotReading.unknown()

    async def write(self, slot: int, target: CodeTarget) -> WriteResult:
        """Send the code; one write. Nothing that comes back proves that it is stored.

        A failed Supervision is not taken for a refusal of this code: the lock may have
        been busy, and some say so although they store it.
        """
        status = _Status.ENABLED if target.enabled else _Status.DISABLED
        with _DuplicateCodeWaiter(self._endpoint.node, slot) as duplicate:
            answer = await self._invoke(
                "set", slot, int(status), target.pin.reveal(), invalid=CodeRejectedError
            )
            verdict = answer.get("status") if isinstance(answer, Mapping) else None
            if verdict in (SupervisionStatus.SUCCESS, SupervisionStatus.WORKING):
                return WriteResult.OPTIMISTIC
            failed = verdict == SupervisionStatus.FAIL
            patience = REFUSAL_SECONDS if failed else UNSUPERVISED_WAIT
            if await duplicate.heard_within(patience):
                raise CodeRejectedError(Reason.DUPLICATE)
        return WriteResult.OPTIMISTIC

    async def can_disable(self) -> bool:
        """Return whether the lock says that it keeps codes switched off; no radio.

        The first version of the command class has no word for it.
        """
        versions = {each.id: each.version for each in self._endpoint.command_classes}
        if versions.get(CommandClass.USER_CODE, 0) < 2:
            return False
        memory = CachedValues(self._endpoint, CommandClass.USER_CODE)
        statuses = await memory.value("supportedUserIDStatuses")
        return isinstance(statuses, list) and _Status.DISABLED in statuses

    async def clear(self, slot: int) -> WriteResult:
        """Send the clear; one write."""
        await self._invoke("clear", slot)
        return WriteResult.OPTIMISTIC

    async def _invoke(
        self,
        method: str,
        *arguments: object,
        invalid: type[ProviderError] = SlotUnavailableError,
    ) -> object:
        request = self._endpoint.async_invoke_cc_api(
            CommandClass.USER_CODE, method, *arguments, wait_for_result=True
        )
        answer: object = await call(request, invalid=invalid)
        return answer


class _DuplicateCodeWaiter:
    """Hears, within its context, that a lock refused the code for a slot.

    The lock tells it by a notification, a moment after its answer if there is one.
    """

    def __init__(self, node: Node, slot: int) -> None:
        """Watch one slot of a node."""
        self._node = node
        self._slot = slot
        self._heard = asyncio.Event()

    def __enter__(self) -> Self:
        """Start to listen."""
        self._reports = NodeEvents(self._node, lambda: None, self._on_told)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop to listen."""
        self._reports.stop()

    async def heard_within(self, seconds: float) -> bool:
        """Return whether it was told by then."""
        try:
            async with asyncio.timeout(seconds):
                await self._heard.wait()
        except TimeoutError:
            return False
        return True

    def _on_told(self, told: DecodedEvent) -> None:
        # Some locks do not say which slot; they mean the one that is being written
        if isinstance(told, DuplicateCode) and told.slot in (self._slot, None):
            self._heard.set()
