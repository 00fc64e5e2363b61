"""PINs are in the lock and in the vault, and nowhere else."""

from base64 import b64encode
import re

from simulators.demo.secrecy import find_secrets

from .visit import Visit


async def test_no_pin_is_shown_stored_or_logged_by_either_side(visit: Visit) -> None:
    ann = await visit.add("Ann")
    await visit.in_sync("Ann")
    await visit.lock.fault("SetCredential", "refused", status=0x9C, count=1)
    bob = await visit.add("Bob")
    await visit.in_sync("Bob")
    await visit.tells("enter", pin=str(ann.pin))

    pins = [str(ann.pin), str(bob.pin)]
    assert not await find_secrets(visit.hosted.stage, pins, visit.client)
    log = (visit.hosted.stage.folder / "matter" / "server.log").read_text()
    assert "Matter Server" in log
    for pin in pins:
        forms = (pin, pin.encode().hex(), b64encode(pin.encode()).decode())
        assert not re.search("|".join(map(re.escape, forms)), log)
