"""Rules; see `registry.FAMILIES`."""
