"""What is printed, one module a form."""
