"""No dialog lets a PIN out: not in its answers, the registry, the log or its own state."""

from collections.abc import Iterator
import json
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.runtime.storage.durable_store import (
    DurableStore,
    StorageError,
)
from tests.harness.fakes.provider import FakeProvider
from tests.harness.site.flow_driver import (
    FakeLocks,
    add_lock,
    add_person,
    choose,
    shown,
    start,
    start_reconfigure,
    submit,
)
from tests.harness.waiting import wait_for

ANN = {"name": "Ann", "all_locks": True, "enabled": True}
PINS = ("907153", "907154", "907155", "901901", "90715", "907153907153", "9071a3")

_WRITES_WHAT_IS_STORED = "pytest_homeassistant_custom_component.common"
"""The mock storage of the tests logs all that it is given."""


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level("DEBUG"):
        yield caplog


def log_text(log: pytest.LogCaptureFixture) -> str:
    return "\n".join(
        f"{record.name} {record.getMessage()} {record.exc_text}"
        for record in log.records
        if record.name != _WRITES_WHAT_IS_STORED
    )


def assert_nothing_shows(
    pins: tuple[str, ...],
    log: pytest.LogCaptureFixture,
    hass_storage: dict[str, Any],
    results: list[SubentryFlowResult],
) -> None:
    public = {
        key: value for key, value in hass_storage.items() if ".secrets" not in key
    }
    assert "core.config_entries" in public
    places = {
        "log": log_text(log),
        "storage": json.dumps(public, default=str),
        "answers": "\n".join(map(shown, results)),
    }
    leaks = [
        (place, index)
        for place, text in places.items()
        for index, pin in enumerate(pins)
        if pin in text
    ]
    assert not leaks


async def test_no_pin_leaves_the_dialogs(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    hass_storage: dict[str, Any],
    log: pytest.LogCaptureFixture,
) -> None:
    front = fake_locks.add("Front door", FakeProvider(slots=2, pin_lengths=(6, 8)))
    await add_lock(hass, site, front)
    results = [await start(hass, site, "person")]

    async def enter(**values: Any) -> SubentryFlowResult:
        results.append(await submit(hass, results[-1], **values))
        return results[-1]

    # every refusal that a PIN can meet, then a trivial one, then a good one
    for pin in ("90715", "907153907153", "9071a3", 907153, ["907153"]):
        await enter(**ANN, pin=pin)
    with patch.object(DurableStore, "async_commit", side_effect=StorageError):
        await enter(**ANN, pin="907153")
    await enter(**ANN, pin="901901")
    await enter(confirm_trivial=False)
    await enter(confirm_trivial=False, pin="90715")
    assert (await enter(confirm_trivial=False, pin="907153"))["type"] is (
        FlowResultType.CREATE_ENTRY
    )
    await wait_for(lambda: fake_locks.provider(front).codes == {1: "907153"})

    # a change, and one that is refused because the other has the PIN
    ann = next(each for each in site.subentries.values() if each.title == "Ann")
    results.append(await start_reconfigure(hass, site, ann))
    results.append(await choose(hass, results[-1], "edit"))
    await enter(**ANN, pin="907154")
    await wait_for(lambda: fake_locks.provider(front).codes == {1: "907154"})
    results.append(await start(hass, site, "person"))
    await enter(**{**ANN, "name": "Bob"}, pin="907154")
    await enter(**{**ANN, "name": "Bob"}, pin="907155")
    await wait_for(lambda: len(fake_locks.provider(front).codes) == 2)
    results.append(await start(hass, site, "person"))
    await enter(**{**ANN, "name": "Cleo"}, pin="907156")
    assert results[-1]["errors"] == {"locks": "no_free_slot"}

    await hass.async_block_till_done()
    assert_nothing_shows(PINS, log, hass_storage, results)


async def test_a_generated_pin_is_nowhere_but_on_the_last_step(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    hass_storage: dict[str, Any],
    log: pytest.LogCaptureFixture,
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    form = await start(hass, site, "person")
    last = await submit(hass, form, **ANN)
    pin = (last["description_placeholders"] or {})["pin"]
    done = await submit(hass, last)
    await wait_for(lambda: fake_locks.provider(front).codes == {1: pin})
    await hass.async_block_till_done()

    assert_nothing_shows((pin,), log, hass_storage, [form, done])


async def test_an_open_dialog_hides_the_pin_from_who_prints_it(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    flows = hass.config_entries.subentries
    create = flows.async_create_flow
    created: list[ConfigSubentryFlow] = []

    async def keep(*args: Any, **kwargs: Any) -> ConfigSubentryFlow:
        created.append(await create(*args, **kwargs))
        return created[-1]

    with patch.object(flows, "async_create_flow", keep):
        form = await start(hass, site, "person")
    (flow,) = created
    await submit(hass, form, **ANN, pin="901901")

    reported = f"{flows.async_progress()} {flow.context} {vars(flow)} {flow.cur_step}"

    assert "901901" not in reported
    assert "Ann" in reported


async def test_a_schema_that_fails_does_not_quote_the_pin(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    await add_lock(hass, site, fake_locks.add("Front door"))
    form = await start(hass, site, "person")

    with pytest.raises(InvalidData) as error:
        await submit(
            hass,
            form,
            **{**ANN, "all_locks": False},
            pin="907153",
            locks=["elsewhere"],
        )
    reported = f"{error.value} {error.value.schema_errors} {error.value.error_message}"

    assert "907153" not in reported


async def test_no_pin_in_the_subentry(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    ann = await add_person(hass, site, "Ann", "907153")

    assert "907153" not in str(ann)
    assert set(ann.data) == {"all_locks", "locks", "enabled"}
