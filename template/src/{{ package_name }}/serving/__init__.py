"""The running model: a service from the bundle alone, its log, and the jobs that watch it."""
