"""How tests are dealt out to workers."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.harness.plugins.scheduling import (
    ALONE,
    LONGEST_FIRST,
    ROOT,
    balance,
    group,
    rank,
)


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
        "engine/restart/test_uses/1",
        "e2e",
        "providers/zha",
    ]

    assert sorted(names, key=rank) == [
        "e2e",
        "providers/zha",
        "engine/restart/test_uses/1",
        "unit/test_layers/0",
    ]
    assert rank("unit/test_layers/0") == len(LONGEST_FIRST)


def test_tests_that_have_the_simulator_alone_come_first() -> None:
    names = ["test_b", "test_alone", "test_a", "test_alone_too", "test_c"]
    items: Any = [ContractTest(name, [ALONE] * ("alone" in name)) for name in names]

    group(items)

    order = ["test_alone", "test_alone_too", "test_b", "test_a", "test_c"]
    assert [item.name for item in items] == order


@dataclass
class ContractTest:
    """What scheduling looks at of a test of the provider contract."""

    name: str
    fixturenames: list[str]
    path: Path = ROOT / "tests/providers/test_zwave_js_users.py"
    markers: list[object] = field(default_factory=list)

    def get_closest_marker(self, name: str) -> None:
        """Return none: the test is not marked."""

    def add_marker(self, marker: object) -> None:
        """Keep it."""
        self.markers.append(marker)
