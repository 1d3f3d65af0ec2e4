"""A repository made from a template: its answers, its lock, its version, its git state."""
