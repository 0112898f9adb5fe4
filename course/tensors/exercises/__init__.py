"""Exercises on tensors: one module for each lesson."""
