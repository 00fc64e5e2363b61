"""Tests of the simulated Zigbee locks, stick and network; they say nothing of the product."""
