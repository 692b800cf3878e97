"""What is asked about meetings, one module per subject."""
