"""One lock: its queue, connection, records, and the reconciliation of its slots."""
