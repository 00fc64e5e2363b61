"""What hassfest and HACS check of a custom integration, as far as it can be told offline.

Both run for real in .github/workflows/validate.yml.
"""

import ast
from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
import struct
from typing import Any

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy as Strategy
from homeassistant import components
from homeassistant.const import Platform
from homeassistant.helpers.condition import _CONDITIONS_DESCRIPTION_SCHEMA
from homeassistant.helpers.service import _SERVICES_SCHEMA
from homeassistant.helpers.trigger.descriptions import _TRIGGERS_DESCRIPTION_SCHEMA
from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components.keyholder.condition import CONDITIONS
from custom_components.keyholder.trigger import TRIGGERS

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "custom_components" / "keyholder"
CORE = Path(components.__path__[0])

REQUIRED_KEYS = {
    *("domain", "name", "version"),
    *("documentation", "issue_tracker", "codeowners"),
    *("integration_type", "iot_class"),
}
OPTIONAL_KEYS = {
    *(
        "after_dependencies",
        "config_flow",
        "dependencies",
        "import_executor",
        "loggers",
    ),
    *("quality_scale", "requirements", "single_config_entry"),
    *("bluetooth", "dhcp", "homekit", "mqtt", "ssdp", "usb", "zeroconf"),
}
INTEGRATION_TYPES = {
    *("device", "entity", "hardware", "helper", "hub", "service", "system")
}
IOT_CLASSES = {
    *("assumed_state", "calculated", "cloud_polling", "cloud_push"),
    *("local_polling", "local_push"),
}
# hassfest lets these be used without being declared
ALWAYS_THERE = {str(platform) for platform in Platform} | {
    *("automation", "device_automation", "diagnostics", "frontend", "group"),
    *("homeassistant", "input_boolean", "input_number", "input_text", "labs"),
    *("panel_custom", "persistent_notification", "person", "repairs", "script"),
    *("sun", "system_health", "timer", "webhook", "websocket_api", "zone"),
}
BRAND_SIZES = {"icon.png": (256, 256), "icon@2x.png": (512, 512)}
HACS_KEYS = {
    *("content_in_root", "country", "filename", "hacs", "hide_default_branch"),
    *("homeassistant", "name", "persistent_directory", "zip_release"),
}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return read_json(PACKAGE / "manifest.json")


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    return flatten(read_json(PACKAGE / "translations" / "en.json"))


def read_json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text())
    return content


