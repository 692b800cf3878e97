"""A throw-away portal with an invented neighborhood, to look around in."""
