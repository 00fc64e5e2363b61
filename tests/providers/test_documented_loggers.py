"""Clause 16.32: README names every logger that prints a PIN."""

from collections.abc import Iterable
import logging
from pathlib import Path
import re

import pytest

from tests.harness.providers.catalogue import params
from tests.harness.providers.codes import ANNA, PIN, SLOT
from tests.harness.providers.provider_harness import ProviderHarness

README = Path("README.md")


def documented() -> set[str]:
    """Return the loggers in the table of README's section about secrets."""
    section = README.read_text().partition("## Secrets")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("  | `")]
    return {
        name for row in rows for name in re.findall(r"`(\w[\w.]*)`", row.split("|")[1])
    }


def undocumented(records: Iterable[logging.LogRecord], pin: str) -> set[str]:
    return {
        each.name
        for each in records
        if pin in each.getMessage()
        and not any(f"{each.name}.".startswith(f"{name}.") for name in documented())
    }


@pytest.mark.parametrize(
    "harness_name",
    params("matter", "zha", "zigbee2mqtt", "zwave uc1"),
    indirect=True,
)
async def test_whoever_prints_a_pin_is_named(
    harness: ProviderHarness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await harness.provider.async_write(SLOT, ANNA)
    await harness.provider.async_read([SLOT])
    await harness.settle()

    assert undocumented(caplog.records, PIN) == set()
    assert not any(
        each.name.startswith("custom_components")
        for each in caplog.records
        if PIN in each.getMessage()
    )


def test_what_the_table_has_to_name_is_in_it() -> None:
    assert documented() >= {
        "zwave_js_server",
        "zigpy.zcl",
        "homeassistant.components.mqtt",
        "homeassistant.components.websocket_api",
        "homeassistant.core",
        "matter_server.client.connection",
    }
    assert "Tools → Actions keeps what you typed" in README.read_text()
