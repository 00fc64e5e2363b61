"""Users: capacity, names, other fabrics, and what an answer tells."""

import pytest

from simulators.matter import AT_THE_LOCK, FOREIGN, Author, Limits

from .probe import CLEAR, CODE, OTHER, Bench, key

INVALID, FAILURE, OCCUPIED = 133, 1, 3


def test_a_user_reads_as_it_was_added() -> None:
    bench = Bench()
    bench.add_user(3, userName="Ann", userUniqueID=77, userStatus=3, userType=2)
    user = bench.user(3)
    assert (user["userName"], user["userUniqueID"]) == ("Ann", 77)
    assert (user["userStatus"], user["userType"], user["credentialRule"]) == (3, 2, 0)
    assert (user["creatorFabricIndex"], user["lastModifiedFabricIndex"]) == (1, 1)
    assert user["credentials"] == []


def test_an_empty_index_reads_as_nothing_and_names_the_next_user() -> None:
    bench = Bench()
    bench.add_user(4)
    user = bench.user(1)
    assert user.pop("userIndex") == 1
    assert user.pop("nextUserIndex") == 4
    assert set(user.values()) == {None}
    assert bench.user(4)["nextUserIndex"] is None


def test_a_lock_may_never_name_the_next_user() -> None:
    bench = Bench()
    bench.lock.traits.names_next_user = False
    bench.add_user(4)
    assert bench.user(1)["nextUserIndex"] is None


@pytest.mark.parametrize("index", [0, 21, 255])
def test_an_index_beyond_the_capacity_is_invalid(index: int) -> None:
    bench = Bench()
    assert bench.status("GetUser", userIndex=index) == INVALID
    assert bench.status("ClearUser", userIndex=index) == INVALID
    assert bench.status("SetUser", operationType=0, userIndex=index) == INVALID


def test_adding_a_user_twice_is_a_failure_that_says_occupied() -> None:
    bench = Bench()
    bench.add_user(1)
    again = bench.status("SetUser", operationType=0, userIndex=1)
    assert again == (FAILURE, OCCUPIED)


def test_only_a_user_who_is_there_can_be_changed() -> None:
    assert Bench().change_user(1, userStatus=3) == INVALID


def test_clearing_is_no_way_to_set_a_user() -> None:
    assert Bench().status("SetUser", operationType=CLEAR, userIndex=1) == INVALID


def test_null_leaves_a_name_and_an_empty_text_clears_it() -> None:
    bench = Bench()
    bench.add_user(1, userName="Ann")
    assert bench.change_user(1, userName=None) == 0
    assert bench.user(1)["userName"] == "Ann"
    assert bench.change_user(1, userName="") == 0
    assert bench.user(1)["userName"] == ""


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
    bench = Bench()
    bench.lock.traits.counts_bytes = bytes_count
    bench.add_user(1)
    assert bench.change_user(1, userName=name) == status


@pytest.mark.parametrize("by", [FOREIGN, AT_THE_LOCK], ids=["fabric", "keypad"])
def test_what_others_made_may_be_disabled_and_removed_but_not_named(
    by: Author,
) -> None:
    bench = Bench()
    bench.add_user(4, by, userName="Bob")
    assert bench.put(4, CODE, 4, by)["status"] == 0
    assert bench.user(4)["creatorFabricIndex"] == by.fabric

    assert bench.change_user(4, userName="Ann") == INVALID
    assert bench.change_user(4, userName="") == INVALID
    assert bench.change_user(4, userUniqueID=5) == INVALID
    assert bench.put(4, OTHER, 4, operation=2)["status"] == INVALID
    assert bench.put(5, OTHER, 4)["status"] == INVALID
    assert bench.user(4)["userName"] == "Bob"

    assert bench.change_user(4, userStatus=3) == 0
    user = bench.user(4)
    assert (user["userStatus"], user["lastModifiedFabricIndex"]) == (3, 1)
    assert user["creatorFabricIndex"] == by.fabric
    assert bench.status("ClearCredential", credential=key(4)) == 0
    assert bench.status("ClearUser", userIndex=4) == 0
    assert bench.user(4)["userStatus"] is None


def test_a_user_goes_with_all_that_is_his() -> None:
    bench = Bench()
    bench.person(1, CODE)
    bench.do(
        "SetWeekDaySchedule",
        weekDayIndex=1,
        userIndex=1,
        daysMask=2,
        startHour=8,
        startMinute=0,
        endHour=17,
        endMinute=0,
    )
    bench.do("ClearUser", userIndex=1)
    bench.add_user(1)
    assert not bench.credential(1)["credentialExists"]
    assert bench.do("GetWeekDaySchedule", weekDayIndex=1, userIndex=1)["status"] == 139


def test_clearing_nobody_is_fine_and_told_to_nobody() -> None:
    bench = Bench()
    assert bench.status("ClearUser", userIndex=7) == 0
    assert bench.events() == []


def test_all_users_go_at_once() -> None:
    bench = Bench(Limits(users=3))
    for index in (1, 2, 3):
        bench.person(index, f"90715{index}")
    bench.do("ClearUser", userIndex=0xFFFE)
    assert [bench.user(index)["userStatus"] for index in (1, 2, 3)] == [None] * 3
    assert bench.lock.memory.credentials == {}


def test_every_change_is_told_with_its_author() -> None:
    bench = Bench()
    bench.add_user(2)
    assert bench.last(4) == {
        "lockDataType": 2,
        "dataOperationType": 0,
        "operationSource": 7,
        "userIndex": 2,
        "fabricIndex": 1,
        "sourceNode": 112233,
        "dataIndex": None,
    }
    bench.door.delete_user(2)
    told = bench.last(4)
    assert (told["operationSource"], told["fabricIndex"]) == (3, None)
    assert told["dataOperationType"] == CLEAR
