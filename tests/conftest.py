"""Settings of all tests."""

from hypothesis import settings

# The same examples on every run, and no test that fails because a machine is slow.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
