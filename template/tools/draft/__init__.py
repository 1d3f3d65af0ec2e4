"""From a table that nobody has described yet to the draft of a contract, with a reason for each column."""
