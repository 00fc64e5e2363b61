"""The faults of Zigbee locks under ZHA, all of it real but the radio and the locks."""
