"""The laws of the rings hold, whatever people do and in whatever order."""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.rings.laws import Laws

A_YEAR = settings(max_examples=25, stateful_step_count=30, suppress_health_check=list(HealthCheck), print_blob=False)


def test_the_laws_hold_in_any_order():
    run_state_machine_as_test(Laws, settings=A_YEAR)
