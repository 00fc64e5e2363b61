"""What survives a restart: durable stores, the journal of slots, PINs, counters and timers."""
