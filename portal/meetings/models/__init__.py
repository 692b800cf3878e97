"""What meetings keep, one module per subject; each may use those below it: dates, plans, turns."""
