"""Every fault of a Matter lock and its server, on all of ours and Home Assistant's own."""
