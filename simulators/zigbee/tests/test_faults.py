"""Faults between zigpy and a lock, and their result in Python."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any
from unittest.mock import patch

import pytest
from zigpy.exceptions import DeliveryError, ParsingError

from simulators.zigbee import Command, LockNode, Mask, Presence, Sleep, Stored
from simulators.zigbee.faults import (
    about_another,
    applied_then_refused,
    cut_short,
    default_response,
    done_late,
    not_acknowledged,
    notified_first,
    refused,
    reply_lost,
    request_lost,
    silently_dropped,
    slow,
)
from simulators.zigbee.terms import General, Operation, Status
from tests.harness.networks.zha import ZhaNetwork
from tests.harness.waiting import wait_for

from .recorders import (
    CODE,
    OPERATION,
    OTHER,
    PROGRAMMING,
    THIRD,
    ClusterRecorder,
    store,
)

SOON = 0.05
"""Seconds, in the place of zigpy's five and twenty-eight."""


def commands(network: ZhaNetwork) -> list[Command]:
    """Return the commands that came, and forget them."""
    received = [command for command, _ in network.node.received]
    network.node.received.clear()
    return received


def name(reply: Any) -> str:
    """Return what kind of reply this is."""
    return type(reply).__name__


async def quick_store(network: ZhaNetwork, user: int, pin: str) -> Any:
    """Set a PIN, and wait less long for the reply."""
    return await network.cluster().set_pin_code(user, 1, 0, pin, timeout=SOON)


@contextmanager
def reply_waits() -> Iterator[list[float]]:
    """Note for how many seconds zigpy begins to wait for each reply."""
    waits: list[float] = []

    def wait(seconds: float) -> asyncio.Timeout:
        waits.append(seconds)
        return asyncio.timeout(seconds)

    with patch("zigpy.device.asyncio_timeout", wait):
        yield waits


async def test_a_refusal_is_a_number_that_zigpy_gives_another_name(
    zha_network: ZhaNetwork,
) -> None:
    faults = zha_network.node.faults
    for status in (Stored.FAILURE, Stored.MEMORY_FULL, Stored.DUPLICATE):
        faults.add(Command.SET_PIN, refused(status))
        assert (await store(zha_network, 3, CODE)).status == status
    assert zha_network.node.pins() == {}
    assert (await store(zha_network, 3, CODE)).status == 0
    faults.add(Command.CLEAR_PIN, refused(1))
    assert (await zha_network.cluster().clear_pin_code(3)).status == 1
    assert zha_network.node.pins() == {3: CODE}


async def test_the_lock_may_say_no_and_have_done_it(zha_network: ZhaNetwork) -> None:
    zha_network.node.faults.add(Command.SET_PIN, applied_then_refused(1))
    assert (await store(zha_network, 3, CODE)).status == 1
    assert zha_network.node.pins() == {3: CODE}


async def test_the_same_code_on_its_own_slot_may_be_a_duplicate(
    zha_network: ZhaNetwork,
) -> None:
    await store(zha_network, 3, CODE)
    assert (await store(zha_network, 3, CODE)).status == 0
    zha_network.node.lock.traits.refuses_own_duplicate = True
    assert (await store(zha_network, 3, CODE)).status == Stored.DUPLICATE
    assert (await store(zha_network, 3, OTHER)).status == 0


async def test_another_answer_altogether_is_a_default_response(
    zha_network: ZhaNetwork,
) -> None:
    cluster = zha_network.cluster()
    assert (await cluster.get_pin_code(99)).status == Status.NOT_FOUND
    zha_network.node.faults.add(Command.SET_PIN, default_response())
    reply = await store(zha_network, 3, CODE)
    assert (name(reply), reply.command_id, int(reply.status)) == (
        "DefaultResponse",
        5,
        0x81,
    )
    zha_network.node.lock.traits.missing = frozenset({Command.GET_PIN})
    assert int((await cluster.get_pin_code(3)).status) == 0x81


async def test_masked_code_has_three_forms(
    zha_network: ZhaNetwork,
) -> None:
    cluster, traits = zha_network.cluster(), zha_network.node.lock.traits
    await store(zha_network, 3, CODE)
    traits.shows_codes = False
    shown = await cluster.get_pin_code(3)
    assert (shown.code, shown.code.raw) == ("\ufffd" * 6, b"\xff" * 6)
    traits.mask = Mask.EMPTY
    shown = await cluster.get_pin_code(3)
    assert (shown.user_status, shown.code) == (1, "")
    traits.mask = Mask.REFUSED
    assert name(await cluster.get_pin_code(3)) == "DefaultResponse"
    empty = await cluster.get_pin_code(4)
    assert (empty.user_status, empty.code) == (0, "")
    assert (await cluster.get_user_status(3)).user_status == 1


