"""Where a model comes from, where it runs, and whether it can be made again."""
