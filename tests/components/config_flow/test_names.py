"""Names of sites, people and locks, from our dialogs and from Home Assistant's menus."""

from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.keyholder.autolock_notifications import AutolockNotifications
from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.model.autolock import (
    AutolockNotice,
    AutolockNoticeType,
)
from tests.harness.fakes.provider import FakeProvider, Profile
from tests.harness.site.flow_driver import (
    FakeLocks,
    add_lock,
    add_person,
    start,
    start_reconfigure,
    submit,
)
from tests.harness.site.person_flow import ANN, people, try_person
from tests.harness.site.repair_dialog import only_issue
from tests.harness.site.states import persistent_notifications

LINK = "[Anna](https://evil.example)"
ESCAPED = "\\[Anna\\](https\\://evil.example)"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("\u200b\u202e", "name_empty"),
        ("\u3164", "name_empty"),
        ("x" * 65, "name_long"),
        ("ann\u200b", "name_taken"),
        ("\uff21\uff2e\uff2e", "name_taken"),
    ],
)
async def test_a_name_that_is_not_allowed_is_refused_at_its_field(
    hass: HomeAssistant, site: MockConfigEntry, name: str, error: str
) -> None:
    """Clause 16.30: in the dialogs of a person and of a site."""
    await add_person(hass, site, "Ann", "907153")

    refused = await try_person(hass, site, name=name, pin="907154")
    assert refused["errors"] == {"name": error}
    done = await submit(hass, refused, **{**ANN, "name": "x" * 64}, pin="907154")
    assert not done.get("errors")

    hass.config_entries.async_update_entry(site, title="Ann")
    form = await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})
    site_form = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"name": name}
    )
    assert site_form["errors"] == {"name": error}


async def test_home_assistants_menus_cannot_make_two_of_one_name(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Clause 16.30: who had a name keeps it, and nobody loses theirs for nothing."""
    assert await async_setup_component(hass, "config", {})
    other = MockConfigEntry(domain=DOMAIN, title="Cabin")
    other.add_to_hass(hass)
    front = await add_lock(hass, site, fake_locks.add("Front door"))
    await add_lock(hass, site, fake_locks.add("Back door"))
    ann = await add_person(hass, site, "Ann", "907153")
    await add_person(hass, site, "Bob", "907154")
    client = await hass_ws_client(hass)

    async def rename(subentry: ConfigSubentry, title: str) -> None:
        await client.send_json_auto_id(
            {
                "type": "config_entries/subentries/update",
                "entry_id": site.entry_id,
                "subentry_id": subentry.subentry_id,
                "title": title,
            }
        )
        assert (await client.receive_json())["success"]
        await hass.async_block_till_done()

    await rename(ann, "bob\u200b")
    assert people(site) == ["bob (2)", "Bob"]
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, ann.subentry_id), site.entry_id
    )
    assert device is not None
    assert device.name == "bob (2)"
    await rename(ann, "\u202e")
    assert people(site) == ["bob (2)", "Bob"]
    await rename(ann, "x" * 300)
    assert people(site) == ["x" * 64, "Bob"]
    await rename(ann, "Ann")
    assert people(site) == ["Ann", "Bob"]
    await rename(front, " BACK  door")
    assert front.title == "BACK door (2)"

    await client.send_json_auto_id(
        {
            "type": "config_entries/update",
            "entry_id": site.entry_id,
            "title": "\uff23\uff21\uff22\uff29\uff2e",
        }
    )
    assert (await client.receive_json())["success"]
    await hass.async_block_till_done()
    assert site.title == "\uff23\uff21\uff22\uff29\uff2e (2)"
    assert other.title == "Cabin"


async def test_names_of_an_older_store_are_corrected_at_the_start(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    """Clause 16.30: the first keeps its name."""
    await add_person(hass, site, "Ann", "907153")
    bob = await add_person(hass, site, "Bob", "907154")
    assert await hass.config_entries.async_unload(site.entry_id)
    hass.config_entries.async_update_subentry(site, bob, title="ann ")

    assert await hass.config_entries.async_setup(site.entry_id)

    assert people(site) == ["Ann", "ann (2)"]


async def test_a_lock_is_called_like_its_device_as_far_as_that_is_a_name(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.30: nobody is asked for the label of a lock, so it is corrected."""
    titles: list[str] = []
    for name in ("Front door", "front\u200b door", "\u202eFront\n" + "x" * 80):
        lock = fake_locks.add(f"lock {len(titles)}")
        dr.async_get(hass).async_update_device(str(lock.device_id), name_by_user=name)
        titles.append((await add_lock(hass, site, lock)).title)

    assert titles == ["Front door", "front door (2)", "Front " + "x" * 58]


async def test_markdown_in_names_is_text_in_dialogs_repairs_and_notices(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.30: Home Assistant renders what these show."""
    front = fake_locks.add("Front door", FakeProvider(Profile.MASKING))
    dr.async_get(hass).async_update_device(
        str(front.device_id), name_by_user="*Front* door"
    )
    fake_locks.provider(front).faults.drop_writes = True
    lock = await add_lock(hass, site, front)
    ann = await add_person(hass, site, LINK, "907153")
    assert (ann.title, lock.title) == (LINK, "*Front* door")

    def shown(result: Any) -> str:
        return str((result["description_placeholders"] or {})["name"])

    menu = await start_reconfigure(hass, site, ann)
    assert shown(menu) == ESCAPED
    for step in ("edit", "rule", "notifications", "remove"):
        menu = await start_reconfigure(hass, site, ann)
        form = await submit(hass, menu, next_step_id=step)
        assert shown(form) == ESCAPED, step
    form = await start(hass, site, "person")
    refused = await submit(hass, form, **{**ANN, "name": LINK})
    assert (refused["description_placeholders"] or {})["taken"] == ESCAPED

    issue = await only_issue(hass, "slot_not_stored")
    assert issue.translation_placeholders == {
        "person": ESCAPED,
        "lock": "\\*Front\\* door",
        "slot": "1",
        "hint": "",
    }
    notices = AutolockNotifications(hass, site, front.id)
    notices.async_publish(AutolockNotice(AutolockNoticeType.DOOR_OPEN))
    (notice,) = persistent_notifications(hass).values()
    assert "\\*Front\\* door" in notice["message"]
    assert notice["title"] == "Autolock of *Front* door"
