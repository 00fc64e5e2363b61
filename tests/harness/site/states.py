"""Waits for, and counts, what Home Assistant shows."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.slot import DesiredState
from custom_components.keyholder.model.snapshot import CredentialsState
from custom_components.keyholder.runtime.site.site import Site
from tests.harness.waiting import wait_for


def persistent_notifications(hass: HomeAssistant) -> Mapping[str, Any]:
    """Return the notifications that are on the screen."""
    # in public they are sent to a websocket only, and to who listened from the beginning
    return persistent_notification._async_get_or_create_notifications(hass)  # noqa: SLF001


async def wait_for_state(hass: HomeAssistant, entity_id: str, state: str) -> None:
    """Return once an entity shows a state."""

    def is_shown() -> bool:
        found = hass.states.get(entity_id)
        return found is not None and found.state == state

    await wait_for(is_shown)


async def wait_until_in_sync(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Return once every lock holds what it should, and has shown it."""
    site: Site = entry.runtime_data.site
    await hass.async_block_till_done()
    await wait_for(
        lambda: all(
            lock.is_idle
            and lock.data.state is CredentialsState.IN_SYNC
            and all(
                lock.data.slot_of(CredentialRef(person.person_id))
                for person in site.people.values()
                if site.desired(person, lock.settings.lock) is DesiredState.PRESENT
            )
            for lock in site.locks.values()
        )
    )
    await hass.async_block_till_done()


@contextmanager
def state_writes(hass: HomeAssistant) -> Iterator[list[tuple[str, str]]]:
    """Collect every state that is written, with what it is of."""
    written: list[tuple[str, str]] = []

    @callback
    def on_change(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        written.append(
            (event.data["entity_id"], "gone" if state is None else state.state)
        )

    stop = hass.bus.async_listen(EVENT_STATE_CHANGED, on_change)
    yield written
    stop()
