"""One config entry: its people and locks, and what is planned for them."""
