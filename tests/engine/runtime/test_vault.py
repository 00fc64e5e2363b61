"""PINs come back with every revision a lock may still hold."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.runtime.storage.durable_store import (
    DurableStore,
    StorageError,
)
from custom_components.keyholder.runtime.storage.stores import Vault
from tests.harness.disk_faults import disk_that, no_space, write_through
from tests.harness.engine.stored_credentials import ANN, BOB


async def test_the_vault_comes_back_with_every_revision(hass: HomeAssistant) -> None:
    vault = Vault(hass, "entry")
    assert await vault.async_set_pin(ANN, Pin("907153")) == 1
    assert await vault.async_set_pin(ANN, Pin("907154")) == 2
    assert await vault.async_set_pin(BOB, Pin("90123456")) == 1

    again = Vault(hass, "entry")
    await again.async_load()
    assert again.pins(ANN) == {1: Pin("907153"), 2: Pin("907154")}
    assert again.current_pin(ANN) == Pin("907154")
    assert again.revisions == {ANN: 2, BOB: 1}
    assert {ref.person for ref in again.credentials} == {"person-Ann", "person-Bob"}
    assert [ref for ref in again.credentials if again.has_former(ref)] == [ANN]


async def test_a_pin_with_leading_zeros_keeps_them(hass: HomeAssistant) -> None:
    vault = Vault(hass, "entry")
    await vault.async_set_pin(ANN, Pin("0090"))
    again = Vault(hass, "entry")
    await again.async_load()
    assert again.current_pin(ANN) == Pin("0090")


async def test_the_same_pin_again_is_the_same_revision(hass: HomeAssistant) -> None:
    vault = Vault(hass, "entry")
    await vault.async_set_pin(ANN, Pin("907153"))
    assert await vault.async_set_pin(ANN, Pin("907153")) == 1


async def test_a_revision_is_never_used_again(hass: HomeAssistant) -> None:
    vault = Vault(hass, "entry")
    for digits in ("907153", "907154", "907155"):
        await vault.async_set_pin(ANN, Pin(digits))
    vault.async_prune_former_pins(ANN, ())
    assert await vault.async_set_pin(ANN, Pin("907153")) == 4

    # the vault was lost, and slot records still speak of revision 4
    vault.async_forget(ANN.person)
    assert await vault.async_set_pin(ANN, Pin("907153"), after=4) == 5
    await vault.async_close()


async def test_former_pins_are_kept_as_long_as_a_lock_may_hold_them(
    hass: HomeAssistant,
) -> None:
    vault = Vault(hass, "entry")
    for digits in ("907153", "907154", "907155"):
        await vault.async_set_pin(ANN, Pin(digits))
    vault.async_prune_former_pins(ANN, {1, 3})
    assert set(vault.pins(ANN)) == {1, 3}
    vault.async_prune_former_pins(ANN, ())
    assert set(vault.pins(ANN)) == {3}
    vault.async_prune_former_pins(BOB, ())
    await vault.async_close()


async def test_a_pin_is_not_wanted_before_it_is_on_disk(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Vault(hass, "entry")
    await vault.async_set_pin(ANN, Pin("907153"))
    seen: list[Pin | None] = []

    async def look(store: DurableStore, data: dict[str, Any]) -> None:
        seen.append(vault.current_pin(ANN))
        await write_through(store, data)

    with disk_that(look):
        await vault.async_set_pin(ANN, Pin("907154"))
    assert seen == [Pin("907153")]
    assert vault.current_pin(ANN) == Pin("907154")


async def test_a_pin_that_was_not_stored_is_not_kept(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Vault(hass, "entry")
    await vault.async_set_pin(ANN, Pin("907153"))

    with disk_that(no_space):
        for credential in (ANN, BOB):
            with pytest.raises(StorageError):
                await vault.async_set_pin(credential, Pin("907154"))
    assert vault.pins(ANN) == {1: Pin("907153")}
    assert {ref.person for ref in vault.credentials} == {"person-Ann"}

    # nor does the next write bring it to disk
    await vault.async_set_pin(ANN, Pin("907155"))
    again = Vault(hass, "entry")
    await again.async_load()
    assert again.revisions == {ANN: 2}
    assert again.current_pin(ANN) == Pin("907155")


async def test_a_vault_shows_nothing_of_what_it_keeps(hass: HomeAssistant) -> None:
    vault = Vault(hass, "entry")
    await vault.async_set_pin(ANN, Pin("907153"))
    assert "907153" not in repr((vault.pins(ANN), vars(vault)))


@pytest.mark.parametrize(
    "digits",
    [
        "",
        " ",
        "907",
        "90a1",
        " 9071",
        "9071\n",
        "٩٠٧١",
        "9" * 21,
        907153,
        None,
        True,
        ["907153"],
        {"digits": "907153"},
    ],
)
async def test_what_is_no_pin_is_the_damage_of_its_person(
    hass: HomeAssistant, hass_storage: dict[str, Any], digits: object
) -> None:
    """Clause 16.22: it is never written, whichever revision it is, and others keep theirs."""
    for current in (1, 2):
        vault = Vault(hass, f"entry{current}")
        await vault.async_set_pin(BOB, Pin("90123456"))
        key = f"keyholder.entry{current}.secrets"
        hass_storage[key]["data"]["credentials"].append(
            {
                "person": ANN.person,
                "credential": ANN.credential,
                "current": current,
                "revisions": {"1": digits, "2": "907154"},
            }
        )
        again = Vault(hass, f"entry{current}")

        assert (await again.async_load()).damaged
        assert again.revisions == {BOB: 1}
        assert again.current_pin(ANN) is None
        assert again.pins(ANN) == {}


async def test_a_person_with_two_pins_has_none(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """Clause 16.22: nobody knows which of them is theirs."""
    vault = Vault(hass, "entry")
    await vault.async_set_pin(ANN, Pin("907153"))
    await vault.async_set_pin(BOB, Pin("90123456"))
    stored = hass_storage["keyholder.entry.secrets"]["data"]["credentials"]
    stored.append({**stored[0], "revisions": {"1": "907154"}})
    again = Vault(hass, "entry")

    assert (await again.async_load()).damaged
    assert again.revisions == {BOB: 1}
