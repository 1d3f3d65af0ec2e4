"""A template's files as a file system shows them: symbolic links are followed, and none may lead out of it."""
