"""The import contracts of pyproject.toml can fail: each is broken once, in a package like ours.

script/test runs the contracts themselves, with lint-imports.
"""

from pathlib import Path
import subprocess
import sys

import pytest

ROOT = Path(__file__).parents[2]
RUNTIME_PACKAGES = ["storage", "access", "lock", "site"]
LAYERS = ["model", "logic", "providers", "runtime", "application"]
ENTRY_POINTS = ["flows", "repairs", "services"]
LAYERS_CONTRACT = "A layer knows only the layers below it"
ENTRY_POINTS_CONTRACT = "Dialogs, actions and repairs know the application layer"
RUNTIME_CONTRACT = "The packages of the runtime"
CYCLES_CONTRACT = "No imports go in a circle"
PURE_CONTRACT = "Model and logic know no Home Assistant"
LIBRARIES_CONTRACT = "Only providers know a lock library"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with our layers and nothing in them."""
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    package = tmp_path / "custom_components" / "keyholder"
    for folder in [
        package.parent,
        package,
        *(package / layer for layer in [*LAYERS, *ENTRY_POINTS]),
    ]:
        folder.mkdir()
        (folder / "__init__.py").touch()
    for name in RUNTIME_PACKAGES:
        (package / "runtime" / name).mkdir()
        (package / "runtime" / name / "__init__.py").touch()
    return package


def lint_imports(root: Path) -> tuple[int, str]:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_downward_imports_are_kept(package: Path) -> None:
    (package / "sensor.py").write_text("import homeassistant\nfrom . import runtime")
    (package / "runtime/lock/queue.py").write_text("from ... import logic, providers")
    (package / "providers/zwave_js.py").write_text("import zwave_js_server")
    assert lint_imports(package.parents[1])[0] == 0


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("model/noun.py", "from .. import logic", LAYERS_CONTRACT),
        ("logic/rule.py", "from .. import providers", LAYERS_CONTRACT),
        ("providers/wire.py", "from .. import runtime", LAYERS_CONTRACT),
        ("runtime/lock/queue.py", "from ... import sensor", LAYERS_CONTRACT),
        ("runtime/lock/queue.py", "from ... import application", LAYERS_CONTRACT),
        ("runtime/lock/queue.py", "from .. import site", RUNTIME_CONTRACT),
        ("runtime/lock/queue.py", "from ..access import log", RUNTIME_CONTRACT),
        ("runtime/access/log.py", "from .. import lock", RUNTIME_CONTRACT),
        ("runtime/storage/store.py", "from .. import lock", RUNTIME_CONTRACT),
        ("runtime/engine.py", "", RUNTIME_CONTRACT),
        ("application/people.py", "from .. import flows", LAYERS_CONTRACT),
        ("services/people.py", "from .. import flows", ENTRY_POINTS_CONTRACT),
        ("repairs/flows.py", "from ..flows import person", ENTRY_POINTS_CONTRACT),
        ("helpers.py", "", LAYERS_CONTRACT),
        ("model/noun.py", "import homeassistant.core", PURE_CONTRACT),
        ("logic/rule.py", "from ..const import DOMAIN", PURE_CONTRACT),
        ("logic/rule.py", "import zwave_js_server", PURE_CONTRACT),
        ("logic/rule.py", "from chip import clusters", PURE_CONTRACT),
        ("runtime/lock/queue.py", "import zwave_js_server", LIBRARIES_CONTRACT),
        ("runtime/lock/queue.py", "from chip import clusters", LIBRARIES_CONTRACT),
        ("sensor.py", "from matter_server import client", LIBRARIES_CONTRACT),
        ("sensor.py", "from zwave_js_server.model import node", LIBRARIES_CONTRACT),
    ],
)
def test_an_import_that_points_up_or_out_is_broken(
    package: Path, module: str, line: str, contract: str
) -> None:
    (package / "sensor.py").touch()
    (package / "const.py").write_text("from homeassistant.const import Platform")
    (package / module).write_text(line)
    status, output = lint_imports(package.parents[1])
    assert status == 1
    broken = [text for text in output.splitlines() if text.endswith("BROKEN")]
    assert any(text.startswith(contract) for text in broken), output


@pytest.mark.parametrize("layer", [*LAYERS, "flows"])
@pytest.mark.parametrize("hidden", [False, True], ids=["plain", "for types only"])
def test_a_circle_inside_a_layer_is_broken(
    package: Path, layer: str, hidden: bool
) -> None:
    folder = package / layer
    folder.mkdir(exist_ok=True)
    for name in ("__init__", "one", "two", "three"):
        (folder / f"{name}.py").touch()
    (folder / "one.py").write_text("from .two import a")
    (folder / "two.py").write_text("from .three import a")
    back = "from .one import a"
    for_types = f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    {back}"
    (folder / "three.py").write_text(for_types if hidden else back)
    status, output = lint_imports(package.parents[1])
    assert status == 1
    broken = [text for text in output.splitlines() if text.endswith("BROKEN")]
    assert any(text.startswith(CYCLES_CONTRACT) for text in broken), output
