"""Fails when the tests of a file leave a global of a module changed, and puts it back.

Else the tests that meet it in the same process see the change, in some orders only. One
way to it is a patch inside another: a fixture patches a constant, the test patches it
again by pytest's `monkeypatch`, which was there before the fixture, so it is undone
after it and puts the fixture's value back for good. Fixtures that patch what a test may
patch do it by `monkeypatch` as well: it undoes the last first.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
import sys
from types import FunctionType, ModuleType
from typing import Any, Final

import pytest

OURS: Final = ("custom_components.keyholder", "simulators", "tests")
"""What is in their lists, sets and dictionaries counts as well."""
PATCHED: Final = (
    "aiosqlite",
    "homeassistant.components.matter",
    "homeassistant.components.mqtt",
    "homeassistant.components.zha",
    "homeassistant.components.zwave_js",
    "homeassistant.config_entries",
    "homeassistant.helpers.event",
    "homeassistant.helpers.storage",
    "homeassistant.util.dt",
    "homeassistant.util.json",
    "matter_server.client.client",
    "zha.zigbee.device",
    "zigpy.application",
    "zigpy.device",
    "zigpy.types.named",
    "zwave_js_server.client",
    "zwave_js_server.model.access_control",
    "zwave_js_server.model.node",
)
"""Packages and modules of others that tests patch."""

type Holder = ModuleType | type

_MISSING: Final = object()
_NOTES: Final = {
    "_abc_impl",
    "__abstractmethods__",
    "__annotate__",
    "__annotate_func__",
    "__annotations__",
    "__annotations_cache__",
    "__builtins__",
    "__doc__",
    "__slotnames__",
    "__warningregistry__",
}
"""What Python itself notes in a module or class when it first needs it."""


class ModuleState:
    """What the globals of modules are, and the attributes of their classes.

    A module counts from the call after it was imported.
    """

    def __init__(
        self, ours: Iterable[str] = OURS, patched: Iterable[str] = PATCHED
    ) -> None:
        """Watch these packages and modules."""
        self._ours = _Names(ours)
        self._patched = _Names(patched)
        self._modules: set[str] = set()
        self._held: dict[Holder, dict[str, Any]] = {}
        self._contents: list[tuple[str, Any, Any]] = []
        self._imported = 0

    def restore(self) -> list[str]:
        """Return the names of what changed since the last call, and put it back."""
        changed: list[str] = []
        for holder, before in self._held.items():
            if vars(holder) != before:
                changed += _put_back(holder, before)
        for name, container, before in self._contents:
            if container != before:
                changed.append(name)
                _refill(container, before)
        if len(sys.modules) != self._imported:
            is_first = not self._imported  # no test has run, nothing is patched
            self._imported = len(sys.modules)
            changed += self._learn(may_be_patched=not is_first)
        return changed

    def _learn(self, *, may_be_patched: bool) -> list[str]:
        """Note what new modules hold, and return the names of what is wrong in them."""
        wrong: list[str] = []
        for name, module in list(sys.modules.items()):
            if name in self._modules or not isinstance(module, ModuleType):
                continue
            self._modules.add(name)
            is_ours = self._ours.contain(name)
            if may_be_patched and not is_ours:
                wrong += self._without_copies(module)
            is_test = name.rpartition(".")[2].startswith(
                "test_"
            )  # nobody patches those
            if (is_ours and not is_test) or self._patched.contain(name):
                self._hold(module, is_ours=is_ours)
        return wrong

    def _without_copies(self, module: ModuleType) -> list[str]:
        """Give a module what it would have had if no test had run when it was imported.

        `from homeassistant.util.dt import utcnow` copies the clock of the test for good.
        """
        wrong = []
        for name, value in list(vars(module).items()):
            if not isinstance(value, FunctionType | type):
                continue
            if not str(value.__module__).startswith("tests."):
                continue
            if (source := self._source(name)) is None:
                wrong.append(_named(module, name))
            else:
                setattr(module, name, source)
        return wrong

    def _source(self, name: str) -> Any:
        """Return what a function is without the test's patch; none if nobody has it."""
        return next(
            (
                held[name]
                for holder, held in self._held.items()
                if isinstance(holder, ModuleType)
                and self._patched.contain(holder.__name__)
                and name in held
            ),
            None,
        )

    def _hold(self, holder: Holder, *, is_ours: bool) -> None:
        self._held[holder] = held = dict(vars(holder))
        for name, value in held.items():
            if isinstance(holder, ModuleType) and isinstance(value, type):
                if value.__module__ == holder.__name__:
                    self._hold(value, is_ours=is_ours)
            elif is_ours and type(value) in (dict, list, set) and name not in _NOTES:
                self._contents.append((_named(holder, name), value, copy(value)))


class _Names:
    """Packages and modules, and what is in them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._inside = tuple(f"{each}." for each in self._names)

    def contain(self, name: str) -> bool:
        return name in self._names or name.startswith(self._inside)


def _put_back(holder: Holder, before: dict[str, Any]) -> list[str]:
    changed = []
    now: Mapping[str, Any] = dict(vars(holder))
    for name in before.keys() | now.keys():
        old, new = before.get(name, _MISSING), now.get(name, _MISSING)
        if old is new:
            continue
        if name in _NOTES or isinstance(new, ModuleType):  # or it was just imported
            before[name] = new
            continue
        changed.append(_named(holder, name))
        if old is _MISSING:
            delattr(holder, name)
        else:
            setattr(holder, name, old)
    return changed


def _refill(container: Any, content: Any) -> None:
    container.clear()
    if isinstance(container, list):
        container.extend(content)
    else:
        container.update(content)


def _named(holder: Holder, name: str) -> str:
    if isinstance(holder, ModuleType):
        return f"{holder.__name__}.{name}"
    return f"{holder.__module__}.{holder.__qualname__}.{name}"


STATE: Final = pytest.StashKey[ModuleState]()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note what the modules hold before the first test."""
    session.config.stash[STATE] = state = ModuleState()
    state.restore()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Iterator[None]:
    """Compare when the tests of a file and their fixtures are over.

    Each comparison takes milliseconds: one for each test would be a part of all time.
    """
    changed: list[str] = []
    try:
        yield
    finally:
        if nextitem is None or nextitem.path != item.path:
            changed = item.config.stash[STATE].restore()
    if changed:
        names = ", ".join(sorted(changed))
        pytest.fail(f"this test or one before it left changed: {names}", pytrace=False)