def flatten(tree: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Return the texts of a tree by their dotted keys."""
    flat: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            flat |= flatten(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


def imported_components() -> Iterator[str]:
    """Yield the core integrations that our modules import, for types alone or not."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.ImportFrom) or node.level:
                continue
            match (node.module or "").split("."):
                case ["homeassistant", "components"]:
                    yield from (alias.name for alias in node.names)
                case ["homeassistant", "components", name, *_] if name != path.stem:
                    yield name  # a platform may use what it is a platform of


def test_manifest_has_the_keys_that_are_known_in_their_order(
    manifest: dict[str, Any],
) -> None:
    keys = list(manifest)
    assert set(keys) >= REQUIRED_KEYS
    assert set(keys) <= REQUIRED_KEYS | OPTIONAL_KEYS
    assert keys == ["domain", "name", *sorted(set(keys) - {"domain", "name"})]


def test_manifest_says_what_home_assistant_understands(
    manifest: dict[str, Any],
) -> None:
    assert manifest["domain"] == PACKAGE.name
    assert not (CORE / manifest["domain"]).exists(), "a core integration has that name"
    assert manifest["integration_type"] in INTEGRATION_TYPES
    assert manifest["iot_class"] in IOT_CLASSES
    assert manifest["codeowners"]
    known = [Strategy.CALVER, Strategy.SEMVER, Strategy.SIMPLEVER, Strategy.PEP440]
    assert AwesomeVersion(manifest["version"]).strategy in known
    assert manifest.get("config_flow", False) == (PACKAGE / "config_flow.py").exists()


def test_every_integration_we_use_is_declared_and_exists(
    manifest: dict[str, Any],
) -> None:
    declared = {
        *manifest.get("dependencies", []),
        *manifest.get("after_dependencies", []),
    }
    unknown = [name for name in declared if not (CORE / name).is_dir()]
    assert not unknown
    assert set(imported_components()) - declared <= ALWAYS_THERE


def test_setup_without_yaml_says_so() -> None:
    setup = (PACKAGE / "__init__.py").read_text()
    assert "def async_setup(" in setup
    assert "\nCONFIG_SCHEMA = " in setup


def test_texts_are_literal_and_plain(english: dict[str, str]) -> None:
    # Core's build resolves references; nothing does that for a custom integration.
    assert not [key for key, text in english.items() if "[%key:" in text]
    assert not [key for key, text in english.items() if re.search("https?://", text)]
    assert not [key for key, text in english.items() if re.search(r"</?[a-z]", text)]


@pytest.mark.parametrize(
    "path",
    sorted((PACKAGE / "translations").glob("*.json")),
    ids=lambda path: path.stem,
)
def test_a_translation_translates_what_there_is(
    path: Path, english: dict[str, str]
) -> None:
    translated = flatten(read_json(path))
    assert translated.keys() <= english.keys()
    for key, text in translated.items():
        assert placeholders(text) == placeholders(english[key]), key


def test_every_action_is_described(english: dict[str, str]) -> None:
    path = PACKAGE / "services.yaml"
    if not path.exists():
        return
    for name, description in _SERVICES_SCHEMA(load_yaml_dict(str(path))).items():
        assert f"services.{name}.name" in english
        assert f"services.{name}.description" in english
        for field in (description or {}).get("fields", {}):
            assert f"services.{name}.fields.{field}.name" in english


@pytest.mark.parametrize(
    ("kind", "names", "schema"),
    [
        ("trigger", TRIGGERS, _TRIGGERS_DESCRIPTION_SCHEMA),
        ("condition", CONDITIONS, _CONDITIONS_DESCRIPTION_SCHEMA),
    ],
    ids=["trigger", "condition"],
)
def test_every_trigger_and_condition_is_described_and_has_an_icon(
    english: dict[str, str], kind: str, names: Mapping[str, Any], schema: Any
) -> None:
    described = schema(load_yaml_dict(str(PACKAGE / f"{kind}s.yaml")))
    icons = read_json(PACKAGE / "icons.json")[f"{kind}s"]
    assert set(described) == set(icons) == set(names)
    for name, description in described.items():
        assert icons[name].keys() == {kind}
        assert f"{kind}s.{name}.name" in english
        assert f"{kind}s.{name}.description" in english
        assert description["target"]["entity"][0]["integration"] == "keyholder"
        fields = description.get("fields", {})
        assert {
            key for key in english if key.startswith(f"{kind}s.{name}.fields.")
        } == {f"{kind}s.{name}.fields.{field}.name" for field in fields}


def test_icons_belong_to_what_has_a_text(english: dict[str, str]) -> None:
    icons = read_json(PACKAGE / "icons.json")
    assert icons.keys() == {"conditions", "entity", "services", "triggers"}
    for platform, entities in icons["entity"].items():
        for key in entities:
            assert f"entity.{platform}.{key}.name" in english
    for kind in ("conditions", "services", "triggers"):
        for name in icons[kind]:
            assert f"{kind}.{name}.name" in english


@pytest.mark.parametrize(("name", "size"), BRAND_SIZES.items())
def test_the_brand_has_icons(name: str, size: tuple[int, int]) -> None:
    header = (PACKAGE / "brand" / name).read_bytes()[:24]
    assert header.startswith(b"\x89PNG")
    assert struct.unpack(">II", header[16:24]) == size


def test_hacs_finds_one_integration() -> None:
    hacs = read_json(ROOT / "hacs.json")
    assert hacs["name"] == "Keyholder"
    assert set(hacs) <= HACS_KEYS
    manifests = list((ROOT / "custom_components").glob("*/manifest.json"))
    assert manifests == [PACKAGE / "manifest.json"]
