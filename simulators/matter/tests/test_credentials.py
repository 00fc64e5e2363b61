"""Credentials: what a lock stores, in which place, for whom, and what it says about it."""

import pytest

from simulators.matter import AT_THE_LOCK, FOREIGN, Limits, RefusedError

from .probe import ADD, CLEAR, CODE, MODIFY, OTHER, RFID, THIRD, Bench, key

INVALID, FULL, DUPLICATE, OCCUPIED = 133, 137, 2, 3


def test_the_data_never_comes_back() -> None:
    bench = Bench()
    bench.person(1, CODE)
    assert bench.credential(1) == {
        "credentialExists": True,
        "userIndex": 1,
        "creatorFabricIndex": 1,
        "lastModifiedFabricIndex": 1,
        "nextCredentialIndex": None,
    }
    assert CODE not in repr(bench.lock.memory)
    assert CODE not in repr(bench.told)


def test_users_and_credentials_have_indexes_of_their_own() -> None:
    bench = Bench()
    bench.add_user(2)
    assert bench.put(7, CODE, 2)["status"] == 0
    assert bench.put(3, "90715A", 2, kind=RFID)["status"] == 0
    assert bench.credential(7)["userIndex"] == 2
    assert not bench.credential(2)["credentialExists"]
    assert bench.user(2)["credentials"] == [key(7), key(3, RFID)]


def test_the_answer_names_a_user_only_where_the_lock_made_one() -> None:
    bench = Bench()
    made = bench.put(5, CODE)
    assert made == {"status": 0, "userIndex": 1, "nextCredentialIndex": 6}
    assert bench.events() == [4, 4]
    bench.add_user(2)
    assert bench.put(6, OTHER, 2)["userIndex"] is None


def test_the_hint_for_a_free_place_may_be_missing() -> None:
    bench = Bench(Limits(pins=1))
    assert bench.put(1, CODE)["nextCredentialIndex"] is None


@pytest.mark.parametrize("pin", ["907", "907153907"])
def test_a_pin_of_the_wrong_length_is_invalid(pin: str) -> None:
    assert Bench().put(1, pin)["status"] == INVALID


def test_a_place_beyond_the_capacity_is_invalid() -> None:
    assert Bench(Limits(pins=3)).put(4, CODE)["status"] == INVALID


def test_a_kind_that_the_lock_does_not_have_is_invalid() -> None:
    assert Bench(Limits(rfids=0)).put(1, CODE, kind=RFID)["status"] == INVALID
    assert Bench().put(1, CODE, kind=5)["status"] == INVALID


def test_the_same_pin_is_not_stored_twice_even_for_a_foreign_user() -> None:
    bench = Bench()
    bench.add_user(1, FOREIGN)
    assert bench.put(1, CODE, 1, FOREIGN)["status"] == 0
    assert bench.put(2, CODE)["status"] == DUPLICATE
    assert not bench.credential(2)["credentialExists"]
    assert bench.put(1, CODE, kind=RFID)["status"] == 0


def test_a_taken_place_is_occupied_and_stays_as_it_is() -> None:
    bench = Bench()
    bench.person(1, CODE)
    answer = bench.put(1, OTHER, 1)
    assert (answer["status"], answer["nextCredentialIndex"]) == (OCCUPIED, 2)
    assert bench.door.enter(CODE)


def test_the_same_pin_again_in_its_own_place_is_occupied_not_a_duplicate() -> None:
    bench = Bench()
    bench.person(1, CODE)
    assert bench.put(1, CODE, 1)["status"] == OCCUPIED


def test_a_user_who_is_not_there_gets_no_code() -> None:
    assert Bench().put(1, CODE, 9)["status"] == INVALID


def test_a_user_may_only_have_so_many() -> None:
    bench = Bench(Limits(credentials_per_user=2))
    bench.person(1, CODE)
    assert bench.put(1, "90715A", 1, kind=RFID)["status"] == 0
    assert bench.put(3, THIRD, 1)["status"] == FULL


def test_a_full_table_of_users_makes_no_more() -> None:
    bench = Bench(Limits(users=1))
    bench.add_user(1)
    assert bench.put(1, CODE)["status"] == FULL


