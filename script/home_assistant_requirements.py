"""Print what the integrations need that a scripted Home Assistant loads.

Home Assistant installs these when it runs; here they are pinned beforehand and it is
started with --skip-pip. Run with the Python of the Home Assistant in question.
"""

import json
from pathlib import Path

from homeassistant import components
from homeassistant.bootstrap import DEFAULT_INTEGRATIONS

# Loaded without being asked for, or imported by a default integration that does not
# declare it: analytics imports hassio, camera imports stream, every http server isal.
UNDECLARED = {"hassio", "isal", "mqtt", "stream"}
# The calendar is for tests of the blueprints
CHOSEN = {
    *("history", "local_calendar", "logbook", "matter", "recorder", "usb", "zha"),
    "zwave_js",
}


def requirements_of(domains: set[str]) -> set[str]:
    """Return the requirements of these integrations and of their dependencies."""
    root = Path(components.__path__[0])
    found: set[str] = set()
    seen: set[str] = set()
    pending = list(domains)
    while pending:
        domain = pending.pop()
        if domain in seen:
            continue
        seen.add(domain)
        manifest = json.loads((root / domain / "manifest.json").read_text())
        found.update(manifest.get("requirements", []))
        pending.extend(manifest.get("dependencies", []))
    return found


if __name__ == "__main__":
    wanted = requirements_of(set(DEFAULT_INTEGRATIONS) | UNDECLARED | CHOSEN)
    print("\n".join(sorted(wanted)))
