"""What a lock with User Credential CC says to a PIN, by the results that the driver has."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from zwave_js_server.const.command_class.access_control import (
    SetCredentialResult,
    SetUserResult,
    UserCredentialType,
)
from zwave_js_server.model.endpoint import Endpoint

from custom_components.keyholder.model.provider_io import SlotReading, WriteResult
from custom_components.keyholder.model.slot import Reason
from custom_components.keyholder.providers.base import (
    CodeRejectedError,
    InterviewIncompleteError,
    NotSupportedError,
    SlotUnavailableError,
)
from custom_components.keyholder.providers.zwave_js.user_credential import (
    UserCredentials,
)
from tests.harness.providers.codes import ANNA, PIN, SLOT, expect_no_code_in

PINS = UserCredentialType.PIN_CODE
OK = SetCredentialResult.OK
OCCUPIED = SetCredentialResult.ERROR_ADD_REJECTED_LOCATION_OCCUPIED
EMPTY = SetCredentialResult.ERROR_MODIFY_REJECTED_LOCATION_EMPTY
WRONG_USER = SetCredentialResult.ERROR_WRONG_USER_UNIQUE_IDENTIFIER


class Control:
    """The driver's access control: user 3 is remembered, their PIN is not."""

    def __init__(self, *results: SetCredentialResult, owner: int = 0) -> None:
        """Answer so to a PIN, one after the other; show the slot as that user's."""
        self.results = list(results)
        self.sent: list[tuple[int, str]] = []
        self.owner = owner
        self.users_slots = 10

    async def get_user_capabilities_cached(self) -> Any:
        return SimpleNamespace(max_users=self.users_slots, max_user_name_length=0)

    async def get_credential_capabilities_cached(self) -> Any:
        pins = SimpleNamespace(
            number_of_credential_slots=10,
            min_credential_length=4,
            max_credential_length=8,
            max_credential_hash_length=0,
        )
        types = {PINS: pins} if self.owner != -1 else {}
        return SimpleNamespace(supported_credential_types=types)

    async def get_user_cached(self, user: int) -> Any:
        return SimpleNamespace(active=True, user_name=None) if user == SLOT else None

    async def get_credential_cached(self, _kind: object, _slot: int) -> None:
        return None

    async def get_credentials_cached(self, _user: int) -> list[Any]:
        return []

    async def get_credential(self, kind: object, slot: int) -> Any:
        return SimpleNamespace(user_id=self.owner, type=kind, slot=slot, data=None)

    async def set_credential(
        self, _user: int, _kind: object, slot: int, pin: str
    ) -> SetCredentialResult:
        self.sent.append((slot, pin))
        return self.results.pop(0)

    async def add_user(self, *_: object) -> Any:
        taken = SetUserResult.ERROR_ADD_REJECTED_LOCATION_OCCUPIED
        return SimpleNamespace(user=taken, credential=None)


def credentials(control: Control) -> UserCredentials:
    endpoint = SimpleNamespace(access_control=control)
    return UserCredentials(cast("Endpoint", endpoint))


@pytest.mark.parametrize(
    ("results", "owner", "outcome"),
    [
        ([OK], 0, None),
        # the driver remembered a PIN that is gone, and adds the next one
        ([EMPTY, OK], 0, None),
        # the driver did not remember a PIN that is there: ours, or somebody else's
        ([OCCUPIED, OK], SLOT, None),
        ([OCCUPIED], SLOT + 1, SlotUnavailableError),
        ([WRONG_USER], SLOT + 1, SlotUnavailableError),
        # nobody's, yet the lock does not take it
        ([WRONG_USER], 0, SlotUnavailableError),
        ([SetCredentialResult.ERROR_DUPLICATE_CREDENTIAL], 0, Reason.DUPLICATE),
        ([SetCredentialResult.ERROR_DUPLICATE_ADMIN_PIN_CODE], 0, Reason.DUPLICATE),
        ([SetCredentialResult.ERROR_MANUFACTURER_SECURITY_RULES], 0, Reason.REJECTED),
        # a result that says nothing: a read will tell
        ([SetCredentialResult.ERROR_UNKNOWN], 0, None),
    ],
    ids=str,
)
async def test_a_result_of_a_pin_means(
    results: list[SetCredentialResult],
    owner: int,
    outcome: Reason | type[Exception] | None,
) -> None:
    control = Control(*results, owner=owner)
    write = credentials(control).async_write(SLOT, ANNA)
    if outcome is None:
        assert await write is WriteResult.OPTIMISTIC
    else:
        error = CodeRejectedError if isinstance(outcome, Reason) else outcome
        with pytest.raises(error) as caught:
            await write
        expect_no_code_in(caught.value)
        assert getattr(caught.value, "reason", outcome) is outcome
    assert control.sent == [(SLOT, PIN)] * len(results)
    assert not control.results


async def test_a_lock_without_pins_is_distinguished_from_one_not_interviewed() -> None:
    with pytest.raises(NotSupportedError):
        await credentials(Control(owner=-1)).async_probe()
    silent = Control()
    silent.users_slots = 0
    with pytest.raises(InterviewIncompleteError):
        await credentials(silent).async_probe()
    silent.users_slots = 1
    assert (await credentials(silent).async_probe()).slots == range(1, 2)


async def test_a_slot_of_nobody_is_empty() -> None:
    assert await credentials(Control()).async_read(SLOT) == SlotReading.empty()
