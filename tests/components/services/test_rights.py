"""Who may change people by actions, and what of them."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import Unauthorized, UnknownUser
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from tests.components.services.conftest import (
    BACK,
    FRONT,
    Act,
    ServiceSite,
    wait_a_few_turns,
)
from tests.harness.fakes.provider import Call
from tests.harness.site.flow_driver import add_lock
from tests.harness.waiting import wait_for

SWITCH = "switch.anna_enabled"
GATE = "lock.gate"

type NewUser = Callable[..., User]


@pytest.fixture
async def anna(service_site: ServiceSite, act: Act) -> ServiceSite:
    """Anna may open both doors three times, until 2099; there is a gate as well."""
    hass, site = service_site.hass, service_site.site
    await add_lock(hass, site, service_site.locks.add("Gate"))
    limits = {"until": "2099-06-01 12:00", "uses": 3, "locks": [FRONT, BACK]}
    await act("add_person", {"name": "Anna", "pin": "907153", **limits})
    await wait_for(lambda: service_site.codes(BACK) == {"907153"})
    return service_site


@pytest.fixture
def new_user(hass: HomeAssistant) -> NewUser:
    """Return how to make a user who may control these entities, or all."""

    def make(*entities: str, everything: bool = False) -> User:
        user = MockUser(id="user").add_to_hass(hass)
        policy: dict[str, Any] = {"entity_ids": dict.fromkeys(entities, True)}
        user.mock_policy({"entities": True if everything else policy})
        return user

    return make


def state_of(site: ServiceSite) -> tuple[str, Mapping[str, Any]]:
    person = site.person("Anna")
    return person.title, dict(person.data)


NARROWER: list[tuple[str, dict[str, Any]]] = [
    ("update_person", {"until": "2099-05-01 12:00"}),
    ("update_person", {"uses": 1}),
    ("update_person", {"from": "2020-01-01 12:00"}),
    ("update_person", {"locks": [FRONT]}),
    ("set_enabled", {"enabled": False}),
]
WIDER: list[tuple[str, dict[str, Any]]] = [
    ("update_person", {"name": "Ann"}),
    ("update_person", {"locks": [FRONT, BACK, GATE]}),
    ("update_person", {"all_locks": True}),
    ("update_person", {"until": "2099-06-01 12:01"}),
    ("update_person", {"until": None}),
    ("update_person", {"uses": 4}),
    ("update_person", {"uses": ""}),
    ("update_person", {"uses": 1, "until": None}),
    ("remove_person", {}),
]


@pytest.mark.parametrize(("action", "data"), NARROWER)
async def test_who_controls_every_lock_of_a_person_may_take_away(
    anna: ServiceSite, act: Act, new_user: NewUser, action: str, data: dict[str, Any]
) -> None:
    """Clause 16.28: without administrator rights, and no lock less."""
    user, call = new_user(FRONT), {"person": "Anna", **data}
    before = state_of(anna)
    with pytest.raises(Unauthorized):
        await act(action, call, user=user.id)
    with pytest.raises(UnknownUser):
        await act(action, call, user="nobody")
    assert state_of(anna) == before

    await act(action, call, user=new_user(FRONT, BACK).id)

    assert state_of(anna) != before


@pytest.mark.parametrize("case", WIDER)
async def test_only_an_administrator_gives_more_renames_or_removes(
    anna: ServiceSite,
    act: Act,
    new_user: NewUser,
    hass_admin_user: User,
    case: tuple[str, dict[str, Any]],
) -> None:
    """Clause 16.28: also who may control all locks and the person's switch."""
    action, data = case
    before, call = state_of(anna), {"person": "Anna", **data}
    with pytest.raises(Unauthorized):
        await act(action, call, user=new_user(everything=True).id)
    assert state_of(anna) == before

    await act(action, call, user=hass_admin_user.id)


async def test_a_rename_is_judged_before_the_name_is_looked_up(
    anna: ServiceSite, act: Act, new_user: NewUser
) -> None:
    """Clause 16.28: the refusal does not tell whether somebody has that name."""
    await act("add_person", {"name": "Bob"})
    user = new_user(FRONT, BACK)
    for name in ("bob", "Nobody", "", "x" * 65):
        with pytest.raises(Unauthorized):
            await act("update_person", {"person": "Anna", "name": name}, user=user.id)
    await act("update_person", {"person": "Anna", "name": " Anna "}, user=user.id)


