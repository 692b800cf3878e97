"""Mail to those who asked for it, in words that tell nothing. Knows nothing of what it is about."""
