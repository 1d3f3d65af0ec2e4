"""The search for better settings, and how models age."""
