"""Users of a Matter lock: capacity, names, other fabrics, answers."""

import pytest

from simulators.matter import AT_THE_LOCK, FOREIGN, Author, Limits

from .lock_harness import CLEAR, CODE, OTHER, LockHarness, key

INVALID, FAILURE, OCCUPIED = 133, 1, 3


def test_a_user_reads_as_it_was_added() -> None:
    harness = LockHarness()
    harness.add_user(3, userName="Ann", userUniqueID=77, userStatus=3, userType=2)
    user = harness.user(3)
    assert (user["userName"], user["userUniqueID"]) == ("Ann", 77)
    assert (user["userStatus"], user["userType"], user["credentialRule"]) == (3, 2, 0)
    assert (user["creatorFabricIndex"], user["lastModifiedFabricIndex"]) == (1, 1)
    assert user["credentials"] == []


def test_an_empty_index_reads_as_nothing_and_names_the_next_user() -> None:
    harness = LockHarness()
    harness.add_user(4)
    user = harness.user(1)
    assert user.pop("userIndex") == 1
    assert user.pop("nextUserIndex") == 4
    assert set(user.values()) == {None}
    assert harness.user(4)["nextUserIndex"] is None


def test_a_lock_may_never_name_the_next_user() -> None:
    harness = LockHarness()
    harness.lock.traits.names_next_user = False
    harness.add_user(4)
    assert harness.user(1)["nextUserIndex"] is None


@pytest.mark.parametrize("index", [0, 21, 255])
def test_an_index_beyond_the_capacity_is_invalid(index: int) -> None:
    harness = LockHarness()
    assert harness.status("GetUser", userIndex=index) == INVALID
    assert harness.status("ClearUser", userIndex=index) == INVALID
    assert harness.status("SetUser", operationType=0, userIndex=index) == INVALID


def test_adding_a_user_twice_fails_with_occupied() -> None:
    harness = LockHarness()
    harness.add_user(1)
    again = harness.status("SetUser", operationType=0, userIndex=1)
    assert again == (FAILURE, OCCUPIED)


def test_only_an_existing_user_can_be_modified() -> None:
    assert LockHarness().change_user(1, userStatus=3) == INVALID


def test_set_user_rejects_the_operation_clear() -> None:
    assert LockHarness().status("SetUser", operationType=CLEAR, userIndex=1) == INVALID


def test_null_leaves_a_name_and_an_empty_text_clears_it() -> None:
    harness = LockHarness()
    harness.add_user(1, userName="Ann")
    assert harness.change_user(1, userName=None) == 0
    assert harness.user(1)["userName"] == "Ann"
    assert harness.change_user(1, userName="") == 0
    assert harness.user(1)["userName"] == ""


@pytest.mark.parametrize(
    ("name", "bytes_count", "status"),
    [
        ("0123456789", False, 0),
        ("01234567890", False, INVALID),
        ("éééééé", False, 0),
        ("éééééé", True, INVALID),
        ("ééééé", True, 0),
    ],
)
def test_a_name_has_ten_characters_or_bytes(
    name: str, bytes_count: bool, status: int
) -> None:
    harness = LockHarness()
    harness.lock.traits.counts_bytes = bytes_count
    harness.add_user(1)
    assert harness.change_user(1, userName=name) == status


@pytest.mark.parametrize("by", [FOREIGN, AT_THE_LOCK], ids=["fabric", "keypad"])
def test_what_others_made_may_be_disabled_and_removed_but_not_named(
    by: Author,
) -> None:
    harness = LockHarness()
    harness.add_user(4, by, userName="Bob")
    assert harness.put(4, CODE, 4, by)["status"] == 0
    assert harness.user(4)["creatorFabricIndex"] == by.fabric

    assert harness.change_user(4, userName="Ann") == INVALID
    assert harness.change_user(4, userName="") == INVALID
    assert harness.change_user(4, userUniqueID=5) == INVALID
    assert harness.put(4, OTHER, 4, operation=2)["status"] == INVALID
    assert harness.put(5, OTHER, 4)["status"] == INVALID
    assert harness.user(4)["userName"] == "Bob"

    assert harness.change_user(4, userStatus=3) == 0
    user = harness.user(4)
    assert (user["userStatus"], user["lastModifiedFabricIndex"]) == (3, 1)
    assert user["creatorFabricIndex"] == by.fabric
    assert harness.status("ClearCredential", credential=key(4)) == 0
    assert harness.status("ClearUser", userIndex=4) == 0
    assert harness.user(4)["userStatus"] is None


def test_a_user_goes_with_all_that_is_his() -> None:
    harness = LockHarness()
    harness.person(1, CODE)
    harness.do(
        "SetWeekDaySchedule",
        weekDayIndex=1,
        userIndex=1,
        daysMask=2,
        startHour=8,
        startMinute=0,
        endHour=17,
        endMinute=0,
    )
    harness.do("ClearUser", userIndex=1)
    harness.add_user(1)
    assert not harness.credential(1)["credentialExists"]
    assert (
        harness.do("GetWeekDaySchedule", weekDayIndex=1, userIndex=1)["status"] == 139
    )


def test_clearing_a_missing_user_succeeds_without_a_report() -> None:
    harness = LockHarness()
    assert harness.status("ClearUser", userIndex=7) == 0
    assert harness.events() == []


def test_all_users_go_at_once() -> None:
    harness = LockHarness(Limits(users=3))
    for index in (1, 2, 3):
        harness.person(index, f"90715{index}")
    harness.do("ClearUser", userIndex=0xFFFE)
    assert [harness.user(index)["userStatus"] for index in (1, 2, 3)] == [None] * 3
    assert harness.lock.memory.credentials == {}


def test_every_change_is_reported_with_its_author() -> None:
    harness = LockHarness()
    harness.add_user(2)
    assert harness.last(4) == {
        "lockDataType": 2,
        "dataOperationType": 0,
        "operationSource": 7,
        "userIndex": 2,
        "fabricIndex": 1,
        "sourceNode": 112233,
        "dataIndex": None,
    }
    harness.door.delete_user(2)
    reported = harness.last(4)
    assert (reported["operationSource"], reported["fabricIndex"]) == (3, None)
    assert reported["dataOperationType"] == CLEAR
