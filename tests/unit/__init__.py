"""Pure functions, and the project itself: no Home Assistant is started."""
