"""What the Z-Wave simulator promises, measured through the real driver, server and client."""
