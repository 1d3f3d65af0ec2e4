"""Doors through which other tools ask."""
