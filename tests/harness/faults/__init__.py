"""One fault on one lock while one slot is worked on, on any technology."""
