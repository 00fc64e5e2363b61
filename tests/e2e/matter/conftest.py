"""The site with the Matter lock that all tests here share, and each test's own visit."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_socket

from simulators.matter.real import UnavailableError
from tests.harness.e2e.matter.page_objects import MatterSitePage
from tests.harness.e2e.matter.processes import MatterSharedInstance
from tests.harness.networks.matter_stack import skip_without_stack


@pytest.fixture(scope="package")
def matter_instance(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[MatterSharedInstance]:
    """The Matter stack and Home Assistant, started once for all tests here."""
    skip_without_stack()
    pytest_socket.enable_socket()
    hosted = MatterSharedInstance(tmp_path_factory.mktemp("matter-house"))
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
async def site_page(
    matter_instance: MatterSharedInstance, real_sockets: None
) -> AsyncIterator[MatterSitePage]:
    """The site, with nobody in it before and after."""
    visit = await MatterSitePage.open(matter_instance)
    try:
        yield visit
    finally:
        try:
            await visit.clean()
        finally:
            matter_instance.reported.extend(visit.client.received)
            await visit.client.close()
