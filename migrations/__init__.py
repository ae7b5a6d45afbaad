"""Schema migrations: `python -m migrations upgrade`."""
