"""How tests are dealt out to workers."""

import pytest

from tests.scheduling import LONGEST_FIRST, balance, rank


def test_what_has_the_same_key_is_in_one_part_and_parts_are_of_like_size() -> None:
    keys = ["a", "b", "a", "c", "b", "a", "d"]

    parts = balance(keys, 2)

    assert {(key, part) for key, part in zip(keys, parts, strict=True)} == {
        ("a", 0),
        ("b", 1),
        ("c", 1),
        ("d", 0),
    }


@pytest.mark.parametrize("keys", [[], ["only"]])
def test_what_cannot_be_split_is_in_the_first_part(keys: list[str]) -> None:
    assert balance(keys, 2) == [0] * len(keys)


def test_the_longest_groups_are_dealt_out_first() -> None:
    names = [
        "unit/test_layers/0",
        "restart/test_uses/1",
        "e2e",
        "contract/providers/zha",
    ]

    assert sorted(names, key=rank) == [
        "e2e",
        "contract/providers/zha",
        "restart/test_uses/1",
        "unit/test_layers/0",
    ]
    assert rank("unit/test_layers/0") == len(LONGEST_FIRST)
