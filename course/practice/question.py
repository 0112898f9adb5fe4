"""Questions to answer before you look."""

from dataclasses import dataclass

from course.practice.boxes import boxed, folded


@dataclass(frozen=True)
class Choice:
    """One possible answer.

    Args:
        text: The answer, as Markdown.
        holds: Whether it is right, computed by the code around the question.
        why: What makes it right, or what whoever chooses it may have confused; Markdown.
    """

    text: str
    holds: bool
    why: str


class Question:
    """A question whose answers open one by one; in a page or a notebook it shows itself.

    Args:
        text: The question, as Markdown.
        choices: Of which one holds.

    Raises:
        ValueError: If there are fewer than two choices, or if not exactly one of them holds.

    Examples:
        >>> two = Question(
        ...     "What is $1 + 1$?",
        ...     Choice("2", 1 + 1 == 2, "Count."),
        ...     Choice("11", 1 + 1 == 11, "That is `'1' + '1'`: strings are put together."),
        ... )
        >>> two
        What is $1 + 1$?
          · 2
          · 11
    """

    def __init__(self, text: str, *choices: Choice) -> None:
        holding = [choice.text for choice in choices if choice.holds]
        if len(choices) < 2 or len(holding) != 1:
            raise ValueError(
                f"{text!r} has {len(choices)} choices, of which {len(holding)} hold {holding}: "
                "give two or more, of which exactly one holds"
            )
        self.text, self.choices = text, choices

    def __repr__(self) -> str:
        """Return the question and its choices as text."""
        return "\n  · ".join([self.text.strip(), *(choice.text for choice in self.choices)])

    def _repr_markdown_(self) -> str:
        """Return the question as Markdown; each choice opens by itself, without a script."""
        answers = map(_folded, self.choices)
        return boxed("question", "Before you look", "\n\n".join([self.text.strip(), *answers]))


def _folded(choice: Choice) -> str:
    kind, verdict = ("right", "✓ Yes.") if choice.holds else ("wrong", "✗ No.")
    return folded(f"choice {kind}", choice.text, f"**{verdict}** {choice.why}")
