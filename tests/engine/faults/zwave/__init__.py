"""Every fault on the real Z-Wave stack: driver, server, integration, and all of ours."""
