"""The site that all end-to-end tests share, and each test's own visit to it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_socket

from tests.harness.e2e.page_objects import SitePage
from tests.harness.e2e.shared_instance import SharedInstance

HERE = Path(__file__).parent


@pytest.fixture(scope="package")
def shared_instance(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[SharedInstance]:
    """The simulated network and Home Assistant, started once for all tests here."""
    # a test may open sockets when it asks to; this comes before any test
    pytest_socket.enable_socket()
    with SharedInstance(tmp_path_factory.mktemp("house")) as running:
        yield running
        pytest_socket.enable_socket()


@pytest.fixture
async def site_page(
    shared_instance: SharedInstance, real_sockets: None
) -> AsyncIterator[SitePage]:
    """The site, with nobody in it before and after."""
    page = await SitePage.open(shared_instance)
    try:
        yield page
    finally:
        try:
            await shared_instance.ensure_running()
            await page.clean()
        finally:
            await page.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Search for PINs last of all here: that looks back at what the others did."""
    places = [place for place, item in enumerate(items) if item.path.parent == HERE]
    ours = [items[place] for place in places]
    ours.sort(key=lambda item: item.path.name == "test_secrecy.py")
    for place, item in zip(places, ours, strict=True):
        items[place] = item
