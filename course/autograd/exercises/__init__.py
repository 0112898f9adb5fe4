"""Exercises on autograd: one module for each lesson."""
