"""What asks for retraining: new data in a store, and alerts."""
