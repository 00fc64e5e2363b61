"""The fake server and the real stack, asked the same: same answers, same events."""

import base64
import os
from typing import Any, Final

import pytest

from simulators.matter import Limits
from simulators.matter.faults import refused
from simulators.matter.terms import DOOR_LOCK, Status
from simulators.matter.tests.lock_harness import PIN, key
from simulators.matter.tests.test_random_commands import PINS
from tests.harness.matter_stack.pair import Pair
from tests.harness.matter_stack.steps import Steps

pytestmark = [pytest.mark.simulator, pytest.mark.timeout(600)]

ENABLED: Final = 1
DISABLED: Final = 3
WRONG: Final = base64.b64encode(b"909999").decode()
SEED: Final = int(os.environ.get("KEYHOLDER_SEED", "1"))
COMMANDS: Final = int(os.environ.get("KEYHOLDER_COMMANDS", "300"))
TIGHT: Final = Limits(users=3, pins=3, rfids=2, credentials_per_user=2, wrong_codes=255)
"""Random commands meet every bound; nobody is locked out, which takes time."""
STATUSES: Final = [(int(status), None) for status in Status if status] + [
    (1, 2),
    (1, 3),
]
"""All that the fake has a word for, the door lock's own, and one that it has not."""


@pytest.mark.parametrize("limits", [TIGHT], ids=["tight"])
async def test_random_commands_are_answered_and_reported_alike(pair: Pair) -> None:
    steps = Steps(SEED)
    for _ in range(COMMANDS):
        await steps.take(pair)
    reported = await pair.compare_what_was_told()

    assert not pair.differences, "\n".join(pair.differences)
    assert reported > COMMANDS / 10
    assert len(set(pair.real.numbers)) == reported


async def test_errors_and_attributes_are_alike(pair: Pair) -> None:
    user: dict[str, Any] = {"operationType": 0, "userIndex": 1}
    for status, cluster in STATUSES:
        pair.fake_node.faults.add("SetUser", refused(status, cluster), count=1)
        details = {"status": status} | ({} if cluster is None else {"cluster": cluster})
        await pair.real_lock.fault("SetUser", "refused", **details, count=1)
        await pair.command("SetUser", user)
    for command in ("SetUser", "ClearUser", "GetUser", "LockDoor"):
        await pair.command(command, user, timed=None)
    await pair.command("SetUser", {**user, "userName": "Ann-Kathrin"})
    for _ in range(4):  # one more than it takes to be locked out
        await pair.command("LockDoor", {"PINCode": WRONG})
    await pair.compare_what_was_told()

    fake, real = await pair.fake.attributes(), await pair.real.attributes()
    for path, value in fake.items():
        if path.startswith(f"1/{DOOR_LOCK}/") and real.get(path) != value:
            pair.differences.append(f"{path}: fake {value}, real {real.get(path)}")
    assert not pair.differences, "\n".join(pair.differences)


async def test_a_user_who_is_disabled_and_on_is_refused_and_let_in_alike(
    pair: Pair,
) -> None:
    """Only the status is sent, as Keyholder does: all else of the user stays."""
    pin = PINS[0]
    code = base64.b64encode(pin.encode()).decode()
    credential = key(1, PIN)
    add: dict[str, Any] = {"operationType": 0, "userIndex": 2, "userName": "Ann"}
    await pair.command("SetUser", {**add, "userUniqueID": 7, "userStatus": 1})
    await pair.command(
        "SetCredential",
        {
            "operationType": 0,
            "credential": credential,
            "credentialData": code,
            "userIndex": 2,
        },
    )
    for status in (DISABLED, DISABLED, ENABLED, ENABLED, DISABLED, ENABLED):
        await pair.command("SetUser", switch(2, status))
        assert pair.fake_node.lock.memory.users[2].enabled is (status == ENABLED)
        await pair.command("GetUser", {"userIndex": 2})
        await pair.command("GetCredentialStatus", {"credential": credential})
        # at the keypad, and by radio
        for _ in range(2):
            await pair.act("enter", pin, 1)
        await pair.command("UnlockDoor", {"PINCode": code})
        await pair.command("LockDoor", {"PINCode": code})
    await pair.command("SetUser", switch(2, DISABLED))
    await pair.command("ClearCredential", {"credential": credential})
    await pair.command("GetUser", {"userIndex": 2})
    await pair.command("SetUser", switch(2, ENABLED))
    await pair.command("ClearUser", {"userIndex": 2})
    await pair.command("SetUser", switch(2, ENABLED))  # of nobody
    reported = await pair.compare_what_was_told()

    assert not pair.differences, "\n".join(pair.differences)
    assert reported > 24


def switch(user: int, status: int) -> dict[str, Any]:
    """Return what switches a user on or off."""
    names = ("userName", "userUniqueID", "userType", "credentialRule")
    nothing = dict.fromkeys(names)
    return {"operationType": 2, "userIndex": user, "userStatus": status, **nothing}
