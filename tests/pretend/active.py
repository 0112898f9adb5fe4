"""Importing this module switches the pretended device on, for this process."""

from tests.pretend.backend import switch_on

switch_on()
