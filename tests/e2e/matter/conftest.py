"""The house with the Matter lock that all tests here share, and each test's own visit."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_socket

from simulators.matter.real import UnavailableError
from tests.real_matter import skip_without_stack

from .stage import MatterHosted
from .visit import Visit


@pytest.fixture(scope="package")
def matter_hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MatterHosted]:
    """The Matter stack and Home Assistant, started once for all tests here."""
    skip_without_stack()
    pytest_socket.enable_socket()
    hosted = MatterHosted(tmp_path_factory.mktemp("matter-house"))
    try:
        hosted.__enter__()
    except UnavailableError as err:
        pytest.skip(f"no real Matter stack: {err}")
    try:
        yield hosted
    finally:
        hosted.close()
        pytest_socket.enable_socket()


@pytest.fixture
async def visit(
    matter_hosted: MatterHosted, real_sockets: None
) -> AsyncIterator[Visit]:
    """The house, with nobody in it before and after."""
    visit = await Visit.open(matter_hosted)
    try:
        yield visit
    finally:
        try:
            await visit.clean()
        finally:
            matter_hosted.told.extend(visit.client.received)
            await visit.client.close()
