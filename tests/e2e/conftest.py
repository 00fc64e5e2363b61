"""The house that all end-to-end tests share, and each test's own visit to it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_socket

from .home import Home
from .hosted import Hosted

HERE = Path(__file__).parent


@pytest.fixture(scope="package")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """The simulated network and Home Assistant, started once for all tests here."""
    # a test may open sockets when it asks to; this comes before any test
    pytest_socket.enable_socket()
    with Hosted(tmp_path_factory.mktemp("house")) as running:
        yield running
        pytest_socket.enable_socket()


@pytest.fixture
async def home(hosted: Hosted, real_sockets: None) -> AsyncIterator[Home]:
    """The house, with nobody in it before and after."""
    home = await Home.open(hosted)
    try:
        yield home
    finally:
        try:
            await hosted.ensure_running()
            await home.clean()
        finally:
            await home.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Search for PINs last of all here: that looks back at what the others did."""
    places = [place for place, item in enumerate(items) if item.path.parent == HERE]
    ours = [items[place] for place in places]
    ours.sort(key=lambda item: item.path.name == "test_secrecy.py")
    for place, item in zip(places, ours, strict=True):
        items[place] = item
