"""Exercises of the lesson `logistic/entropy`: write it, and `check` tells what is missing."""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor, nn

from course.logistic.entropy import losses_from_logits
from course.practice import Exercise, Mistake


def weighted_cross_entropy(logits: Tensor, targets: Tensor, pos_weight: float) -> Tensor:
    """Return the mean cross-entropy, each "yes" counting `pos_weight` times, a scalar.

    Args:
        logits: Shape `(n,)`.
        targets: Shape `(n,)`, each 0 or 1.
        pos_weight: How often the loss of a row counts whose target is 1.

    Examples:
        >>> weighted_cross_entropy(torch.zeros(2), torch.tensor([0.0, 1.0]), 3.0)
        tensor(1.3863)
    """
    weights = torch.where(targets == 1, pos_weight, 1.0)
    return (weights * losses_from_logits(logits, targets)).mean()


def _torchs_weights(logits: Tensor, targets: Tensor, pos_weight: float) -> Tensor:
    weight = torch.tensor(pos_weight, dtype=logits.dtype)
    return nn.functional.binary_cross_entropy_with_logits(logits, targets, pos_weight=weight)


def _rows_to_weigh(generator: Generator) -> Iterator[tuple[Tensor, Tensor, float]]:
    yield torch.zeros(2), torch.tensor([0.0, 1.0]), 3.0
    yield torch.tensor([-300.0, 2.0, 300.0]), torch.tensor([1.0, 0.0, 1.0]), 0.5
    logits = 3 * torch.randn(9, generator=generator, dtype=torch.float64)
    yield logits, (torch.arange(9) % 3 == 0).double(), 2.0


weighted = Exercise(
    name="logistic/weighted",
    title="A missed yes costs more",
    mark=2,
    prompt="""
Where yes is rare, or missing one is worse than a false alarm, each yes may count several times.
Write `weighted_cross_entropy(logits, targets, pos_weight)`: what
`nn.BCEWithLogitsLoss(pos_weight=…)` gives, the mean over the $n$ rows of their losses, with that of
a yes times `pos_weight`. (A weight above 1 makes the probabilities of yes too high. Another way
is to leave the loss alone and to move the threshold.)
""",
    solution=weighted_cross_entropy,
    reference=_torchs_weights,
    cases=_rows_to_weigh,
    example="""
print(weighted_cross_entropy(torch.zeros(2), torch.tensor([0.0, 1.0]), pos_weight=3.0))
""",
    hints=(
        "`losses_from_logits` gives the loss of each row. What is each to be multiplied by?",
        "`torch.where(targets == 1, pos_weight, 1.0)` gives each row its weight.",
    ),
    mistakes=(
        Mistake("weights * ", "", says="The weights are missing: every row counts once."),
        Mistake(
            "weights *",
            "pos_weight *",
            says="Only the losses of the rows whose target is 1 get the weight.",
        ),
        Mistake("targets == 1", "targets == 0", says="That weighs the rows whose target is 0."),
        Mistake(
            ".mean()",
            ".sum() / weights.sum()",
            says="That divides by the sum of the weights. PyTorch's loss divides by the number of "
            "rows.",
        ),
        Mistake(
            "losses_from_logits(logits, targets)",
            "-(targets * logits.sigmoid().log() + (1 - targets) * (1 - logits.sigmoid()).log())",
            says="For sure answers that is `nan` or `inf`: start from the loss by logits.",
        ),
    ),
)


def starting_bias(targets: Tensor) -> Tensor:
    """Return the logit of the share of "yes", a scalar: a bias to start from.

    Args:
        targets: Shape `(n,)`, each 0 or 1, both of them there.

    Examples:
        >>> starting_bias(torch.tensor([0.0, 0.0, 0.0, 1.0]))
        tensor(-1.0986)
    """
    share = targets.mean()
    return torch.log(share / (1 - share))


def _by_counts(targets: Tensor) -> Tensor:
    return torch.log(targets.sum()) - torch.log((1 - targets).sum())


def _answers(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([0.0, 0.0, 0.0, 1.0]),)
    yield (torch.tensor([1.0, 0.0], dtype=torch.float64),)
    order = torch.randperm(12, generator=generator)
    yield ((order < 9).double(),)


first_bias = Exercise(
    name="logistic/first_bias",
    title="A good start",
    mark=2,
    prompt="""
With all weights at zero, the bias $b$ is the logit of every row. Write `starting_bias(targets)`:
the bias with the lowest cross-entropy. Where is the mean of the slopes $\\sigma(b) - y_i$ zero?
""",
    solution=starting_bias,
    reference=_by_counts,
    cases=_answers,
    example="print(starting_bias(torch.tensor([0.0, 0.0, 0.0, 1.0])))",
    hints=(
        "The mean of the slopes is zero where $\\sigma(b)$ is the mean of the targets.",
        "Solve $\\sigma(b) = \\bar y$ for $b$: the probability of yes over that of no is $e^{b}$.",
    ),
    mistakes=(
        Mistake(
            "torch.log(share / (1 - share))",
            "share",
            says="That is the probability. Which logit has it?",
        ),
        Mistake(
            " / (1 - share)", "", says="Divide by the share of no before you take the logarithm."
        ),
        Mistake(
            "return torch",
            "return -torch",
            says="The sign is the wrong way round: rare yes, negative logit.",
        ),
        Mistake(
            "torch.log(share / (1 - share))",
            "torch.sigmoid(share)",
            says="The sigmoid leads from a logit to a probability; you need the way back.",
        ),
    ),
)
