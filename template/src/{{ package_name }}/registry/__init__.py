"""Which model is what, since when, by whose hand: versions, lineage, deployments, the card."""
