"""PINs are in the lock and in the vault, and nowhere else."""

from base64 import b64encode
import re

from simulators.demo.secrecy import find_secrets
from tests.harness.e2e.matter.page_objects import MatterSitePage


async def test_no_pin_is_shown_stored_or_logged_by_either_side(
    site_page: MatterSitePage,
) -> None:
    ann = await site_page.add("Ann")
    await site_page.in_sync("Ann")
    await site_page.lock.fault("SetCredential", "refused", status=0x9C, count=1)
    bob = await site_page.add("Bob")
    await site_page.in_sync("Bob")
    await site_page.tells("enter", pin=str(ann.pin))

    pins = [str(ann.pin), str(bob.pin)]
    assert not await find_secrets(site_page.hosted.processes, pins, site_page.client)
    log = (site_page.hosted.processes.folder / "matter" / "server.log").read_text()
    assert "Matter Server" in log
    for pin in pins:
        forms = (pin, pin.encode().hex(), b64encode(pin.encode()).decode())
        assert not re.search("|".join(map(re.escape, forms)), log)
