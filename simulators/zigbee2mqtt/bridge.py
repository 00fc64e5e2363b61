"""`FakeZigbee2Mqtt`: topics, payloads and timing of Zigbee2MQTT, over simulated locks."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
import json
import re
from typing import Final, Self

from simulators.zigbee import Mesh
from simulators.zigbee.fields import MalformedError
from simulators.zigbee.node import Message, Node
from simulators.zigbee.terms import HOME_AUTOMATION, Cluster, General
from simulators.zigbee.zcl import Frame

from .announcements import discovery, discovery_topic, info, listing
from .broker import Broker
from .converters import (
    ConversionError,
    Json,
    Payload,
    Request,
    from_frame,
    to_requests,
)
from .devices import Device, Settings
from .packets import Publish

_EMPTY_STATE: Final[Payload] = {
    "action_source_name": None,
    "action_user": None,
    "pin_code": None,
    "state": None,
}
"""Properties that are published as null until they have a value."""
_UNPUBLISHED_CLUSTERS: Final = (Cluster.OTA, Cluster.TIME, Cluster.BASIC)


HOME_ASSISTANT_STATUS: Final = "homeassistant/status"
REPUBLISH_DELAY: Final = 30.0
"""Seconds between Home Assistant's birth message and `republish`."""


class _RequestFailedError(Exception):
    """A request was not confirmed, or not answered; the text is what is logged."""


@dataclass
class _PendingRequest:
    node: Node
    number: int
    request: Request
    answered: asyncio.Future[None]


