"""Exercises on testing what notes say: one module for each lesson."""
