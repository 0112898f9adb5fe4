"""Exercises that check what you wrote, and questions to answer before you look."""

from course.practice.exercise import Exercise, check
from course.practice.mistake import Mistake
from course.practice.question import Choice, Question

__all__ = ["Choice", "Exercise", "Mistake", "Question", "check"]
