"""Exercises of the lesson `logistic/saturation`: write it, and `check` tells what is missing."""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor

from course.logistic.saturation import squared_error_slopes
from course.practice import Exercise, Mistake


def pull_ratio(p: Tensor) -> Tensor:
    """Return how many times harder the cross-entropy pulls than the squared error, `(n,)`.

    Args:
        p: The probability of yes that a model gives, between 0 and 1, shape `(n,)`.

    Examples:
        >>> pull_ratio(torch.tensor([0.5, 0.01]))
        tensor([ 2.0000, 50.5051])
    """
    return 1 / (2 * p * (1 - p))


def _by_autograd(p: Tensor) -> Tensor:
    logits = torch.logit(p).requires_grad_()
    yes = torch.ones_like(p)
    entropy = torch.nn.functional.binary_cross_entropy_with_logits(logits, yes, reduction="sum")
    square = (torch.sigmoid(logits) - yes).square().sum()
    ratio: Tensor = torch.autograd.grad(entropy, logits)[0] / torch.autograd.grad(square, logits)[0]
    return ratio


def _probabilities(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([0.5, 0.01, 0.9]),)
    yield (0.01 + 0.9 * torch.rand(6, generator=generator, dtype=torch.float64),)


ratio = Exercise(
    name="logistic/ratio",
    title="How many times harder",
    mark=2,
    prompt="""
Predict first: a model gives yes one half, and then one hundredth. How many times harder does the
cross-entropy pull at its logit than the squared error, each time? Then write `pull_ratio(p)`. You
do not get the answer of the row, yes or no. Why not?
""",
    solution=pull_ratio,
    reference=_by_autograd,
    cases=_probabilities,
    example="print(pull_ratio(torch.tensor([0.5, 0.1, 0.01, 0.001])))",
    hints=(
        "Divide one slope by the other. What do they have in common?",
        "Both contain $\\sigma(z) - y$, which cancels, and with it the answer.",
    ),
    mistakes=(
        Mistake(
            "1 / (2 * p * (1 - p))",
            "2 * p * (1 - p)",
            says="That is how many times *weaker* it pulls: turn it over.",
        ),
        Mistake("2 * ", "", says="The square brings a factor 2 into its slope."),
        Mistake(" * (1 - p)", "", says="The derivative of the sigmoid has two factors."),
    ),
)


def given_up(logits: Tensor, targets: Tensor, least: float) -> Tensor:
    """Return whether each row is wrong and yet hardly pulled by the squared error, `(n,)`.

    Args:
        logits: Shape `(n,)`.
        targets: Shape `(n,)`, each 0 or 1.
        least: A pull that is smaller than this in size is hardly one.

    Examples:
        >>> given_up(torch.tensor([-9.0, -1.0, 9.0]), torch.ones(3), least=0.01)
        tensor([ True, False, False])
    """
    wrong = (logits >= 0) != (targets == 1)
    return wrong & (squared_error_slopes(logits, targets).abs() < least)


def _given_up_if_small(logits: Tensor, targets: Tensor, least: float) -> Tensor:
    """Return whether each row is wrong and yet hardly pulled by the squared error, `(n,)`."""
    return squared_error_slopes(logits, targets).abs() < least


def _by_distance(logits: Tensor, targets: Tensor, least: float) -> Tensor:
    p = torch.sigmoid(logits)
    off = (p - targets).abs()  # above one half: wrong
    return ((off > 0.5) | ((off == 0.5) & (targets == 0))) & (2 * off * p * (1 - p) < least)


def _rows(generator: Generator) -> Iterator[tuple[Tensor, Tensor, float]]:
    yield torch.tensor([-9.0, -1.0, 9.0, 1.0]), torch.ones(4), 0.01
    yield torch.tensor([9.0, 1.0, -9.0, -1.0, 0.0]), torch.zeros(5), 0.01
    yield torch.tensor([0.0, 0.0, -0.5, -0.5, 0.5, 0.5]), torch.tensor([0.0, 1.0] * 3), 1.0
    yield torch.tensor([0.0, 2.0]), torch.tensor([0.0, 0.0]), 0.25  # the first pulls exactly so
    logits = 6 * torch.randn(12, generator=generator, dtype=torch.float64)
    yield logits, (torch.arange(12) % 2).double(), 0.05


lost = Exercise(
    name="logistic/lost",
    title="Find the rows that are given up",
    mark=2,
    prompt="""
After training with squared errors, somebody wants the rows that the loss has given up on: the model
is wrong about them, and they hardly pull. The function below is to find them, and finds far too
many. Which does it take for lost that are not? Repair it. (A logit of exactly 0 counts as a yes.)
""",
    solution=given_up,
    starter=_given_up_if_small,
    reference=_by_distance,
    cases=_rows,
    example="print(given_up(torch.tensor([-9.0, -1.0, 9.0]), torch.ones(3), least=0.01))",
    hints=(
        "At which *two* places is the slope of the squared error nearly zero?",
        "A row is wrong if the sign of its logit says the other answer. `&` joins two conditions.",
    ),
    mistakes=(
        Mistake(
            "wrong & ",
            "",
            says="Rows that the model is surely right about hardly pull, either: they are done, "
            "not lost.",
        ),
        Mistake(
            "wrong & (squared_error_slopes(logits, targets).abs() < least)",
            "wrong",
            says="Those are all wrong rows: some of them still pull.",
        ),
        Mistake(
            "wrong & (squared_error_slopes(logits, targets).abs() < least)",
            "wrong & (squared_error_slopes(logits, targets) < least)",
            says="A pull can be negative: compare its size.",
        ),
        Mistake(
            "logits >= 0",
            "logits >= 0.5",
            says="A logit is no probability: one half is the logit 0.",
        ),
    ),
)
