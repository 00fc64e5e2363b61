"""The real Matter stack for tests: started where it may be, and otherwise a reason why not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from simulators.matter import Limits
from simulators.matter.real import RealStack, UnavailableError, unavailable_reason
from tests.harness.sampling import FULL


def skip_without_stack() -> None:
    """Skip, saying why, where there can be no stack."""
    if not FULL:
        pytest.skip("the real Matter stack is for script/test --full")
    if reason := unavailable_reason():
        pytest.skip(f"no real Matter stack: {reason}")


@asynccontextmanager
async def running_stack(
    folder: Path, limits: Limits | None = None
) -> AsyncIterator[RealStack]:
    """Run a stack, or skip where the kernel forbids it."""
    skip_without_stack()
    stack = RealStack(folder, limits=limits)
    try:
        await stack.start()
    except UnavailableError as err:
        pytest.skip(f"no real Matter stack: {err}")
    try:
        yield stack
    finally:
        await stack.stop()
