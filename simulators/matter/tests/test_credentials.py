"""Credentials of a Matter lock: storage, checks, answers, reports."""

import pytest

from simulators.matter import AT_THE_LOCK, FOREIGN, Limits, RefusedError

from .lock_harness import ADD, CLEAR, CODE, MODIFY, OTHER, RFID, THIRD, LockHarness, key

INVALID, FULL, DUPLICATE, OCCUPIED = 133, 137, 2, 3


def test_the_data_never_comes_back() -> None:
    harness = LockHarness()
    harness.person(1, CODE)
    assert harness.credential(1) == {
        "credentialExists": True,
        "userIndex": 1,
        "creatorFabricIndex": 1,
        "lastModifiedFabricIndex": 1,
        "nextCredentialIndex": None,
    }
    assert CODE not in repr(harness.lock.memory)
    assert CODE not in repr(harness.emitted)


def test_users_and_credentials_have_indexes_of_their_own() -> None:
    harness = LockHarness()
    harness.add_user(2)
    assert harness.put(7, CODE, 2)["status"] == 0
    assert harness.put(3, "90715A", 2, kind=RFID)["status"] == 0
    assert harness.credential(7)["userIndex"] == 2
    assert not harness.credential(2)["credentialExists"]
    assert harness.user(2)["credentials"] == [key(7), key(3, RFID)]


def test_the_answer_names_a_user_only_where_the_lock_made_one() -> None:
    harness = LockHarness()
    made = harness.put(5, CODE)
    assert made == {"status": 0, "userIndex": 1, "nextCredentialIndex": 6}
    assert harness.events() == [4, 4]
    harness.add_user(2)
    assert harness.put(6, OTHER, 2)["userIndex"] is None


def test_the_hint_for_a_free_place_may_be_missing() -> None:
    harness = LockHarness(Limits(pins=1))
    assert harness.put(1, CODE)["nextCredentialIndex"] is None


@pytest.mark.parametrize("pin", ["907", "907153907"])
def test_a_pin_of_the_wrong_length_is_invalid(pin: str) -> None:
    assert LockHarness().put(1, pin)["status"] == INVALID


def test_a_place_beyond_the_capacity_is_invalid() -> None:
    assert LockHarness(Limits(pins=3)).put(4, CODE)["status"] == INVALID


def test_a_kind_that_the_lock_does_not_have_is_invalid() -> None:
    assert LockHarness(Limits(rfids=0)).put(1, CODE, kind=RFID)["status"] == INVALID
    assert LockHarness().put(1, CODE, kind=5)["status"] == INVALID


def test_the_same_pin_is_not_stored_twice_even_for_a_foreign_user() -> None:
    harness = LockHarness()
    harness.add_user(1, FOREIGN)
    assert harness.put(1, CODE, 1, FOREIGN)["status"] == 0
    assert harness.put(2, CODE)["status"] == DUPLICATE
    assert not harness.credential(2)["credentialExists"]
    assert harness.put(1, CODE, kind=RFID)["status"] == 0


def test_a_taken_place_is_occupied_and_stays_as_it_is() -> None:
    harness = LockHarness()
    harness.person(1, CODE)
    answer = harness.put(1, OTHER, 1)
    assert (answer["status"], answer["nextCredentialIndex"]) == (OCCUPIED, 2)
    assert harness.door.enter(CODE)


def test_same_pin_in_its_own_index_is_occupied_not_duplicate() -> None:
    harness = LockHarness()
    harness.person(1, CODE)
    assert harness.put(1, CODE, 1)["status"] == OCCUPIED


def test_credential_needs_an_existing_user() -> None:
    assert LockHarness().put(1, CODE, 9)["status"] == INVALID


def test_a_user_may_only_have_so_many() -> None:
    harness = LockHarness(Limits(credentials_per_user=2))
    harness.person(1, CODE)
    assert harness.put(1, "90715A", 1, kind=RFID)["status"] == 0
    assert harness.put(3, THIRD, 1)["status"] == FULL


def test_a_full_table_of_users_makes_no_more() -> None:
    harness = LockHarness(Limits(users=1))
    harness.add_user(1)
    assert harness.put(1, CODE)["status"] == FULL


