"""What is asked on the guide's pages, one module per subject."""
