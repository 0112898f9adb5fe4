"""Exercises on linear regression: one module for each lesson."""
