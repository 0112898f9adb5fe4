"""Sentences of course notes, put to the test."""
