"""Which test executes which lines, recorded once for the code as it is, and kept.

The file is named after the content of the integration, for line numbers hold for that
alone. When tests change, those of the changed files are recorded again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
import json
from pathlib import Path
from typing import IO, Any, Final

from tests.mutants.choosing import Recorded
from tests.mutants.mutant import PACKAGE
from tests.mutants.recorder import OUTPUT
from tests.mutants.tree import ROOT, PytestError, Tree

CACHE: Final = ROOT / ".mutants"
"""Ignored by git."""


@dataclass(frozen=True)
class Part:
    """Tests that are recorded together."""

    name: str
    places: tuple[str, ...]
    markers: str
    without: tuple[str, ...] = ()

    def files(self, root: Path) -> list[str]:
        """Return the files of its tests, relative to the tree."""
        found: set[str] = set()
        for place in self.places:
            path = root / place
            files = [path] if path.is_file() else path.rglob("test_*.py")
            found.update(str(file.relative_to(root)) for file in files)
        return sorted(file for file in found if not file.startswith(self.without))


IN_PROCESS: Final = Part(
    "in process",
    places=(
        *("tests/unit", "tests/engine", "tests/components", "tests/providers"),
        "tests/bench/test_counts.py",
    ),
    markers="not simulator and not e2e",
    without=("tests/components/zwave/", "tests/engine/faults/zwave/"),
)
ZWAVE: Final = Part("Z-Wave", places=("tests/providers",), markers="simulator")


class LineMap:
    """The tests of some parts and the lines they execute."""

    def __init__(self, file: Path) -> None:
        """Read what was recorded before, if anything was."""
        self._file = file
        self._tests: dict[tuple[str, str], dict[str, _Entry]] = {}
        self._contents: dict[tuple[str, str], str] = {}
        if file.exists():
            with file.open(encoding="utf-8") as lines:
                for line in lines:
                    self._add(json.loads(line))

    def outdated(self, part: Part, root: Path) -> list[str]:
        """Return the files of tests that are not recorded as they are now."""
        return [
            file
            for file in part.files(root)
            if self._contents.get((part.name, file)) != _digest(root / file)
        ]

    def record(self, part: Part, tree: Tree, files: Sequence[str], jobs: int) -> None:
        """Run the tests of these files and keep what each executes."""
        output = CACHE / "recording"
        for left in CACHE.glob("recording.*"):
            left.unlink()
        arguments = ["-p", "tests.mutants.recorder", "-m", part.markers]
        if jobs > 1:
            arguments += ["-n", str(jobs), "--dist", "loadgroup"]
        code, printed = tree.pytest([*arguments, *files], {OUTPUT: str(output)})
        # 1: some tests fail, and are not recorded; 5: no test has these markers
        if code not in (0, 1, 5):
            raise PytestError("\n".join(printed.splitlines()[-20:]))
        with self._file.open("a", encoding="utf-8") as kept:
            for file in files:
                digest = _digest(tree.root / file)
                self._keep(kept, {"file": file, "digest": digest, "part": part.name})
            for recording in sorted(CACHE.glob("recording.*")):
                with recording.open(encoding="utf-8") as lines:
                    for line in lines:
                        self._keep(kept, json.loads(line) | {"part": part.name})
                recording.unlink()

    def covering(
        self, parts: Sequence[Part], root: Path, file: str, lines: range
    ) -> Iterator[Recorded]:
        """Return the tests of these parts, as far as there still are, that execute a line."""
        wanted = sum(1 << line for line in lines)
        for part in parts:
            for test_file in part.files(root):
                for entry in self._tests.get((part.name, test_file), {}).values():
                    mask = entry.lines.get(file)
                    if mask is not None and int(mask, 16) & wanted:
                        yield entry.recorded

    def _keep(self, kept: IO[str], record: dict[str, Any]) -> None:
        kept.write(json.dumps(record) + "\n")
        self._add(record)

    def _add(self, record: dict[str, Any]) -> None:
        """Take in a record; a file that was recorded again begins anew."""
        if "digest" in record:
            key = record["part"], record["file"]
            self._contents[key] = record["digest"]
            self._tests[key] = {}
            return
        test = record["test"]
        recorded = Recorded(test, record["seconds"], record["size"])
        tests = self._tests[record["part"], test.split("::")[0]]
        tests[test] = _Entry(recorded, record["lines"])


@dataclass(frozen=True)
class _Entry:
    recorded: Recorded
    lines: dict[str, str]


def open_line_map() -> LineMap:
    """Return what is recorded for the integration as it is in the working tree."""
    CACHE.mkdir(exist_ok=True)
    content = sha256()
    for file in sorted((ROOT / PACKAGE).rglob("*.py")):
        content.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return LineMap(CACHE / f"lines-{content.hexdigest()[:12]}.jsonl")


def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()[:12]
