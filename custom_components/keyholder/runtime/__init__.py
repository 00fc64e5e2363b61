"""The engine: time, retries and storage around the decisions of `logic`."""
