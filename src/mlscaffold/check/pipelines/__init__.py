"""CI pipelines of all providers, read into one description."""
