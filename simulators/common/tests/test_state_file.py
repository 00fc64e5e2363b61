"""State files: content after power cuts, damage and disk errors."""

from pathlib import Path
import stat
from typing import Any

import pytest

from simulators.common.state_file import StateFile, StateFileError

OLD, NEW = {"pins": ["907153"]}, {"pins": ["904862"]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "lock.json"


def loaded(file: Path) -> list[Any]:
    """Return what was put back."""
    held: list[Any] = []
    StateFile(file).load(held.append)
    return held


def test_what_was_saved_is_loaded_by_its_owner_only(file: Path) -> None:
    assert loaded(file) == []
    StateFile(file).save(OLD)
    assert loaded(file) == [OLD]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_without_a_file_nothing_is_kept(tmp_path: Path) -> None:
    held: list[Any] = []
    nowhere = StateFile(None)
    nowhere.save(OLD)
    nowhere.load(held.append)
    assert held == []
    assert list(tmp_path.iterdir()) == []


def test_what_has_not_changed_is_not_written_again(file: Path) -> None:
    kept = StateFile(file)
    kept.save(OLD)
    file.unlink()
    kept.save(OLD)
    assert not file.exists()
    kept.save(NEW)
    assert loaded(file) == [NEW]


def test_a_power_cut_while_it_is_written_leaves_what_was_there(file: Path) -> None:
    StateFile(file).save(OLD)
    file.with_name("lock.json.new").write_text('{"pins": ["90')
    assert loaded(file) == [OLD]
    StateFile(file).save(NEW)
    assert loaded(file) == [NEW]


def test_a_disk_that_fails_leaves_what_was_there_and_is_tried_again(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = StateFile(file)
    kept.save(OLD)
    with monkeypatch.context() as disk:

        def fail(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        disk.setattr("os.fsync", fail)
        with pytest.raises(OSError, match="No space left"):
            kept.save(NEW)
    assert loaded(file) == [OLD]
    kept.save(NEW)
    assert loaded(file) == [NEW]


@pytest.mark.parametrize(
    "content", [b"", b'{"pins": ["907153"', b"[]", b'{"codes": {}}', b"\xff\xfe907153"]
)
def test_damaged_state_file_is_reported_without_its_content(
    file: Path, content: bytes
) -> None:
    file.write_bytes(content)
    with pytest.raises(StateFileError) as damaged:
        StateFile(file).load(lambda held: held["pins"])
    assert str(damaged.value) == f"{file} is damaged; without that file all begins anew"
    assert damaged.value.__suppress_context__
    assert file.read_bytes() == content
