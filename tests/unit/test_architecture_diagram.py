"""docs/architecture.md shows the imports as they are, and names what there is."""

from pathlib import Path
import re
import subprocess
import sys

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "architecture.md"


def check_diagram(document: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "script/architecture_diagram.py", "--check", document],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_diagram_matches_the_imports() -> None:
    done = check_diagram(DOCUMENT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("shown", "instead"),
    [
        ("  runtime_lock --> providers\n", ""),
        ("  logic --> model\n", "  model --> logic\n"),
        ("<!-- end of diagram -->\n", ""),
    ],
    ids=["missing arrow", "wrong arrow", "no marker"],
)
def test_a_diagram_that_differs_is_found(
    tmp_path: Path, shown: str, instead: str
) -> None:
    text = DOCUMENT.read_text()
    assert shown in text
    changed = tmp_path / "architecture.md"
    changed.write_text(text.replace(shown, instead))
    assert check_diagram(changed).returncode == 1


def test_the_page_stays_short() -> None:
    assert len(DOCUMENT.read_text().splitlines()) <= 250


def test_each_file_that_the_page_names_is_there() -> None:
    folders = ("custom_components", "docs", "script", "simulators", "tests")
    paths = [f"/{path}" for folder in folders for path in (ROOT / folder).rglob("*.*")]
    named = set(re.findall(r"`([\w/]+\.(?:py|md))`", DOCUMENT.read_text()))
    assert len(named) > 50
    assert [n for n in named if not any(p.endswith(f"/{n}") for p in paths)] == []


@pytest.mark.parametrize(
    "page", ["CONTRIBUTING.md", "docs/architecture.md", "docs/decisions.md"]
)
def test_each_name_that_a_page_for_developers_uses_is_in_the_code(page: str) -> None:
    folders = ("custom_components", "script", "simulators/common", "tests/harness")
    words = {
        word
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        for word in re.findall(r"\w+", path.read_text())
    }
    named = set(
        re.findall(r"`([A-Za-z_]\w+)(?:\([^`]*\))?`", (ROOT / page).read_text())
    )
    assert named
    assert named - words == set()
