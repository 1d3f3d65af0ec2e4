"""The running model: a service that answers from a bundle alone, takes up new ones, and keeps a log."""
