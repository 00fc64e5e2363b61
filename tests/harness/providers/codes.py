"""The codes of these tests, and what they must never be found in."""

import re
import traceback
from typing import Final

from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.provider_io import CodeTarget

CODE: Final = re.compile(r"(?<![0-9A-Za-z])0*90\d\d(?!\d|[0-9a-f]{8})")
"""What every code of the tests looks like; the ids of entities can begin like one."""

PIN: Final = "9071"
OTHER: Final = "9082"
SLOT: Final = 3
LABEL: Final = "Zoë"

ANNA: Final = CodeTarget(Pin(PIN), LABEL)
BEN: Final = CodeTarget(Pin(OTHER), "Ben")


def expect_no_code_in(error: BaseException) -> None:
    """Look through an error and all that it came from."""
    text = "".join(traceback.format_exception(error))
    chain: BaseException | None = error
    while chain is not None:
        text += f"{chain!r} {chain.args} {vars(chain)}"
        chain = chain.__cause__ or chain.__context__
    # The tests themselves are in the traceback; the codes are not in their source lines
    assert PIN not in text
    assert OTHER not in text
