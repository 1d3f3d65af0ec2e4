"""Which version is what, since when, by whose hand, and why."""
