"""Configuration folder of a Home Assistant instance."""

from collections.abc import Mapping
import json
from pathlib import Path
from typing import Any

INTEGRATION = Path(__file__).parents[2] / "custom_components" / "keyholder"

TIME_ZONE = "Europe/Amsterdam"
"""Home Assistant's. A lock that enforces schedules needs the same one."""

_CONFIGURATION = f"""\
homeassistant:
  name: Keyholder demo
  latitude: 52.37
  longitude: 4.89
  elevation: 2
  unit_system: metric
  time_zone: {TIME_ZONE}
  country: NL
  currency: EUR
automation: !include automations.yaml
recorder:
  commit_interval: 1
history:
logbook:
"""

# Libraries for cameras, which are not installed; each start would log a traceback.
_QUIET = {"haffmpeg": "critical", "homeassistant.components.camera": "critical"}


def prepare(
    folder: Path, *, port: int, logs: Mapping[str, str], configuration: str = ""
) -> None:
    """Write what Home Assistant reads before it starts; what it wrote itself stays.

    Args:
        folder: the configuration folder, made if it is not there.
        port: where it shall listen, on 127.0.0.1 only.
        logs: level by logger; everything else logs warnings.
        configuration: YAML that is added to ours.
    """
    storage = folder / ".storage"
    storage.mkdir(parents=True, exist_ok=True)
    # JSON is YAML
    logger = json.dumps({"default": "warning", "logs": {**_QUIET, **logs}})
    (folder / "configuration.yaml").write_text(
        f"{_CONFIGURATION}logger: {logger}\n{configuration}"
    )
    # what the automation editor writes
    (folder / "automations.yaml").touch()
    _link_integration(folder / "custom_components")
    # In YAML this would be a trial that Home Assistant takes back after five minutes.
    http = {
        "stable": _http_settings(port),
        "pending": None,
        "yaml_migration_done": True,
    }
    _write_storage(storage, "http", http, version=2, minor_version=2)
    if not (storage / "onboarding").exists():
        # All but the first user. The core_config step would start flows that go online.
        done = {"done": ["core_config", "analytics", "integration"]}
        _write_storage(storage, "onboarding", done, version=4)


def has_owner(folder: Path) -> bool:
    """Return whether the first user was made and is saved, with what they sign in with.

    Home Assistant saves a user and their credentials late, and not always together.
    """
    storage = folder / ".storage"
    try:
        done = json.loads((storage / "onboarding").read_text())["data"]["done"]
        auth = json.loads((storage / "auth").read_text())["data"]
    except FileNotFoundError:
        return False
    owners = {user["id"] for user in auth["users"] if user["is_owner"]}
    signs_in = {each["user_id"] for each in auth["credentials"]}
    provider = storage / "auth_provider.homeassistant"
    return "user" in done and bool(owners & signs_in) and provider.exists()


def _link_integration(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    link = folder / INTEGRATION.name
    if link.is_symlink():
        link.unlink()  # may point to where the project was before
    link.symlink_to(INTEGRATION)


def _http_settings(port: int) -> dict[str, Any]:
    return {
        "server_host": ["127.0.0.1"],
        "server_port": port,
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": False,
        "ssl_profile": "modern",
        "use_x_frame_options": True,
        "created_at": "2026-01-01T00:00:00+00:00",
        "error": None,
        "error_message": None,
    }


def _write_storage(
    storage: Path,
    key: str,
    data: dict[str, Any],
    *,
    version: int,
    minor_version: int = 1,
) -> None:
    content = {
        "version": version,
        "minor_version": minor_version,
        "key": key,
        "data": data,
    }
    (storage / key).write_text(json.dumps(content))
