"""A new project: planned as a value first, then made beside its place and moved there in one step."""
