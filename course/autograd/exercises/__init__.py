"""Exercises on autograd: write it, and `check` tells what is missing."""
