"""Meetings as the people of one table see them: opened, with names, in two clocks. One module per subject."""
