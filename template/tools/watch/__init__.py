"""Jobs over the log of the running model."""
