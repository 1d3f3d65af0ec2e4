"""Bring an existing repository under a template: look, guess version and answers, plan, then add what is missing."""
