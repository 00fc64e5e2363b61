"""Start the demo, or with --check run its scenario and report each step."""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import fcntl
from pathlib import Path
import signal
import sys
from tempfile import TemporaryDirectory
from time import monotonic

from simulators.home_assistant import StartError
from simulators.home_assistant.config import TIME_ZONE
from simulators.matter.real import RealStack, StackError, unavailable_reason
from simulators.matter.stack import FakeStack
from simulators.zigbee.stick_process import ZigbeeSimulatorError
from simulators.zwave.network_process import SimulatorError

from .demo_driver import ANN_PIN, FRONT, GARAGE, LOCKS, CheckFailedError, DemoDriver
from .demo_site import DemoSite
from .demo_stack import DemoStack, MatterStack
from .scenario import STEPS

ROOT = Path(__file__).parents[2]
_OUR_LOGS = {"custom_components.keyholder": "debug"}
FAILURES = (
    *(CheckFailedError, StartError, SimulatorError, StackError, ZigbeeSimulatorError),
    *(TimeoutError, LookupError),
)
_CHECK_TIME_SCALE = 0.1
"""A lock that does not store a code is given up after 18 s instead of three minutes."""


def main() -> int:
    """Run the demo as the arguments say; return the exit code."""
    parser = argparse.ArgumentParser(prog="script/demo", description=__doc__)
    parser.add_argument(
        "--check",
        action="store_true",
        help="run the scenario, one line a step, and end",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="delete what an earlier demo left"
    )
    parser.add_argument(
        "--matter",
        action="store_true",
        help="the Matter lock is matter.js behind python-matter-server",
    )
    parser.add_argument("--develop", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help="where to listen")
    arguments = parser.parse_args()
    real = arguments.matter and _can_be_real()
    if arguments.check:
        return asyncio.run(check(real_matter=real))
    # a lock is commissioned with one server only
    folder = ROOT / (".demo-matter" if real else ".demo")
    with (ROOT / ".demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("A demo of this checkout is open already; close it first.")
            return 1
        if arguments.fresh:
            _delete_contents(folder)
        logs = _OUR_LOGS if arguments.develop else None
        matter = _matter(folder, real=real)
        stack = DemoStack(
            folder, port=arguments.port, logs=logs, matter=matter, zigbee=True
        )
        return asyncio.run(keep_open(stack))


def _matter(folder: Path, *, real: bool) -> MatterStack:
    if real:
        return RealStack(folder / "matter", time_zone=TIME_ZONE)
    return FakeStack(folder / "matter", time_zone=TIME_ZONE)


def _can_be_real() -> bool:
    """Return whether there can be a real Matter stack here; say why if not."""
    if reason := unavailable_reason():
        print(f"A fake Matter server, as there is no real one: {reason}", flush=True)
    return reason is None


async def check(*, real_matter: bool = False) -> int:
    """Run the scenario in a folder that is deleted afterwards; return the exit code."""
    started = monotonic()
    logs = {**_OUR_LOGS, "homeassistant": "debug"}
    with TemporaryDirectory(prefix="keyholder-demo-") as folder:
        try:
            stack = DemoStack(
                Path(folder),
                time_scale=_CHECK_TIME_SCALE,
                logs=logs,
                keep_received=False,
                matter=_matter(Path(folder), real=real_matter),
                zigbee=True,
            )
            async with _step("six locks and a Home Assistant are up"):
                await stack.__aenter__()
            try:
                driver = DemoDriver(stack, DemoSite(stack.client))
                for step in STEPS:
                    async with _step(step.__name__.replace("_", " ")):
                        await step(driver)
            finally:
                await stack.stop()
        except FAILURES as err:
            print(f"FAILED: {type(err).__name__} {err}", file=sys.stderr)
            return 1
    print(f"all {len(STEPS)} steps passed in {monotonic() - started:.0f} s")
    return 0


@asynccontextmanager
async def _step(what: str) -> AsyncIterator[None]:
    started = monotonic()
    try:
        yield
    except BaseException:
        print(f"✗ {what}", flush=True)
        raise
    print(f"✓ {what} ({monotonic() - started:.1f} s)", flush=True)


async def keep_open(stack: DemoStack) -> int:
    """Start the demo and keep it running until Ctrl-C; return the exit code."""
    closing = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, closing.set)
    opening = asyncio.create_task(_open(stack))
    ended = asyncio.create_task(closing.wait())
    try:
        await asyncio.wait({opening, ended}, return_when=asyncio.FIRST_COMPLETED)
        if opening.done():
            await opening
            while not closing.is_set():
                await _until_closed_or_restarted(stack, ended)
    except (StartError, SimulatorError, StackError, ZigbeeSimulatorError) as err:
        print(f"The demo did not start: {err}", file=sys.stderr)
        return 1
    finally:
        opening.cancel()
        ended.cancel()
        await asyncio.gather(opening, ended, return_exceptions=True)
        print("Closing the demo…", flush=True)
        await stack.stop()
    return 0


async def _until_closed_or_restarted(
    stack: DemoStack, ended: asyncio.Task[bool]
) -> None:
    """Wait for Ctrl-C; a restart asked for in the interface is carried out."""
    running = asyncio.create_task(stack.home_assistant.wait())
    await asyncio.wait({running, ended}, return_when=asyncio.FIRST_COMPLETED)
    if running.done() and not ended.done():
        print("Home Assistant restarts…", flush=True)
        await stack.home_assistant.stop()
        await stack.start_home_assistant()
        _print_addresses(stack)
    else:
        running.cancel()


async def _open(stack: DemoStack) -> None:
    print(
        "Starting four simulated Z-Wave locks, a Matter lock and a Zigbee lock…",
        flush=True,
    )
    await stack.start_network()
    print("Starting Home Assistant…", flush=True)
    await stack.start_home_assistant()
    await _set_up_keyholder(stack)
    _print_addresses(stack)


async def _set_up_keyholder(stack: DemoStack) -> None:
    """Set Keyholder up through its own flows, once."""
    site = DemoSite(stack.client)
    if await site.entry_id() is not None:
        return
    print("Setting up Keyholder: six locks, Ann and Ben…", flush=True)
    driver = DemoDriver(stack, site)
    await site.add_site("Home")
    for lock in LOCKS:
        await site.add_lock(await driver.entity_of_lock(lock))
    await site.add_person("Ann", pin=ANN_PIN)
    doors = [await driver.entity_of_lock(lock) for lock in (FRONT, GARAGE)]
    ben = await site.add_person("Ben", locks=doors)
    print(f"Ben's PIN, made and shown once: {ben.pin}; Ann's is {ANN_PIN}.", flush=True)


def _print_addresses(stack: DemoStack) -> None:
    owner = stack.home_assistant.owner
    matter = stack.matter.lock.url if stack.matter is not None else "-"
    zigbee = stack.zigbee.control_url if stack.zigbee is not None else "-"
    print(
        f"\n  Open   {stack.home_assistant.base_url}\n"
        f"  Login  {owner.username} / {owner.password}\n\n"
        "  What the locks really hold, and what to do at the door: "
        f"{stack.zwave.control_url}/nodes\n"
        f"  The same of the Matter lock: {matter}/dump\n"
        f"  And of the Zigbee lock: {zigbee}/dump\n"
        "  Ctrl-C closes the site.\n",
        flush=True,
    )


def _delete_contents(folder: Path) -> None:
    """Delete what an earlier demo left; never follow links out of it."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink()


if __name__ == "__main__":
    sys.exit(main())
