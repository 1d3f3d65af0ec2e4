"""What helps at the desk: drafting the contract, and reports for people. A running model needs none of it."""
