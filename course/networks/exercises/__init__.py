"""Exercises on neural networks: one module for each lesson."""
