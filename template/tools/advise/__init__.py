"""What the data is worth, whether the project will work, and where it stands: pages for people."""
