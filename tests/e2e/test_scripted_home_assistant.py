"""The scripted Home Assistant itself, without Keyholder set up."""

from pathlib import Path
import socket

import psutil
import pytest

from simulators.home_assistant import (
    Account,
    AnswerError,
    Client,
    CommandError,
    ConnectionLost,
    HomeAssistantInstance,
    RequestError,
    StartError,
)

# it shares no process with the others: on a worker of its own it costs no time
pytestmark = pytest.mark.xdist_group("scripted")

GUEST = Account(username="guest", password="guest-password", name="Guest")


@pytest.mark.timeout(300)
async def test_its_state_survives_a_power_cut_and_a_stop(
    tmp_path: Path,
) -> None:
    """Three starts of one site, each of which takes seconds."""
    instance = HomeAssistantInstance(
        tmp_path,
        keep_received=True,
        configuration="input_boolean:\n  door:\n    name: Door\n",
    )
    # a power cut right after the first start leaves an owner
    events = await (await instance.start()).subscribe_events("nothing_of_the_kind")
    await instance.kill()
    with pytest.raises(ConnectionLost):
        await events.wait_for()

    owner = await instance.start()
    first_url, pid = instance.base_url, instance.pid
    users = await owner.command("config/auth/list")
    assert [user["username"] for user in users if user["is_owner"]] == ["owner"]
    user_id = await owner.create_user(GUEST)
    await _watch_and_steer(owner)
    await instance.stop()
    assert not psutil.pid_exists(pid)
    assert " ERROR " not in instance.log_file.read_text()

    # it starts again on another port
    async with instance:
        assert instance.base_url != first_url
        users = await instance.client.command("config/auth/list")
        assert user_id in [user["id"] for user in users]
        async with await instance.sign_in(GUEST) as guest:
            assert guest.state("zone.home").state == "0"
            with pytest.raises(CommandError, match="unauthorized"):
                await guest.command("config/auth/list")
        with pytest.raises(AnswerError, match="invalid_auth"):
            await instance.sign_in(Account(username="guest", password="wrong"))


async def _watch_and_steer(owner: Client) -> None:
    events = await owner.subscribe_events("state_changed")
    fired = await owner.subscribe_trigger(
        {"trigger": "state", "entity_id": "input_boolean.door", "to": "on"}
    )
    await owner.call_service(
        "input_boolean", "turn_on", target={"entity_id": "input_boolean.door"}
    )
    door = await owner.wait_for_state("input_boolean.door", "on")
    assert door.attributes["friendly_name"] == "Door"
    await events.wait_for(lambda event: event["data"]["new_state"]["state"] == "on")
    await fired.wait_for()
    await events.unsubscribe()

    flow = await owner.flows.start("group")
    assert flow["type"] == "menu"
    await owner.flows.step(flow["flow_id"], {"next_step_id": "lock"})
    with pytest.raises(RequestError, match="name"):
        await owner.flows.step(flow["flow_id"], {})
    group = {"name": "All doors", "entities": [], "hide_members": False}
    done = await owner.flows.step(flow["flow_id"], group)
    assert done["type"] == "create_entry"
    (entry,) = await owner.entries("group")
    entities = [entity["entity_id"] for entity in await owner.entities()]
    assert "lock.all_doors" in entities
    await owner.wait_for_state("lock.all_doors", "unavailable")
    await owner.reload_entry(entry["entry_id"])
    await owner.disable_entry(entry["entry_id"])
    await owner.wait_for(
        lambda states: "restored" in states["lock.all_doors"].attributes
    )
    await owner.disable_entry(entry["entry_id"], disabled=False)
    await owner.delete_entry(entry["entry_id"])
    await owner.wait_for(lambda states: "lock.all_doors" not in states)
    assert not await owner.entries("group")
    assert not await owner.repairs("group")
    with pytest.raises(TimeoutError):
        await owner.wait_for_state("input_boolean.door", "off", seconds=0.1)
    assert any("All doors" in text for text in owner.received)


async def test_it_does_not_speak_to_someone_else_on_its_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        instance = HomeAssistantInstance(tmp_path, port=other.getsockname()[1])
        with pytest.raises(StartError, match="is taken"):
            await instance.start()


async def test_a_home_assistant_that_cannot_start_says_so(tmp_path: Path) -> None:
    instance = HomeAssistantInstance(tmp_path, configuration="homeassistant: [")
    with pytest.raises(StartError, match="recovery mode"):
        await instance.start()
