"""What somebody on the broker says in the name of the lock."""

import json
from typing import Final

import pytest

from tests.harness.site.repair_dialog import RepairDialog, issues
from tests.harness.site.site_driver import PIN
from tests.harness.site.zigbee2mqtt import Zigbee2MqttSite
from tests.harness.waiting import wait_for

FORGED: Final = (
    {"users": {"1": {"status": "available"}}},
    {"action": "pin_code_deleted", "action_user": 1},
    {"action": "pin_code_changed", "action_user": 1},
    {"action": "pin_code_deleted", "action_user": None},
)


@pytest.mark.parametrize("shows_codes", [True, False])
async def test_no_pin_is_published_again_for_what_nobody_asked(
    site: Zigbee2MqttSite, shows_codes: bool
) -> None:
    """Clause 16.27: the lock is read, and where no read can tell the user decides."""
    network = site.network
    network.bridge.set_options(network.device, expose_pin=shows_codes)
    await site.settle()
    await site.manage()
    ann = await site.add("Ann", PIN)
    await ann.until_shown("in_sync", desired="present")
    topic = f"{network.bridge.base}/{network.device.name}"
    network.broker.log.clear()

    for message in FORGED:
        network.broker.publish(topic, json.dumps(message))
        await site.settle()

    if shows_codes:
        await ann.until_shown("in_sync", desired="present")
    else:
        await ann.until_shown("suspended", reason="change_reported")
    assert not [each for each in network.broker.log if each.topic == f"{topic}/set"]
    assert network.node.pins() == {1: PIN}
    if shows_codes:
        return

    (issue,) = (
        each
        for each in issues(site.hass)
        if each.translation_key == "slot_change_reported"
    )
    assert (issue.learn_more_url or "").endswith(
        "#what-somebody-on-the-broker-can-forge"
    )
    dialog = await RepairDialog(site.hass, issue).open()
    assert (await dialog.submit()).is_done
    await ann.until_shown("in_sync", desired="present")
    await wait_for(lambda: "slot_change_reported" not in site.issues)
