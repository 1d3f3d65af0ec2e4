"""What rules look at: parsed files, and what is kept of them."""