def test_a_user_who_cannot_be_is_refused_and_one_who_is_not_there_answered() -> None:
    """The first by the rules of the message, the second by the lock."""
    bench = Bench()
    with pytest.raises(RefusedError):
        bench.put(1, CODE, 0)
    assert bench.put(1, CODE, 9)["status"] == INVALID
    assert bench.put(1, CODE, 99)["status"] == INVALID


def test_a_code_is_changed_by_its_owner_and_fabric_only() -> None:
    bench = Bench()
    bench.person(1, CODE)
    bench.add_user(2)
    assert bench.put(1, OTHER, 2, operation=MODIFY)["status"] == INVALID
    assert bench.put(1, OTHER, 1, FOREIGN, operation=MODIFY)["status"] == INVALID
    assert bench.put(2, OTHER, 2, operation=MODIFY)["status"] == INVALID
    assert bench.put(1, OTHER, 1, operation=MODIFY)["status"] == 0
    assert not bench.door.enter(CODE)
    assert bench.door.enter(OTHER)


def test_clearing_an_empty_place_is_invalid() -> None:
    assert Bench().status("ClearCredential", credential=key(1)) == INVALID


def test_the_last_credential_leaves_an_empty_user() -> None:
    bench = Bench()
    bench.person(1, CODE)
    bench.do("ClearCredential", credential=key(1))
    assert bench.user(1)["userStatus"] == 1
    assert bench.user(1)["credentials"] == []


def test_a_lock_may_drop_the_user_with_the_last_credential() -> None:
    bench = Bench()
    bench.lock.traits.drops_empty_users = True
    bench.person(1, CODE)
    assert bench.put(2, OTHER, 1)["status"] == 0
    bench.do("ClearCredential", credential=key(1))
    assert bench.user(1)["userStatus"] == 1
    bench.do("ClearCredential", credential=key(2))
    assert bench.user(1)["userStatus"] is None


def test_a_cleared_credential_is_told_without_its_user() -> None:
    bench = Bench()
    bench.person(2, CODE)
    bench.do("ClearCredential", credential=key(2))
    told = bench.last(4)
    assert (told["lockDataType"], told["dataOperationType"]) == (6, CLEAR)
    assert (told["userIndex"], told["dataIndex"]) == (None, 2)


def test_all_of_a_kind_or_all_go_at_once() -> None:
    bench = Bench()
    bench.person(1, CODE)
    bench.put(1, "90715A", 1, kind=RFID)
    bench.do("ClearCredential", credential=key(0xFFFE))
    assert bench.user(1)["credentials"] == [key(1, RFID)]
    bench.do("ClearCredential", credential=None)
    assert bench.user(1)["credentials"] == []


def test_every_kind_is_told_to_be_gone_whether_there_was_one_or_not() -> None:
    """As matter.js does it."""
    bench = Bench()
    bench.do("ClearCredential", credential=None)
    told = [(told.data["lockDataType"], told.data["dataIndex"]) for told in bench.told]
    assert told == [(kind, 0xFFFE) for kind in (6, 7, 8, 9, 10)]
    bench.do("ClearCredential", credential=key(0xFFFE, RFID))
    assert bench.last(4)["lockDataType"] == 7


def test_the_programming_pin_cannot_be_cleared() -> None:
    bench = Bench()
    assert bench.status("ClearCredential", credential=key(0, 0)) == INVALID


def test_a_pin_that_was_typed_in_at_the_lock_has_no_creator() -> None:
    bench = Bench()
    assert bench.door.program(CODE, 7, user=6).status == 0
    assert bench.credential(7)["creatorFabricIndex"] is None
    assert bench.credential(7)["userIndex"] == 6
    assert bench.user(6)["creatorFabricIndex"] is None
    told = bench.last(4)
    assert (told["operationSource"], told["fabricIndex"]) == (3, None)
    assert (told["dataOperationType"], told["dataIndex"]) == (ADD, 7)


def test_a_pin_is_deleted_at_the_lock_whoever_made_it() -> None:
    bench = Bench()
    bench.person(1, CODE)
    bench.door.delete_pin(1)
    assert not bench.credential(1)["credentialExists"]
    assert bench.last(4)["operationSource"] == AT_THE_LOCK.source
