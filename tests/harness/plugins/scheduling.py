"""Which tests share a worker of pytest-xdist, and which of them begin first.

A group runs on one worker, in one go. Tests that need the same process (a simulator, a
Home Assistant) are a group for as long as starting another one costs more than waiting
for it. All others are grouped by file, a few at a time, so that a worker does not change
files for each test.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[3]
CHUNK: Final = 12
"""Tests of one file that run in one go, where nothing else groups them."""
PROCESS_OF_A_FOLDER: Final = ("engine/faults/zwave", "components/zwave")
"""Beside tests/providers, tests/e2e and simulators: folders whose tests share one."""
SPLIT: Final = {"providers/zwave": 2, "simulators/zwave/tests": 2}
"""Groups that are worth two simulators: they would be the last to end by minutes."""
ALONE: Final = "nobody_else_on_zwave"
"""The fixture of the contract suite that ends the shared connection to the simulator."""
LONGEST_FIRST: Final = (
    # mostly waiting, for minutes
    "e2e",
    "providers/zwave",
    "simulators/zwave",
    "engine/faults/zwave",
    "components/zwave",
    "scripted",
    "providers",
    "simulators/zigbee",
    "simulators",
    # seconds of one test, so not at the end
    "engine/restart",
    "bench",
    "engine/faults",
    "engine/virtual_clock",
    "engine/autolock",
    "engine/access_rules",
    "unit/logic/test_lifecycle_machine",
)
"""Beginnings of group names, in the order in which they are handed out; then the rest."""


def group(items: list[pytest.Item]) -> None:
    """Mark each test with its group, and put the longest groups first.

    Within a group, tests that have its simulator alone come first: each change between
    these and tests that share a connection to it costs seconds. Else the order stays.
    """
    names = _split(items, _cut(items))
    for item, name in zip(items, names, strict=True):
        item.add_marker(pytest.mark.xdist_group(name))
    order = sorted(
        range(len(items)), key=lambda at: (rank(names[at]), not _is_alone(items[at]))
    )
    items[:] = [items[at] for at in order]


def rank(name: str) -> int:
    """Return when a group is handed out, the lowest first."""
    for at, beginning in enumerate(LONGEST_FIRST):
        if name.startswith(beginning):
            return at
    return len(LONGEST_FIRST)


def balance(keys: Sequence[str], parts: int) -> list[int]:
    """Return the part of each key: parts of like size, equal keys in the same part."""
    sizes = [0] * parts
    part: dict[str, int] = {}
    for key, count in sorted(Counter(keys).items(), key=lambda each: (-each[1], each)):
        part[key] = min(range(parts), key=sizes.__getitem__)
        sizes[part[key]] += count
    return [part[key] for key in keys]


def _cut(items: list[pytest.Item]) -> list[str]:
    """Return the group of each test; files that no process ties together are cut."""
    tests: Counter[str] = Counter()
    names: list[str] = []
    for item in items:
        if (name := _group_of(item)) is None:
            file = _file(item)
            name = f"{file}/{tests[file] // CHUNK}"
            tests[file] += 1
        names.append(name)
    return names


def _group_of(item: pytest.Item) -> str | None:
    """Return the group that a test belongs to by what it needs, if by anything."""
    if marker := item.get_closest_marker("xdist_group"):
        return str(marker.args[0])
    folder = _file(item).rpartition("/")[0]
    if folder == "providers":
        return f"{folder}/{_technology(item)}"
    shares = folder in PROCESS_OF_A_FOLDER or folder.startswith(
        ("providers/", "e2e", "simulators/")
    )
    return folder if shares else None


def _split(items: list[pytest.Item], names: list[str]) -> list[str]:
    """Return the groups, those of `SPLIT` in parts."""
    names = list(names)
    for name, parts in SPLIT.items():
        mine = [at for at, each in enumerate(names) if each == name]
        shares = balance([_bench(items[at]) or _file(items[at]) for at in mine], parts)
        for at, share in zip(mine, shares, strict=True):
            names[at] = f"{name}/{share}"
    return names


def _is_alone(item: pytest.Item) -> bool:
    """Return whether a test of the contract suite has the Z-Wave simulator alone."""
    return ALONE in getattr(item, "fixturenames", ())


def _technology(item: pytest.Item) -> str:
    """Return the technology that a test of the contract suite is about."""
    name = _bench(item) or item.path.stem.removeprefix("test_").replace("_", " ")
    return name.split()[0]


def _bench(item: pytest.Item) -> str | None:
    """Return the lock that a test of the contract suite is parametrised with."""
    call = getattr(item, "callspec", None)
    return call.params.get("harness_name") if call else None


def _file(item: pytest.Item) -> str:
    """Return the file of a test without its suffix, seen from tests/ where it is there."""
    file = item.path.relative_to(ROOT).with_suffix("").as_posix()
    return file.removeprefix("tests/")
