"""The coordinator as a radio of zigpy, in memory: no serial port, and no mocks.

Home Assistant's ZHA knows a closed list of radios, so `replace_radio` lends one of them its
place. All else of zigpy, its quirks and ZHA is what users run.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar, override
from unittest.mock import patch

from zha.application.const import RadioType
from zigpy.application import ControllerApplication
from zigpy.device import BaseDevice, Device
from zigpy.exceptions import DeliveryError
import zigpy.state
import zigpy.types as t
from zigpy.zdo.types import LogicalType, SimpleDescriptor

from . import zdo
from .fields import u64
from .mesh import Mesh
from .node import Message, Node
from .terms import ZDO_PROFILE

RADIO_TYPE = "deconz"
"""The place that is lent, for the `radio_type` of ZHA's entry."""

_NO_ACKNOWLEDGEMENT = 0xA7
_ALL_THAT_LISTEN = 0xFFFD


class InMemoryRadio(ControllerApplication):
    """A host of one mesh. A reload of ZHA makes another."""

    mesh: ClassVar[Mesh]
    _is_lost = False

    def receive(self, node: Node, message: Message) -> None:
        """Pass a device's message to zigpy."""
        everybody = message.profile == ZDO_PROFILE and message.cluster == zdo.ANNOUNCE
        if everybody:
            to = t.AddrModeAddress(
                addr_mode=t.AddrMode.Broadcast,
                address=t.BroadcastAddress(_ALL_THAT_LISTEN),
            )
        else:
            to = t.AddrModeAddress(addr_mode=t.AddrMode.NWK, address=t.NWK(0))
        self.packet_received(
            t.ZigbeePacket(
                src=t.AddrModeAddress(
                    addr_mode=t.AddrMode.NWK, address=t.NWK(node.addresses.nwk)
                ),
                src_ep=t.uint8_t(message.source),
                dst=to,
                dst_ep=t.uint8_t(message.destination),
                tsn=t.uint8_t(
                    message.data[1] if message.destination else message.data[0]
                ),
                profile_id=t.uint16_t(message.profile),
                cluster_id=t.uint16_t(message.cluster),
                data=t.SerializableBytes(message.data),
                lqi=t.uint8_t(200),
                rssi=t.int8s(-60),
            )
        )

    def unplugged(self) -> None:
        """Report to zigpy that the connection is lost."""
        self._is_lost = True
        self.connection_lost(ConnectionError("the simulated stick was pulled"))

    @override
    async def connect(self) -> None:
        if not self.mesh.plugged:
            raise ConnectionError("the simulated stick is not there")

    @override
    async def disconnect(self) -> None:
        if self.mesh.host is self:
            self.mesh.host = None

    @override
    async def start_network(self) -> None:
        self.mesh.host = self
        info = self.state.node_info
        device = Device(self, info.ieee, info.nwk)
        device.manufacturer, device.model = info.manufacturer, info.model
        self.devices[device.ieee] = device
        if (interview := device.schedule_initialize()) is not None:
            await interview

    @override
    async def load_network_info(self, *, load_devices: bool = False) -> None:
        node, network = self.state.node_info, self.state.network_info
        node.nwk = t.NWK(0)
        node.ieee = t.EUI64(u64(self.mesh.coordinator.addresses.ieee))
        node.logical_type = LogicalType.Coordinator
        node.manufacturer, node.model, node.version = "Simulated", "In memory", "1"
        network.pan_id = t.PanId(0x1A2B)
        network.extended_pan_id = t.ExtendedPanId(bytes([0xDD] * 8))
        network.channel = t.uint8_t(15)
        network.channel_mask = t.Channels.CHANNEL_15
        network.nwk_update_id = t.uint8_t(0)
        network.network_key = zigpy.state.Key(key=t.KeyData(bytes(range(16))))
        network.tc_link_key = zigpy.state.Key(
            key=t.KeyData(b"ZigBeeAlliance09"), partner_ieee=node.ieee
        )

    @override
    async def send_packet(self, packet: t.ZigbeePacket) -> None:
        assert packet.dst is not None
        if packet.dst.addr_mode not in (t.AddrMode.NWK, t.AddrMode.IEEE):
            return
        if self._is_lost or self.mesh.host not in (self, None):
            raise DeliveryError("the simulated stick is not there")
        if self.mesh.host is None:
            # closed in good order: what zigpy has still to say goes nowhere
            return
        async with self._limit_concurrency(priority=packet.priority):
            confirmed = asyncio.get_running_loop().create_future()
            self.mesh.send(self._find(packet.dst), _message(packet), _settle(confirmed))
            if not await confirmed:
                raise DeliveryError("nobody confirmed it", _NO_ACKNOWLEDGEMENT)

    def _find(self, to: t.AddrModeAddress) -> Node | None:
        match to.address:
            case t.NWK():
                return self.mesh.find(nwk=int(to.address))
            case t.EUI64():
                ieee = int.from_bytes(to.address.serialize(), "little")
                return self.mesh.find(ieee=ieee)
            case _:
                return None

    @override
    async def write_network_info(
        self,
        *,
        network_info: zigpy.state.NetworkInfo,
        node_info: zigpy.state.NodeInfo,
    ) -> None:
        """The network is what it is."""

    @override
    async def reset_network_info(self) -> None:
        """The network is what it is."""

    @override
    async def force_remove(self, dev: BaseDevice) -> None:
        """Mark a device as left."""

    @override
    async def add_endpoint(self, descriptor: SimpleDescriptor) -> None:
        """The coordinator takes messages to any endpoint."""

    @override
    async def permit_ncp(self, time_s: int = 60) -> None:
        """Do nothing: any device may join at any time."""

    @override
    async def permit_with_link_key(
        self, node: t.EUI64, link_key: t.KeyData, time_s: int = 60
    ) -> None:
        """Do nothing: any device may join at any time."""


def _message(packet: t.ZigbeePacket) -> Message:
    return Message(
        profile=int(packet.profile_id),
        cluster=int(packet.cluster_id),
        source=int(packet.src_ep or 0),
        destination=int(packet.dst_ep or 0),
        data=packet.data.serialize(),
    )


def _settle(future: asyncio.Future[bool]) -> Callable[[bool], None]:
    def settle(confirmed: bool) -> None:
        if not future.done():
            future.set_result(confirmed)

    return settle


@contextmanager
def replace_radio(mesh: Mesh) -> Iterator[None]:
    """Let `radio_type: deconz` of ZHA be this network meanwhile."""
    radio = type("MeshRadio", (InMemoryRadio,), {"mesh": mesh})
    with patch.object(RadioType[RADIO_TYPE], "_ctrl_cls", radio):
        yield
