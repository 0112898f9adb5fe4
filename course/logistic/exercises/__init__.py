"""Exercises on classification: one module for each lesson."""
