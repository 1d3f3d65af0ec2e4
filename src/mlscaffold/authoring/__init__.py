"""What a template's authors want to know before its users do: does it render, parse, repeat itself, and update."""
