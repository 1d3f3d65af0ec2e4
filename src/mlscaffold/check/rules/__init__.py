"""All rules of ours: a folder a family, a module a rule."""
