"""From rows to a bundle: fitting, export, proof of parity, search, and the record of each run."""
