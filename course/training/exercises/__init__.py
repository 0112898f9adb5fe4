"""Exercises on training: one module for each lesson."""
