"""A real Home Assistant that end-to-end tests share."""