@pytest.mark.parametrize("reported", [True, False])
async def test_a_lock_may_say_that_it_stored_or_cleared_what_it_did_not(
    zha_network: ZhaNetwork, reported: bool
) -> None:
    cluster, faults = zha_network.cluster(), zha_network.node.faults
    listener = ClusterRecorder(zha_network)
    faults.add(Command.SET_PIN, silently_dropped(reported=reported))
    assert (await store(zha_network, 3, CODE)).status == 0
    assert (await cluster.get_pin_code(3)).user_status == 0
    await store(zha_network, 3, CODE)
    faults.add(Command.CLEAR_PIN, silently_dropped(reported=reported))
    assert (await cluster.clear_pin_code(3)).status == 0
    assert (await cluster.get_pin_code(3)).code == CODE
    await zha_network.settle()
    assert len(listener.of(PROGRAMMING)) == (3 if reported else 1)


async def test_a_lock_may_do_later_what_it_said_was_done(
    zha_network: ZhaNetwork,
) -> None:
    zha_network.node.faults.add(Command.SET_PIN, done_late(0.2))
    answer = await zha_network.cluster().set_pin_code(3, 1, 0, CODE)
    assert answer.status == 0
    assert zha_network.node.pins() == {}
    await zha_network.settle()
    assert zha_network.node.pins() == {3: CODE}


async def test_reply_may_name_another_user(zha_network: ZhaNetwork) -> None:
    await store(zha_network, 3, CODE)
    zha_network.node.faults.add(Command.GET_PIN, about_another(4))
    shown = await zha_network.cluster().get_pin_code(3)
    assert (shown.user_id, shown.code) == (4, CODE)


async def test_a_reply_that_is_cut_short_is_not_tried_again(
    zha_network: ZhaNetwork,
) -> None:
    commands(zha_network)
    zha_network.node.faults.add(Command.GET_PIN, cut_short())
    with pytest.raises(ParsingError):
        await zha_network.cluster().get_pin_code(3)
    assert commands(zha_network) == [Command.GET_PIN]


async def test_a_notification_with_the_number_of_a_request_is_taken_for_its_reply(
    zha_network: ZhaNetwork,
) -> None:
    listener = ClusterRecorder(zha_network)
    zha_network.node.faults.add(Command.SET_PIN, notified_first())
    assert name(await store(zha_network, 3, CODE)) == "programming_event_notification"
    await zha_network.settle()
    assert [name(args) for _, args in listener.received] == ["set_pin_code_response"]
    assert zha_network.node.pins() == {3: CODE}


async def test_a_lost_reply_has_the_lock_do_it_again(zha_network: ZhaNetwork) -> None:
    commands(zha_network)
    listener = ClusterRecorder(zha_network)
    zha_network.node.faults.add(Command.SET_PIN, reply_lost())
    assert (await quick_store(zha_network, 3, CODE)).status == 0
    assert commands(zha_network) == [Command.SET_PIN, Command.SET_PIN]
    await zha_network.settle()
    changes = [event.program_event_code for event in listener.of(PROGRAMMING)]
    assert changes == [2, 4]


async def test_a_lost_request_is_sent_again(zha_network: ZhaNetwork) -> None:
    zha_network.node.faults.add(Command.SET_PIN, request_lost())
    assert (await quick_store(zha_network, 3, CODE)).status == 0
    zha_network.node.faults.add(General.READ_ATTRIBUTES, request_lost())
    read, _ = await zha_network.cluster().read_attributes(
        ["lock_state"], allow_cache=False, timeout=SOON
    )
    assert read == {"lock_state": 1}


async def test_lock_without_answers_is_asked_three_times(
    zha_network: ZhaNetwork,
) -> None:
    commands(zha_network)
    zha_network.node.faults.add(None, request_lost(), count=None)
    before = monotonic()
    with reply_waits() as waits, pytest.raises(TimeoutError):
        await quick_store(zha_network, 3, CODE)
    assert monotonic() - before >= 3 * SOON
    assert waits == [SOON] * 3
    assert len(commands(zha_network)) == 3
    zha_network.node.faults.clear()
    zha_network.node.presence = Presence.NO_ANSWER
    with pytest.raises(TimeoutError):
        await quick_store(zha_network, 3, CODE)
    zha_network.node.presence = Presence.ONLINE
    assert (await store(zha_network, 3, CODE)).status == 0


