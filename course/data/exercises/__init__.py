"""Exercises on data: one module for each lesson."""
