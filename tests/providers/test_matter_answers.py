"""What a Matter lock answers about users and codes."""

from collections.abc import Mapping

import pytest

from custom_components.keyholder.providers.base import TemporarilyRefusedError
from custom_components.keyholder.providers.matter.client import user_name
from custom_components.keyholder.providers.matter.decoder import (
    MatterCredential,
    MatterUser,
    credential_slots,
    expect_success,
)
from custom_components.keyholder.providers.matter.statuses import CommandRejectedError
from custom_components.keyholder.providers.matter.user_registry import (
    UserRegistry,
    ownership_tag,
)

USER = {
    "userIndex": 4,
    "userName": "Zoë",
    "userUniqueID": ownership_tag(3),
    "userStatus": 1,
    "userType": 0,
    "credentialRule": 0,
    "credentials": [{"credentialType": 1, "credentialIndex": 3}],
    "creatorFabricIndex": 2,
    "lastModifiedFabricIndex": 2,
    "nextUserIndex": None,
}


def user(**changes: object) -> MatterUser:
    found = MatterUser.read(4, USER | changes)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Anna", "Anna"),
        ("Maximiliane", "Maximilian"),
        ("éééééé", "ééééé"),
        ("Zoë Ängström", "Zoë Ängs"),
        ("a" * 9 + "é", "a" * 9),
        ("👩‍🦰👩‍🦰", "👩‍🦰"[:2]),
        ("123456789 x", "123456789"),
        ("  Ben ", "Ben"),
        ("", ""),
    ],
)
def test_a_name_has_ten_bytes_at_most_and_whole_characters(
    label: str, name: str
) -> None:
    assert user_name(label) == name
    assert len(user_name(label).encode()) <= 10


def test_only_an_explicit_answer_is_an_empty_slot() -> None:
    empty = {"credentialExists": False, "userIndex": None}

    assert MatterCredential.read(empty) is None
    unclear: tuple[object, ...] = (
        {},
        None,
        {"credentialExists": None},
        {"credentialExists": 0},
        [],
    )
    for answer in unclear:
        with pytest.raises(TemporarilyRefusedError):
            MatterCredential.read(answer)


def test_a_code_may_have_neither_user_nor_maker() -> None:
    held = {"credentialExists": True, "userIndex": None, "creatorFabricIndex": None}

    assert MatterCredential.read(held) == MatterCredential(None, None)


@pytest.mark.parametrize("status", [None, 0])
def test_a_user_without_a_status_is_not_there(status: int | None) -> None:
    assert MatterUser.read(4, USER | {"userStatus": status}) is None


@pytest.mark.parametrize("answer", [None, {}, {"userIndex": 4}, "userStatus"])
def test_an_answer_without_a_user_is_no_absent_user(answer: object) -> None:
    with pytest.raises(TemporarilyRefusedError):
        MatterUser.read(4, answer)


@pytest.mark.parametrize(
    ("status", "kind", "enabled"),
    [
        (1, 0, True),
        (1, 2, True),
        (3, 0, False),
        (2, 0, None),
        (1, 4, False),
        (1, 9, False),
        (1, None, True),
    ],
)
def test_whether_a_users_codes_open_depends_on_status_and_type(
    status: int, kind: int | None, enabled: bool | None
) -> None:
    assert user(userStatus=status, userType=kind).enabled is enabled


def test_a_user_is_ours_by_the_mark_and_the_fabric() -> None:
    def is_ours(user: MatterUser, slot: int = 3, fabric: int | None = 2) -> bool:
        return UserRegistry(lambda slot, binding: None).is_ours(slot, user, fabric)

    assert is_ours(user())
    assert is_ours(user(), fabric=None)
    assert is_ours(user(creatorFabricIndex=None))
    assert not is_ours(user(), fabric=1)
    assert not is_ours(user(), slot=4)
    for nothing in (None, 0, 0xFFFFFFFF):
        assert not is_ours(user(userUniqueID=nothing))


def test_the_other_server_spells_the_mark_in_its_own_way() -> None:
    answer: Mapping[str, object] = {
        name.replace("UniqueID", "UniqueId"): value for name, value in USER.items()
    }
    found = MatterUser.read(4, answer)

    assert found is not None
    assert found.ownership_tag == ownership_tag(3)


@pytest.mark.parametrize(
    ("credentials", "alone"),
    [
        ([{"credentialType": 1, "credentialIndex": 3}], True),
        ([], True),
        (None, True),
        ([{"credentialType": 1, "credentialIndex": 4}], False),
        (
            [
                {"credentialType": 1, "credentialIndex": 3},
                {"credentialType": 2, "credentialIndex": 3},
            ],
            False,
        ),
    ],
)
def test_what_else_a_user_has_is_seen(credentials: object, alone: bool) -> None:
    assert user(credentials=credentials).has_only_slot(3) is alone


def test_a_refusal_keeps_its_number_and_nothing_else() -> None:
    expect_success({"status": 0})
    with pytest.raises(CommandRejectedError) as caught:
        expect_success({"status": 2, "userIndex": None})
    assert caught.value.status == 2
    answers: tuple[object, ...] = ({}, None, {"status": None}, {"status": "0"})
    for answer in answers:
        with pytest.raises(TemporarilyRefusedError) as unclear:
            expect_success(answer)
        assert not isinstance(unclear.value, CommandRejectedError)


@pytest.mark.parametrize(
    ("data", "slots"),
    [
        ([{"credentialType": 1, "credentialIndex": 5}], [5]),
        ([{"credentialType": 2, "credentialIndex": 5}], []),
        ([{"credentialType": 0, "credentialIndex": 0}], []),
        ([{"credentialType": 1, "credentialIndex": 0}], []),
        ([{"credentialType": 1, "credentialIndex": 0xFFFE}], []),
        ([{"credentialType": 1}, "x", None], []),
        (None, []),
        (7, []),
    ],
)
def test_only_pins_name_a_slot(data: object, slots: list[int]) -> None:
    assert credential_slots(data) == slots
