"""An existing project brought to another version of its template: planned as a value, shown, or applied in one step."""
