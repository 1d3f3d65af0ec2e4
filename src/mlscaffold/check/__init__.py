"""The team's conventions, checked in milliseconds: a wing of its own, which imports nothing of the other floors.

Data flows one way: `command` (argv) -> `listing` (what git tracks) -> `memo` (has anything changed?) -> `settings` ->
`scan` (one file at a time, cached) -> `rules` (files first, then the repository) -> `ignores`, `baseline` -> `reports`.
"""
