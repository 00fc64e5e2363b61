"""The engine: runs the decisions of `logic` with timers, retries and storage."""
