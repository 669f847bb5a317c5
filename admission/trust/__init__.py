"""Who wrote something, what it was made of, and whether that is still so."""
