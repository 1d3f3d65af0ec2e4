"""Is the model good enough? Metrics, slices, fairness, behaviour, and the gate that decides."""
