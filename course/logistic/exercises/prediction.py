"""Exercises of the lesson `logistic/prediction`: write it, and `check` tells what is missing."""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor

from course.practice import Exercise, Mistake


def curve_through(x: Tensor, p: Tensor) -> tuple[Tensor, Tensor]:
    """Return weight and bias of the sigmoid through two points, two scalars.

    Args:
        x: Two different inputs, shape `(2,)`.
        p: The probability at each, between 0 and 1, shape `(2,)`.

    Examples:
        >>> curve_through(torch.tensor([4.0, 6.0]), torch.tensor([0.5, 0.5]))
        (tensor(0.), tensor(0.))
    """
    z = (p / (1 - p)).log()
    weight = (z[1] - z[0]) / (x[1] - x[0])
    return weight, z[0] - weight * x[0]


def _solved(x: Tensor, p: Tensor) -> tuple[Tensor, Tensor]:
    columns = torch.stack([x, torch.ones_like(x)], dim=1)
    weight, bias = torch.linalg.solve(columns, torch.logit(p))
    return weight, bias


def _two_points(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([4.0, 5.0]), torch.tensor([0.5, 0.8])
    yield torch.tensor([2.0, -1.0]), torch.tensor([0.1, 0.9])  # falling, larger input first
    x = torch.tensor([-0.5, 4.0], dtype=torch.float64)
    yield x, 0.1 + 0.8 * torch.rand(2, generator=generator, dtype=torch.float64)


two_sentences = Exercise(
    name="logistic/two_sentences",
    title="The curve through two probabilities",
    mark=2,
    prompt="""
Two sentences fixed the two parameters above. Write `curve_through(x, p)`, which returns weight and
bias for any two inputs and the probabilities there: "at 3 kg one in ten, at 6 kg nine in ten".
""",
    solution=curve_through,
    reference=_solved,
    cases=_two_points,
    example="print(curve_through(torch.tensor([3.0, 6.0]), torch.tensor([0.1, 0.9])))",
    hints=(
        "The line does not go through the probabilities. Through what does it go?",
        "Turn both probabilities into log-odds; then it is the line through two points.",
    ),
    mistakes=(
        Mistake(
            "(p / (1 - p)).log()",
            "p",
            says="That is the line through the probabilities: the line gives log-odds.",
        ),
        Mistake(".log()", "", says="The line gives the *logarithm* of the odds: take log."),
        Mistake(
            "p / (1 - p)",
            "(1 - p) / p",
            says="Those are the odds against: p stands above, 1 - p below.",
        ),
        Mistake(
            " / (1 - p)",
            "",
            says="Odds compare both outcomes: divide by 1 - p before you take the logarithm.",
        ),
    ),
)


def slope_of(p: Tensor, weight: Tensor) -> Tensor:
    """Return how fast the probability grows with the input, where it is `p`.

    Args:
        p: Probabilities that a logistic regression gives, shape `(n,)`.
        weight: Its weight, one number.

    Examples:
        >>> slope_of(torch.tensor([0.5, 1.0]), torch.tensor(2.0))
        tensor([0.5000, 0.0000])
    """
    return weight * p * (1 - p)


def _by_autograd(p: Tensor, weight: Tensor) -> Tensor:
    x = (torch.logit(p) / weight).detach().requires_grad_()
    slopes: Tensor
    (slopes,) = torch.autograd.grad(torch.sigmoid(weight * x).sum(), x)
    return slopes


def _probabilities(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([0.5, 0.1, 0.9]), torch.tensor(2.0)
    p = 0.01 + 0.98 * torch.rand(6, generator=generator, dtype=torch.float64)
    yield p, torch.tensor(-1.5, dtype=torch.float64)


one_kg_more = Exercise(
    name="logistic/one_kg_more",
    title="How much one kg adds",
    mark=1,
    prompt="""
"One kg more adds so much to the probability" is true only near one place. Write
`slope_of(p, weight)`: the derivative of $\\sigma(wx + b)$ by $x$ where the probability is $p$. You
get neither $x$ nor $b$, and you do not need them.
""",
    solution=slope_of,
    reference=_by_autograd,
    cases=_probabilities,
    example="print(slope_of(torch.tensor([0.01, 0.5, 0.99]), torch.tensor(2.0)))",
    hints=(
        "The derivative of the sigmoid by the logit needs only the value of the sigmoid.",
        "The chain rule: the logit grows by $w$ when $x$ grows by 1.",
    ),
    mistakes=(
        Mistake(
            "weight * ",
            "",
            says="That is the slope by the logit: multiply by how fast the logit grows.",
        ),
        Mistake(
            "return weight * p * (1 - p)\n",
            "p = torch.sigmoid(p)\nreturn weight * p * (1 - p)\n",
            says="p has been through the sigmoid already: do not apply it again.",
        ),
        Mistake(
            "weight * p * (1 - p)",
            "(weight / 4).expand_as(p)",
            says="A quarter of the weight is the slope at p = 0.5 alone.",
        ),
        Mistake(
            "weight * p * (1 - p)",
            "weight.expand_as(p)",
            says="That is how fast the *logit* grows: the sigmoid comes after it.",
        ),
    ),
)


def warned(logits: Tensor, threshold: float) -> Tensor:
    """Return 1 for each strip whose probability to break is at least the threshold, else 0, `(n,)`.

    Args:
        logits: Shape `(n,)`.
        threshold: A probability, between 0 and 1.

    Examples:
        >>> warned(torch.tensor([-4.0, -2.0, 2.0]), threshold=0.05)
        tensor([0, 1, 1])
    """
    return (torch.sigmoid(logits) >= threshold).long()


def _warned_late(logits: Tensor, threshold: float) -> Tensor:
    """Return 1 for each strip that is at least as likely to break as the threshold says."""
    return (logits >= threshold).long()


def _by_logits(logits: Tensor, threshold: float) -> Tensor:
    border = torch.logit(torch.tensor(threshold, dtype=logits.dtype))
    return torch.where(logits < border, 0, 1)


def _strips(generator: Generator) -> Iterator[tuple[Tensor, float]]:
    yield torch.tensor([-4.0, -2.0, 0.01, 2.0]), 0.05
    yield torch.tensor([-1.0, 0.0, 0.3, 0.7]), 0.5
    yield 4 * torch.randn(30, generator=generator, dtype=torch.float64), 0.9


late = Exercise(
    name="logistic/late",
    title="A warning that comes too late",
    mark=1,
    prompt="""
Who stands under the mass is to be warned as soon as the probability to break is 1 in 20. The
function below raises no error, and warns far too late. At which probability does it warn? Repair
it.
""",
    solution=warned,
    starter=_warned_late,
    reference=_by_logits,
    cases=_strips,
    example="print(warned(torch.tensor([-4.0, -2.0, 2.0]), threshold=0.05))",
    hints=(
        "What does it compare with what? Both are called the output of the model.",
        "A logit of 0.05 is a probability a little above one half.",
    ),
    mistakes=(
        Mistake(
            "torch.sigmoid(logits)",
            "logits",
            says="It still compares a logit with a probability: a logit of 0.05 is a probability "
            "of a little over one half.",
        ),
        Mistake(
            "torch.sigmoid(logits)",
            "torch.sigmoid(torch.sigmoid(logits))",
            says="A second sigmoid puts every value above one half.",
        ),
        Mistake(
            ">=",
            ">",
            says="At the threshold itself it is to warn, too.",
        ),
    ),
)


def boundary_at(x0: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Return the second input at which the probability is one half, for each first input, `(n,)`.

    Args:
        x0: First inputs, shape `(n,)`.
        weight: The weights of both inputs, shape `(2,)`; the second is not 0.
        bias: One number.

    Examples:
        >>> boundary_at(torch.tensor([0.0, 2.0]), torch.tensor([1.0, -0.5]), torch.tensor(1.0))
        tensor([2., 6.])
    """
    return -(weight[0] * x0 + bias) / weight[1]


def _intercepts(x0: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    crossing = -bias / weight[1]
    return crossing + x0 * (-weight[0] / weight[1])


def _planes(generator: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    yield torch.tensor([0.0, 2.0]), torch.tensor([1.0, -0.5]), torch.tensor(1.0)
    for n in (1, 5):
        x0, weight = torch.randn(n, generator=generator), torch.randn(2, generator=generator)
        yield x0, weight, torch.tensor(-1.5)


half_line = Exercise(
    name="logistic/half_line",
    title="Draw the boundary yourself",
    mark=2,
    prompt="""
To draw the decision boundary you need no grid of probabilities. Write
`boundary_at(x0, weight, bias)`: for each first input, the second input at which the model gives one
half.
""",
    solution=boundary_at,
    reference=_intercepts,
    cases=_planes,
    example="""
weight, bias = torch.tensor([1.5, -0.6]), torch.tensor(0.0)
print(boundary_at(torch.tensor([2.0, 4.0]), weight, bias))
""",
    hints=(
        "Where the probability is one half, the logit is 0.",
        "Solve $w_0 x_0 + w_1 x_1 + b = 0$ for $x_1$.",
    ),
    mistakes=(
        Mistake(" + bias", "", says="The bias moves the boundary, too."),
        Mistake(
            "-(weight",
            "(weight",
            says="Bringing the other terms to the other side changes their sign.",
        ),
        Mistake(
            "-(weight[0] * x0 + bias)",
            "(0.5 - weight[0] * x0 - bias)",
            says="The *probability* is one half there; the logit of one half is 0.",
        ),
        Mistake(
            "-(weight[0] * x0 + bias) / weight[1]",
            "-(weight[1] * x0 + bias) / weight[0]",
            says="Divide by the weight of the input that you solve for.",
        ),
    ),
)
