"""From a table to a model that explains where it comes from: contract, ingest, train, evaluate, predict."""
