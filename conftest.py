"""Plugins, hooks and fixtures of all tests, those of the simulators included."""

import os
from pathlib import Path

import pytest

# The test plugin brings a `custom_components` package of its own; ours has to be first.
import custom_components  # noqa: F401
from tests.harness.plugins.scheduling import group
from tests.harness.sampling import FULL, SAMPLE

pytest_plugins = [
    "tests.harness.plugins.budget",
    "tests.harness.networks.matter",
    "tests.harness.networks.shared_simulators",
    "tests.harness.networks.zha",
    "tests.harness.networks.zigbee2mqtt",
    "tests.harness.networks.zwave",
    "tests.harness.plugins.module_state",
    "tests.harness.plugins.pin_scan",
]


@pytest.hookimpl(tryfirst=True)  # before Hypothesis looks at its option
def pytest_configure(config: pytest.Config) -> None:
    """Let all workers take one sample, and Hypothesis be seeded by its number."""
    os.environ["KEYHOLDER_SAMPLE"] = str(SAMPLE)
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = str(SAMPLE)


def pytest_report_header() -> str:
    """Say what is tried, and how to try the same again."""
    return (
        f"sample: {'all' if FULL else SAMPLE} (replay with KEYHOLDER_SAMPLE={SAMPLE})"
    )


@pytest.fixture(autouse=True)
def find_integration(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant find Keyholder, in tests that have a Home Assistant."""
    if "hass" in request.fixturenames:
        if "recorder_mock" in request.fixturenames:
            request.getfixturevalue("recorder_mock")  # has to come before hass
        request.getfixturevalue("enable_custom_integrations")


if not FULL:

    @pytest.fixture(autouse=True)
    def enable_event_loop_debug() -> None:
        """Replace the plugin's fixture: asyncio's debug mode takes half of all CPU time.

        It stays on under `script/test --full`.
        """


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """Give Home Assistant a configuration folder of the test's own."""
    return str(tmp_path)


@pytest.fixture(autouse=True)
def real_sockets(request: pytest.FixtureRequest) -> None:
    """Let tests that talk to another process open sockets, to this machine only."""
    if any(request.node.iter_markers("simulator")) or any(
        request.node.iter_markers("e2e")
    ):
        request.getfixturevalue("socket_enabled")


@pytest.hookimpl(tryfirst=True)  # before xdist looks at the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs a real Home Assistant by where it lies, and schedule all."""
    for item in items:
        if "e2e" in item.path.relative_to(Path(__file__).parent).parts[:-1]:
            item.add_marker("e2e")
    group(items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Repeat what script/test ran before, so that the end shows it all."""
    if stages := os.environ.get("KEYHOLDER_STAGES"):
        terminalreporter.section("stages")
        terminalreporter.write(Path(stages).read_text())
