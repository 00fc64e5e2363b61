"""A copy of the working tree in which mutants are applied and tests are run."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
import json
import os
from pathlib import Path
import shutil
import subprocess
import tempfile
from typing import Final, Self

from tests.mutants.mutant import PACKAGE, Mutant, mutate
from tests.mutants.selection import CHOSEN, PROGRESS
from tests.mutants.starting import run_pytest

ROOT: Final = Path(__file__).parents[2]
_LINKED: Final = (".venv", "simulators/zwave/node_modules")

# the same order and the same random numbers each time
_REPEATABLE: Final = ("-p", "no:randomly", "--hypothesis-seed=0")


class PytestError(Exception):
    """Pytest could not run the tests; says what it printed last."""


@dataclass(frozen=True)
class Run:
    """What became of a run of tests."""

    failed: tuple[str, ...]
    """The tests that failed, or the files that could not be imported."""
    timed_out: str | None
    """The test that had no end."""
    unready: str | None
    """The test that failed first, if it did so in its set-up."""


class Tree:
    """A copy of all files that are not ignored by git, in a temporary folder."""

    def __init__(self, limit: float) -> None:
        """Make the copy; a run may take as many seconds as the limit."""
        self._limit = limit
        self._folder = Path(tempfile.mkdtemp(prefix="mutants-"))
        self.root = self._folder / "tree"
        for name in _files():
            target = self.root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
        for name in _LINKED:
            if (ROOT / name).exists():
                (self.root / name).symlink_to((ROOT / name).resolve())

    def __enter__(self) -> Self:
        """Return the copy."""
        return self

    def __exit__(self, *_: object) -> None:
        """Delete it."""
        shutil.rmtree(self._folder)

    @contextmanager
    def mutated(self, mutant: Mutant) -> Iterator[range]:
        """Have a mutant in the copy; give the lines that it replaces.

        Raises DoesNotApplyError where it cannot be.
        """
        file = self.root / PACKAGE / mutant.file
        original = file.read_text(encoding="utf-8")
        changed = mutate(mutant, original)
        try:
            self._write(file, changed.source)
            yield changed.lines
        finally:
            self._write(file, original)

    def _write(self, file: Path, source: str) -> None:
        """Write a module; its byte code goes, which is only as exact as a file's time."""
        file.write_text(source, encoding="utf-8")
        for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*"):
            compiled.unlink()

    def run(self, tests: Sequence[str], *, stop_at_first: bool = True) -> Run:
        """Run tests in this order; raise PytestError where pytest itself fails."""
        chosen, progress = self._folder / "chosen", self._folder / "progress"
        chosen.write_text("".join(f"{test}\n" for test in tests), encoding="utf-8")
        progress.write_text("")
        arguments = ["-p", "tests.mutants.selection", "-p", "no:cacheprovider"]
        if stop_at_first:
            arguments.append("-x")
        arguments += dict.fromkeys(test.split("::")[0] for test in tests)
        code, printed = self.pytest(
            arguments,
            {CHOSEN: str(chosen), PROGRESS: str(progress)},
            self._limit,
        )
        notes = [json.loads(line) for line in progress.read_text().splitlines()]
        errors = [note for note in notes if "error" in note]
        failed = tuple(note["error"] for note in errors)
        in_setup = bool(errors) and errors[0].get("when") == "setup"
        running = notes[-1].get("test") if notes else None
        # pytest-timeout ends the whole process with code 1 and no report
        hangs = code is None or (code == 1 and not failed and running is not None)
        if not failed and not hangs and code != 0:
            raise PytestError("\n".join(printed.splitlines()[-20:]))
        return Run(
            failed,
            timed_out=running if hangs else None,
            unready=failed[0] if in_setup else None,
        )

    def pytest(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        limit: float | None = None,
    ) -> tuple[int | None, str]:
        """Run pytest in the copy; return its exit code, None after the limit, and output."""
        printed = self._folder / "printed"
        code = run_pytest(
            self.root,
            ["-q", *_REPEATABLE, *arguments],
            _environment() | dict(environment),
            printed,
            limit,
        )
        return code, printed.read_text(errors="replace")


def _environment() -> dict[str, str]:
    """Return our environment, without what changes how tests run."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("KEYHOLDER_", "PYTEST_", "PYTHONDONTWRITEBYTECODE"))
    }


def _files() -> list[str]:
    """Return the files of the working tree, changed and new ones as well."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(
        command, cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [name for name in listed.stdout.split("\0") if (ROOT / name).is_file()]
