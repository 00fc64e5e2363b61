"""Set up ZHA in a running Home Assistant through its own flow, and pair a lock."""

import asyncio
from time import monotonic
from typing import Any, Final

from simulators.home_assistant import Client

from .stick_process import StickProcess, ZigbeeSimulatorError

_FLOW_SECONDS: Final = 60.0
_PAIRING_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.2
_DECONZ: Final = (
    "deCONZ = dresden elektronik deCONZ protocol: ConBee I/II, RaspBee I/II"
)

QUIET: Final = """\
zha:
  enable_quirks: false
  zigpy_config:
    ota:
      enabled: false
    startup_energy_scan: false
"""
"""Configuration of a Home Assistant whose ZHA goes online for nothing.

Nor does it load what it knows of every model there is, which takes some seconds of a
start: the simulated lock is none of them."""


async def add_zha(client: Client, rig: StickProcess) -> None:
    """Go through the flow of ZHA: the stick by hand, and a network that is new."""
    answers: dict[str, dict[str, Any]] = {
        "choose_serial_port": {"path": "Enter Manually"},
        "manual_pick_radio_type": {"radio_type": _DECONZ},
        "manual_port_config": {
            "path": rig.zha_path,
            "baudrate": 115200,
            "flow_control": "none",
        },
        "verify_radio": {},
        "choose_setup_strategy": {"next_step_id": "setup_strategy_recommended"},
    }
    step = await client.flows.start("zha")
    deadline = monotonic() + _FLOW_SECONDS
    while step["type"] != "create_entry":
        if monotonic() > deadline or step["type"] == "abort":
            raise ZigbeeSimulatorError(f"the flow of ZHA ended at {step}")
        if step["type"] in ("progress", "progress_done"):
            await asyncio.sleep(_POLL_SECONDS)
            step = await client.flows.step(step["flow_id"], {})
        else:
            answer = answers[step["step_id"]]
            step = await client.flows.step(step["flow_id"], answer)


async def pair_lock(client: Client, rig: StickProcess) -> str:
    """Let the lock join, and return its entity once its state is known."""
    known = {
        entity["entity_id"]
        for entity in await client.entities()
        if entity["entity_id"].startswith("lock.")
    }
    await rig.do("join")
    return await client.wait_for(
        lambda states: next(
            (
                entity_id
                for entity_id, state in states.items()
                if entity_id.startswith("lock.")
                and entity_id not in known
                and state.state in ("locked", "unlocked")
            ),
            None,
        ),
        _PAIRING_SECONDS,
    )