class FakeZigbee2Mqtt:
    """One bridge. Use as a context, or start and stop it.

    `patience` is how many seconds it waits for a lock (10 in reality).
    """

    def __init__(
        self,
        broker: Broker,
        mesh: Mesh,
        devices: Iterable[Device],
        *,
        base: str = "zigbee2mqtt",
        settings: Settings | None = None,
        patience: float = 10,
    ) -> None:
        """Start with these locks paired."""
        self.broker = broker
        self.mesh = mesh
        self.devices = list(devices)
        self.base = base
        self.settings = settings or Settings()
        self.patience = patience
        self.is_running = False
        self._numbers = count(1)
        self._pending: list[_PendingRequest] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._device_locks: dict[str, asyncio.Lock] = {}
        self._unlisten: Callable[[], None] = lambda: None
        self._last_log = ""
        self._republish_timers: list[asyncio.TimerHandle] = []
        for device in self.devices:
            device.node.joined = True

    async def __aenter__(self) -> Self:
        """Start."""
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    @property
    def device(self) -> Device:
        """Return the first lock."""
        return self.devices[0]

    def start(self) -> None:
        """Start: publish the bridge state, discovery, and cached states."""
        self.mesh.host = self
        self.is_running = True
        self._unlisten = self.broker.listen(self._on_message)
        self._retain("bridge/state", {"state": "online"})
        self._publish_bridge_info()
        for device in self.devices:
            if self.settings.availability:
                self._publish_availability(device)
            self._discover(device)
        self._publish_cached_states()

    def republish(self) -> None:
        """Publish bridge state and cached states, as after Home Assistant's birth message."""
        self._retain("bridge/state", {"state": "online"})
        self._publish_cached_states()

    def _publish_cached_states(self) -> None:
        for device in self.devices:
            if self.settings.cache_state and device.cache:
                self.publish_state(device, {})

    async def stop(self, *, silently: bool = False) -> None:
        """Stop; `silently` publishes no offline state, as after a crash without a last will."""
        if self.mesh.host is self:
            self.mesh.host = None
        self._unlisten()
        self._unlisten = lambda: None
        self.cancel_republishing()
        self.is_running = False
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if not silently:
            self._retain("bridge/state", {"state": "offline"})

    async def settle(self) -> None:
        """Wait until every message that came has been dealt with."""
        while self._tasks or not self.mesh.medium.is_still:
            if self._tasks:
                await asyncio.wait(set(self._tasks))
            await asyncio.sleep(0)

    def set_options(self, device: Device, **options: Json) -> None:
        """Change options of a device as its request would."""
        request: Payload = {"id": device.ieee, "options": options}
        self._on_request("device/options", json.dumps(request))

    def rename(self, device: Device, name: str) -> None:
        """Give a lock another friendly name."""
        former, device.name = device.name, name
        if self.settings.availability:
            self.broker.publish(f"{self.base}/{former}/availability", "", retain=True)
            self._publish_availability(device)
        self._publish_bridge_info()
        self._discover(device)

    def remove(self, device: Device) -> None:
        """Let a lock leave the network."""
        self.devices.remove(device)
        self._publish_bridge_info()
        self.broker.publish(discovery_topic(device), "", retain=True)

    def set_availability(self, device: Device, *, available: bool) -> None:
        """Publish a lock as available or not."""
        device.available = available
        self._publish_availability(device)

    def publish_state(self, device: Device, update: Payload) -> None:
        """Publish an update, with everything that is cached."""
        message = device.merge(self.settings, update)
        if self.settings.last_seen:
            message["last_seen"] = f"2026-01-01T00:00:{next(self._numbers):06}Z"
        message = {**_EMPTY_STATE, **message, "linkquality": 200}
        topic, payload = f"{self.base}/{device.name}", _dumps(message)
        text = f"MQTT publish: topic '{topic}', payload '{payload}'"
        self._log("info", text, "z2m:mqtt")
        retain = device.option(self.settings, "retain") is True
        self.broker.publish(topic, payload, retain=retain)

    # The network

    def receive(self, node: Node, message: Message) -> None:
        """Take what a device sends."""
        device = next((each for each in self.devices if each.node is node), None)
        if device is None or message.profile != HOME_AUTOMATION:
            return
        with suppress(MalformedError):
            frame = Frame.parse(message.data)
            self._convert(device, message.cluster, frame)
            self._answered(node, frame)

    def unplugged(self) -> None:
        """Stop, as Zigbee2MQTT does with this stick."""
        self._spawn(self.stop())

    def _convert(self, device: Device, cluster: int, frame: Frame) -> None:
        expose = device.option(self.settings, "expose_pin") is True
        try:
            payload = from_frame(device.definition, cluster, frame, expose_pin=expose)
        except MalformedError:
            return
        if payload:
            self.publish_state(device, payload)
        elif self.settings.last_seen and cluster not in _UNPUBLISHED_CLUSTERS:
            self.publish_state(device, {})

    def cancel_republishing(self) -> None:
        """Cancel planned calls of `republish`, and log the next message as the first."""
        self._last_log = ""
        while self._republish_timers:
            self._republish_timers.pop().cancel()

    @property
    def pending_requests(self) -> int:
        """Return how many requests a lock has not answered yet."""
        return len(self._pending)

    def _answered(self, node: Node, frame: Frame) -> None:
        for each in list(self._pending):
            is_same = (each.node, each.number) == (node, frame.number)
            if is_same and _answers(frame, each.request) and not each.answered.done():
                each.answered.set_result(None)

    async def _request(self, device: Device, request: Request) -> None:
        node, number = device.node, next(self._numbers) & 0xFF
        loop = asyncio.get_running_loop()
        sent: asyncio.Future[bool] = loop.create_future()
        waiting = _PendingRequest(node, number, request, loop.create_future())
        self._pending.append(waiting)
        frame = Frame(
            general=isinstance(request.command, General),
            number=number,
            command=request.command,
            payload=request.payload,
            wants_default=False,
        )
        endpoint = node.identity.endpoint
        message = Message(
            HOME_AUTOMATION, Cluster.DOOR_LOCK, 1, endpoint, frame.encode()
        )
        called = (
            f"ZCL command {device.ieee}/{endpoint} closuresDoorLock.{request.name}"
            f'({request.shown}, {{"timeout":10000}}) failed'
        )
        try:
            self.mesh.send(node, message, partial(_settle, sent))
            if not await sent:
                raise _RequestFailedError(f"{called} (no ack)")
            async with asyncio.timeout(self.patience):
                await waiting.answered
        except TimeoutError:
            raise _RequestFailedError(
                f"{called} (No ZCL response received for ({number}) "
                "Error: waiting for response TIMEOUT)"
            ) from None
        finally:
            self._pending.remove(waiting)

    # MQTT

    def _on_message(self, message: Publish) -> None:
        if (message.topic, message.payload) == (HOME_ASSISTANT_STATUS, b"online"):
            loop = asyncio.get_running_loop()
            self._republish_timers.append(
                loop.call_later(REPUBLISH_DELAY, self.republish)
            )
        if not message.topic.startswith(f"{self.base}/"):
            return
        topic = message.topic.removeprefix(f"{self.base}/")
        if topic.startswith("bridge/"):
            if topic.startswith("bridge/request/"):
                name = topic.removeprefix("bridge/request/")
                self._on_request(name, message.payload.decode())
        elif found := re.fullmatch(r"(.+?)/(get|set)(?:/(.+))?", topic):
            name, kind, key = found.groups()
            self._spawn(self._on_command(name, kind, key, message.payload.decode()))

    async def _on_command(
        self, name: str, kind: str, key: str | None, payload: str
    ) -> None:
        device = next(
            (each for each in self.devices if name in (each.name, each.ieee)), None
        )
        if device is None:
            self._log("error", f"Entity '{name}' is unknown")
            return
        content = _parsed(payload, key)
        if content is None:
            self._log("error", f"Invalid message '{payload}', skipping...")
            return
        for each, value in content.items():
            try:
                requests = to_requests(device.definition, kind, each, value)
                for request in requests:
                    async with self._device_lock(device):
                        await self._request(device, request)
            except (ConversionError, _RequestFailedError) as err:
                text = f"Publish '{kind}' '{each}' to '{device.name}' failed"
                self._log("error", f"{text}: 'Error: {err}'")

    def _device_lock(self, device: Device) -> asyncio.Lock:
        """Requests to one device go one after the other."""
        return self._device_locks.setdefault(device.ieee, asyncio.Lock())

    def _on_request(self, name: str, payload: str) -> None:
        content = _parsed(payload, None) or {}
        wanted = content.get("id")
        device = next(
            (each for each in self.devices if wanted in (each.name, each.ieee)), None
        )
        options = content.get("options")
        answer: Payload
        if name != "device/options" or not isinstance(options, dict) or not device:
            answer = {"data": {}, "error": "Invalid payload", "status": "error"}
        else:
            before = dict(device.options)
            device.options |= options
            self._retain("bridge/info", info(self.base, self.devices, self.settings))
            answer = {
                "data": {
                    "from": before,
                    "to": dict(device.options),
                    "id": wanted,
                    "restart_required": False,
                },
                "status": "ok",
            }
        self.broker.publish(f"{self.base}/bridge/response/{name}", _dumps(answer))

    def _publish_bridge_info(self) -> None:
        self._retain("bridge/info", info(self.base, self.devices, self.settings))
        self._retain("bridge/devices", listing(self.devices, self.settings))

    def _publish_availability(self, device: Device) -> None:
        state = "online" if device.available else "offline"
        self._retain(f"{device.name}/availability", {"state": state})

    def _discover(self, device: Device) -> None:
        payload = discovery(self.base, device, self.settings)
        self.broker.publish(discovery_topic(device), _dumps(payload), retain=True)

    def _retain(self, topic: str, payload: Json) -> None:
        self.broker.publish(f"{self.base}/{topic}", _dumps(payload), retain=True)

    def _log(self, level: str, text: str, source: str = "z2m") -> None:
        payload = _dumps({"level": level, "message": f"{source}: {text}"})
        if payload != self._last_log:
            self._last_log = payload
            self.broker.publish(f"{self.base}/bridge/logging", payload)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _answers(frame: Frame, request: Request) -> bool:
    if frame.general and frame.command == General.DEFAULT_RESPONSE:
        # It ends the wait as well, whatever it says
        return frame.payload[:1] == bytes([request.command])
    is_general = isinstance(request.command, General)
    return (frame.general, frame.command) == (is_general, request.answer)


def _parsed(payload: str, key: str | None) -> Payload | None:
    try:
        content: Json = json.loads(payload)
    except ValueError:
        content = {"state": payload} if payload.lower() in ("lock", "unlock") else None
    if key is not None:
        return {key: content}
    return content if isinstance(content, dict) else None


def _dumps(payload: Json) -> str:
    return json.dumps(payload, ensure_ascii=False)


def _settle(future: asyncio.Future[bool], confirmed: bool) -> None:
    if not future.done():
        future.set_result(confirmed)
