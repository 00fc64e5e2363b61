"""The read of the bolt's state after a lock was out of reach."""

from typing import cast

from homeassistant.core import HomeAssistant
import pytest

from custom_components.keyholder.providers.base import LockUnreachableError
from custom_components.keyholder.providers.bolt_state import BoltStateReader
from custom_components.keyholder.providers.entity_reference import EntityReference
from tests.harness.providers.codes import PIN


async def test_a_failed_read_is_logged_by_the_class_of_its_error_only(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """The text may come from elsewhere, and no text of an error is logged."""

    async def read() -> None:
        raise LockUnreachableError(f"no answer to {PIN}")

    lock = cast("EntityReference", "lock.front_door")
    BoltStateReader(hass, lock, read).async_start()
    await hass.async_block_till_done(wait_background_tasks=True)

    assert "lock.front_door: reading the state failed" in caplog.text
    assert "LockUnreachableError" in caplog.text
    assert PIN not in caplog.text