async def test_unreachable_lock_fails_at_once(
    zha_network: ZhaNetwork,
) -> None:
    zha_network.node.presence = Presence.UNREACHABLE
    with reply_waits() as waits, pytest.raises(DeliveryError):
        await store(zha_network, 3, CODE)
    assert waits == []
    zha_network.node.presence = Presence.ONLINE
    zha_network.node.faults.add(Command.SET_PIN, not_acknowledged(), count=2)
    assert (await store(zha_network, 3, CODE)).status == 0


async def test_a_slow_lock_that_is_within_time_is_only_slow(
    zha_network: ZhaNetwork,
) -> None:
    zha_network.node.faults.add(Command.SET_PIN, slow(0.1))
    before = monotonic()
    assert (await store(zha_network, 3, CODE)).status == 0
    assert monotonic() - before >= 0.1


async def test_late_reply_is_an_unsolicited_message(
    zha_network: ZhaNetwork,
) -> None:
    listener = ClusterRecorder(zha_network)
    zha_network.node.faults.add(Command.SET_PIN, slow(2 * SOON))
    with pytest.raises(TimeoutError):
        await zha_network.cluster().set_pin_code(3, 1, 0, CODE, timeout=SOON, retries=0)
    await zha_network.settle()
    assert "set_pin_code_response" in [name(args) for _, args in listener.received]
    assert zha_network.node.pins() == {3: CODE}


async def test_event_masks_prove_nothing(zha_network: ZhaNetwork) -> None:
    listener = ClusterRecorder(zha_network)
    zha_network.node.lock.traits.reports_programming = False
    zha_network.node.lock.traits.reports_operations = False
    await store(zha_network, 3, CODE)
    zha_network.node.door.enter(CODE)
    await zha_network.settle()
    assert listener.received == []
    masks = ["keypad_operation_event_mask", "rf_programming_event_mask"]
    read, _ = await zha_network.cluster().read_attributes(list(masks))
    assert set(read.values()) == {0xFFFF}
    await zha_network.cluster().write_attributes({"rf_programming_event_mask": 0})
    zha_network.node.lock.traits.reports_programming = True
    await store(zha_network, 3, OTHER)
    await zha_network.settle()
    assert len(listener.of(PROGRAMMING)) == 1


async def test_frame_that_comes_three_times_is_delivered_once(
    zha_network: ZhaNetwork,
) -> None:
    listener = ClusterRecorder(zha_network)
    zha_network.node.lock.traits.notification_copies = 3
    zha_network.node.door.turn()
    await zha_network.settle()
    (reported,) = listener.of(OPERATION)
    assert reported.operation_event_code == Operation.MANUAL_UNLOCK


async def test_a_notification_may_have_no_data_and_carry_the_code(
    zha_network: ZhaNetwork,
) -> None:
    listener = ClusterRecorder(zha_network)
    traits = zha_network.node.lock.traits
    traits.sends_data_field, traits.reports_pins = False, True
    await store(zha_network, 3, THIRD)
    zha_network.node.door.enter(THIRD)
    await zha_network.settle()
    assert [args.pin for _, args in listener.received] == [THIRD, THIRD]
    assert [args.data for _, args in listener.received] == [None, None]


class TestSleepyLock:
    """A lock on batteries."""

    @pytest.fixture
    def zigbee_locks(self) -> list[LockNode]:
        """One that listens fifty times a second."""
        return [LockNode(sleep=Sleep(every=0.02, stays_awake=0.01))]

    async def test_the_time_that_is_given_for_a_reply_does_not_count(
        self, zha_network: ZhaNetwork
    ) -> None:
        zha_network.node.faults.add(Command.SET_PIN, slow(3 * SOON))
        assert (await quick_store(zha_network, 3, CODE)).status == 0

    async def test_sleeping_lock_without_answers_takes_three_timeouts(
        self, zha_network: ZhaNetwork
    ) -> None:
        zha_network.node.presence = Presence.NO_ANSWER
        before = monotonic()
        with (
            patch("zigpy.device.APS_REPLY_TIMEOUT_EXTENDED", 0.2),
            reply_waits() as waits,
            pytest.raises(TimeoutError),
        ):
            await quick_store(zha_network, 3, CODE)
        assert monotonic() - before >= 0.6
        assert waits == [0.2] * 3

    async def test_one_that_sleeps_too_long_gets_nothing(
        self, zha_network: ZhaNetwork
    ) -> None:
        node = zha_network.node
        await wait_for(lambda: not zha_network.mesh.is_awake(node))
        # it wakes when the time of the loop is a multiple: not soon, whatever that is
        node.sleep = Sleep(every=asyncio.get_running_loop().time() + 1000)
        with (
            patch("simulators.zigbee.mesh.KEPT_SECONDS", 0.05),
            pytest.raises(DeliveryError),
        ):
            await store(zha_network, 3, CODE)
        assert zha_network.node.pins() == {}