def test_impossible_user_is_rejected_and_missing_one_answered() -> None:
    """The first by the rules of the message, the second by the lock."""
    harness = LockHarness()
    with pytest.raises(RefusedError):
        harness.put(1, CODE, 0)
    assert harness.put(1, CODE, 9)["status"] == INVALID
    assert harness.put(1, CODE, 99)["status"] == INVALID


def test_a_code_is_changed_by_its_owner_and_fabric_only() -> None:
    harness = LockHarness()
    harness.person(1, CODE)
    harness.add_user(2)
    assert harness.put(1, OTHER, 2, operation=MODIFY)["status"] == INVALID
    assert harness.put(1, OTHER, 1, FOREIGN, operation=MODIFY)["status"] == INVALID
    assert harness.put(2, OTHER, 2, operation=MODIFY)["status"] == INVALID
    assert harness.put(1, OTHER, 1, operation=MODIFY)["status"] == 0
    assert not harness.door.enter(CODE)
    assert harness.door.enter(OTHER)


def test_clearing_an_empty_place_is_invalid() -> None:
    assert LockHarness().status("ClearCredential", credential=key(1)) == INVALID


def test_the_last_credential_leaves_an_empty_user() -> None:
    harness = LockHarness()
    harness.person(1, CODE)
    harness.do("ClearCredential", credential=key(1))
    assert harness.user(1)["userStatus"] == 1
    assert harness.user(1)["credentials"] == []


def test_a_lock_may_drop_the_user_with_the_last_credential() -> None:
    harness = LockHarness()
    harness.lock.traits.drops_empty_users = True
    harness.person(1, CODE)
    assert harness.put(2, OTHER, 1)["status"] == 0
    harness.do("ClearCredential", credential=key(1))
    assert harness.user(1)["userStatus"] == 1
    harness.do("ClearCredential", credential=key(2))
    assert harness.user(1)["userStatus"] is None


def test_cleared_credential_is_reported_without_its_user() -> None:
    harness = LockHarness()
    harness.person(2, CODE)
    harness.do("ClearCredential", credential=key(2))
    reported = harness.last(4)
    assert (reported["lockDataType"], reported["dataOperationType"]) == (6, CLEAR)
    assert (reported["userIndex"], reported["dataIndex"]) == (None, 2)


def test_all_of_a_kind_or_all_go_at_once() -> None:
    harness = LockHarness()
    harness.person(1, CODE)
    harness.put(1, "90715A", 1, kind=RFID)
    harness.do("ClearCredential", credential=key(0xFFFE))
    assert harness.user(1)["credentials"] == [key(1, RFID)]
    harness.do("ClearCredential", credential=None)
    assert harness.user(1)["credentials"] == []


def test_clearing_all_reports_every_type_of_credential() -> None:
    """As matter.js does it."""
    harness = LockHarness()
    harness.do("ClearCredential", credential=None)
    reported = [
        (reported.data["lockDataType"], reported.data["dataIndex"])
        for reported in harness.emitted
    ]
    assert reported == [(kind, 0xFFFE) for kind in (6, 7, 8, 9, 10)]
    harness.do("ClearCredential", credential=key(0xFFFE, RFID))
    assert harness.last(4)["lockDataType"] == 7


def test_the_programming_pin_cannot_be_cleared() -> None:
    harness = LockHarness()
    assert harness.status("ClearCredential", credential=key(0, 0)) == INVALID


def test_a_pin_that_was_typed_in_at_the_lock_has_no_creator() -> None:
    harness = LockHarness()
    assert harness.door.program(CODE, 7, user=6).status == 0
    assert harness.credential(7)["creatorFabricIndex"] is None
    assert harness.credential(7)["userIndex"] == 6
    assert harness.user(6)["creatorFabricIndex"] is None
    reported = harness.last(4)
    assert (reported["operationSource"], reported["fabricIndex"]) == (3, None)
    assert (reported["dataOperationType"], reported["dataIndex"]) == (ADD, 7)


def test_a_pin_is_deleted_at_the_lock_whoever_made_it() -> None:
    harness = LockHarness()
    harness.person(1, CODE)
    harness.door.delete_pin(1)
    assert not harness.credential(1)["credentialExists"]
    assert harness.last(4)["operationSource"] == AT_THE_LOCK.source
