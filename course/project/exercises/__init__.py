"""Exercises on the final project: one module for each lesson."""
