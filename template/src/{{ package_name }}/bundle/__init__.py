"""A model as it leaves training: graph, manifest, contract; how it answers. Imports no training library."""
