"""Where a PIN may be shown its digits: a search of the source."""

from pathlib import Path
import re

PACKAGE = Path(__file__).parents[2] / "custom_components" / "keyholder"
ALLOWED = {
    "providers",  # writes it to the lock
    "runtime/storage/stores.py",  # keeps it
    "flows/person.py",  # shows one that was made, once, on the flow's last step
    "services/pins.py",  # answers with it whoever asks for that in so many words
}


def test_a_pin_is_revealed_only_where_it_has_to_be() -> None:
    found = {
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        if re.search(r"\.reveal\(\)|\._digits", file.read_text())
    } - {"model/pin.py"}
    assert {
        name if name in ALLOWED else name.split("/", maxsplit=1)[0] for name in found
    } == ALLOWED
