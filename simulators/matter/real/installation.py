"""Paths of what script/matter_stack has installed, and whether it is complete."""

from pathlib import Path
import shutil
import sys
from typing import Final

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[2]
INSTALLED: Final = ROOT / ".matter"
PYTHON: Final = INSTALLED / "python" / "bin" / "python"
LIBRARIES: Final = INSTALLED / "lib"
CERTIFICATES: Final = INSTALLED / "certificates"
LOCK: Final = HERE.parent / "virtual_lock" / "main.mjs"
SERVER: Final = HERE / "chip_server.py"
NAMESPACE: Final = HERE / "namespace.sh"

_TOOLS: Final = ("unshare", "nsenter", "ip", "node")


def unavailable_reason() -> str | None:
    """Return why the stack cannot run here, None if all that it needs is installed."""
    if sys.platform != "linux":
        return "a network namespace needs Linux"
    for tool in _TOOLS:
        if shutil.which(tool) is None:
            return f"{tool} is missing"
    missing = INSTALLED / "missing"
    if missing.exists():
        return missing.read_text().strip()
    if not (INSTALLED / "stamp").exists():
        return "script/matter_stack has not been run"
    return None
