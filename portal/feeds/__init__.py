"""Dates for the calendars that people have on their phones: by a secret address, or one meeting as a file."""
