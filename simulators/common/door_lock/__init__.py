"""What the door lock clusters of Zigbee and Matter have in common.

Matter's was made from Zigbee's: attributes, states and alarms have the same numbers, and
capacities, schedules, the lock-out and the clock mean the same. Commands, events and users
differ; they are in `simulators/zigbee` and `simulators/matter`.
"""
