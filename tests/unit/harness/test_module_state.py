"""Nothing that a test leaves in a module reaches the next one."""

from collections.abc import Iterator
import sys
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest

from tests.harness.plugins import module_state
from tests.harness.plugins.module_state import ModuleState

NAME = "module_for_this_test"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A module with a number, a list and a class."""
    module: Any = ModuleType(NAME)
    module.SECONDS = 15.0
    module.names = ["a"]
    module.Lock = type("Lock", (), {"__module__": NAME, "turn": lambda self: "turned"})
    monkeypatch.setitem(sys.modules, NAME, module)
    return module


@pytest.fixture
def state(module: Any) -> ModuleState:
    """The watch over it."""
    state = ModuleState(ours=(NAME,), patched=())
    assert state.restore() == []
    return state


def test_nothing_is_reported_of_what_is_as_it_was(state: ModuleState) -> None:
    assert state.restore() == []


def test_a_constant_is_put_back(module: Any, state: ModuleState) -> None:
    module.SECONDS = 0.4
    assert state.restore() == [f"{NAME}.SECONDS"]
    assert module.SECONDS == 15.0
    assert state.restore() == []


def test_a_new_global_is_taken_away(module: Any, state: ModuleState) -> None:
    module.MINUTES = 1
    assert state.restore() == [f"{NAME}.MINUTES"]
    assert not hasattr(module, "MINUTES")


def test_a_global_that_was_deleted_is_back(module: Any, state: ModuleState) -> None:
    del module.SECONDS
    assert state.restore() == [f"{NAME}.SECONDS"]
    assert module.SECONDS == 15.0


def test_a_method_is_put_back(module: Any, state: ModuleState) -> None:
    module.Lock.turn = lambda self: "jammed"
    assert state.restore() == [f"{NAME}.Lock.turn"]
    assert module.Lock().turn() == "turned"


def test_what_is_in_a_list_is_put_back(module: Any, state: ModuleState) -> None:
    module.names.append("b")
    assert state.restore() == [f"{NAME}.names"]
    assert module.names == ["a"]


def test_a_submodule_that_is_imported_is_no_change(
    module: Any, state: ModuleState
) -> None:
    module.part = ModuleType(f"{NAME}.part")
    assert state.restore() == []
    assert hasattr(module, "part")


def test_what_is_not_watched_may_change(module: Any) -> None:
    state = ModuleState(ours=("another",), patched=())
    state.restore()
    module.SECONDS = 0.4
    assert state.restore() == []


def test_a_module_that_is_imported_during_a_patch_gets_what_was_patched(
    module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def utcnow() -> str:
        return "the real time"

    def stand_in() -> str:
        return "the test's time"

    utcnow.__module__ = NAME
    module.utcnow = utcnow
    state = ModuleState(ours=(), patched=(NAME,))
    state.restore()

    importing: Any = ModuleType("imported_during_this_test")
    importing.utcnow = stand_in
    monkeypatch.setitem(sys.modules, importing.__name__, importing)
    assert state.restore() == []
    assert importing.utcnow is utcnow


def test_a_copy_of_what_nobody_holds_is_reported(
    state: ModuleState, monkeypatch: pytest.MonkeyPatch
) -> None:
    importing: Any = ModuleType("imported_during_this_test")
    importing.utcnow = lambda: "the test's time"
    monkeypatch.setitem(sys.modules, importing.__name__, importing)
    assert state.restore() == ["imported_during_this_test.utcnow"]
    assert state.restore() == []


def torn_down(state: ModuleState, *, next_in: str | None) -> Iterator[None]:
    """Return the teardown of a test in the file `a`."""
    stash = pytest.Stash()
    stash[module_state.STATE] = state
    item: Any = SimpleNamespace(config=SimpleNamespace(stash=stash), path="a")
    following: Any = next_in and SimpleNamespace(path=next_in)
    return module_state.pytest_runtest_teardown(item, following)


@pytest.mark.parametrize("next_in", ["b", None])
def test_the_last_test_of_a_file_fails_with_the_name_of_what_is_changed(
    module: Any, state: ModuleState, next_in: str | None
) -> None:
    teardown = torn_down(state, next_in=next_in)
    next(teardown)
    module.SECONDS = 0.4
    with pytest.raises(pytest.fail.Exception, match=rf"left changed: {NAME}.SECONDS"):
        next(teardown)


def test_within_a_file_nothing_is_compared(module: Any, state: ModuleState) -> None:
    teardown = torn_down(state, next_in="a")
    next(teardown)
    module.SECONDS = 0.4
    assert next(teardown, "over") == "over"
    assert module.SECONDS == 0.4


def test_patches_that_are_undone_in_the_wrong_order_are_seen(
    module: Any, state: ModuleState
) -> None:
    """A fixture's patch ends before that of `monkeypatch`, which was made inside it."""
    monkeypatch = pytest.MonkeyPatch()
    with patch.object(module, "SECONDS", 0.4):
        monkeypatch.setattr(module, "SECONDS", 60.0)
    monkeypatch.undo()
    assert state.restore() == [f"{NAME}.SECONDS"]
    assert module.SECONDS == 15.0
