"""`python -m portal` does what `portal` does."""

from portal.commands import main

main(prog_name="portal")