async def test_who_may_use_the_switch_may_do_what_it_does(
    anna: ServiceSite, act: Act, new_user: NewUser
) -> None:
    """Clause 16.28: the action `set_enabled` is the switch, and nothing beyond it."""
    off, on = ({"person": "Anna", "enabled": enabled} for enabled in (False, True))
    user = new_user(SWITCH)
    await act("set_enabled", off, user=user.id)
    with pytest.raises(Unauthorized):
        await act("set_enabled", on, user=new_user(FRONT, BACK).id)
    await act("set_enabled", on, user=new_user(SWITCH).id)
    for action, data in (("update_person", {"uses": 1}), ("remove_person", {})):
        with pytest.raises(Unauthorized):
            await act(action, {"person": "Anna", **data}, user=user.id)


async def test_somebody_without_a_lock_is_changed_by_administrators(
    service_site: ServiceSite, act: Act, new_user: NewUser, hass_admin_user: User
) -> None:
    """Clause 16.28: control of every lock of nobody's is control of none."""
    await act("add_person", {"name": "Anna", "locks": [FRONT]})
    service_site.hass.config_entries.async_remove_subentry(
        service_site.site, service_site.person("Front door").subentry_id
    )
    await service_site.hass.async_block_till_done()
    call = {"person": "Anna", "uses": 1}

    with pytest.raises(Unauthorized):
        await act("update_person", call, user=new_user(everything=True).id)
    await act("update_person", call, user=hass_admin_user.id)


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("update_person", {"person": "Anna", "all_locks": True}),
        ("set_pin", {"person": "Anna", "pin": "907154"}),
        ("add_person", {"name": "Bob", "pin": "907154"}),
    ],
)
async def test_rights_that_are_taken_while_a_lock_is_read_are_gone(
    anna: ServiceSite,
    act: Act,
    hass_admin_user: User,
    action: str,
    data: dict[str, Any],
) -> None:
    """Clause 16.28: what a slow lock delays is judged when it is done."""
    before = state_of(anna)
    async with anna.site.runtime_data.site.people_lock:
        call = asyncio.gather(
            act(action, data, user=hass_admin_user.id), return_exceptions=True
        )
        await wait_a_few_turns()
        await anna.hass.auth.async_update_user(
            hass_admin_user, group_ids=[GROUP_ID_USER]
        )

    (error,) = await call
    assert isinstance(error, Unauthorized)
    assert state_of(anna) == before
    assert anna.people() == ["Anna"]


async def test_a_slow_lock_gives_nothing_back_that_was_taken_meanwhile(
    anna: ServiceSite, act: Act, hass_admin_user: User
) -> None:
    """Clause 16.28: an administrator's call that waits for the gate is one no more."""
    gate = anna.provider(GATE)
    gate.hang(Call.READ)
    call = asyncio.gather(
        act(
            "update_person",
            {"person": "Anna", "all_locks": True},
            user=hass_admin_user.id,
        ),
        return_exceptions=True,
    )
    await wait_for(lambda: any(each is Call.READ for each, _ in gate.calls))
    await anna.hass.auth.async_update_user(hass_admin_user, group_ids=[GROUP_ID_USER])
    gate.release()

    (error,) = await call
    assert isinstance(error, Unauthorized)
    assert anna.person("Anna").data["all_locks"] is False


async def test_a_call_that_took_away_is_judged_by_what_is_left(
    anna: ServiceSite, act: Act, new_user: NewUser
) -> None:
    """Clause 16.28: leaving one of two locks is more than the other one alone."""
    async with anna.site.runtime_data.site.people_lock:
        call = asyncio.gather(
            act(
                "update_person",
                {"person": "Anna", "locks": [FRONT]},
                user=new_user(everything=True).id,
            ),
            return_exceptions=True,
        )
        await wait_a_few_turns()
        person = anna.person("Anna")
        only_back = {**person.data, "locks": [anna.entry(BACK).id]}
        anna.hass.config_entries.async_update_subentry(
            anna.site, person, data=only_back
        )

    (error,) = await call
    assert isinstance(error, Unauthorized)
    assert person.data == only_back
