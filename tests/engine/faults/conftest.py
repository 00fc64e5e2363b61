"""The delays of sites on which faults are played."""

import pytest

from tests.harness.faults.fault_scenario import TIMING


@pytest.fixture(autouse=True)
def timing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read no new code a second time: what a fault costs is counted without that."""
    monkeypatch.setattr("custom_components.keyholder.TIMING", TIMING)
