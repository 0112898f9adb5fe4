"""Exercises of the lesson `logistic/likelihood`: write it, and `check` tells what is missing."""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor, nn

from course.practice import Exercise, Mistake


def nll_of_counts(ones: int, zeros: int, p: Tensor) -> Tensor:
    """Return the negative log-likelihood of so many ones and zeros, `(k,)`.

    Args:
        ones: How many outcomes were 1.
        zeros: How many were 0.
        p: The probabilities of a 1 to try, from 0 to 1, shape `(k,)`.

    Examples:
        >>> nll_of_counts(2, 0, torch.tensor([0.5, 1.0])).abs()
        tensor([1.3863, 0.0000])
    """
    total: Tensor = torch.special.xlogy(ones, p) + torch.special.xlogy(zeros, 1 - p)
    return -total


def _outcome_by_outcome(ones: int, zeros: int, p: Tensor) -> Tensor:
    total = torch.zeros_like(p)
    for _ in range(ones):
        total = total - p.log()
    for _ in range(zeros):
        total = total - (1 - p).log()
    return total


def _counts(generator: Generator) -> Iterator[tuple[int, int, Tensor]]:
    yield 7, 3, torch.tensor([0.2, 0.7, 0.9])
    yield 700, 300, torch.tensor([0.2, 0.7])
    yield 4, 2, 0.05 + 0.9 * torch.rand(5, generator=generator, dtype=torch.float64)
    yield 3, 0, torch.tensor([0.5, 1.0])
    yield 0, 2, torch.tensor([0.0, 0.5])


counted = Exercise(
    name="logistic/counted",
    title="Only the counts count",
    mark=1,
    prompt="""
The order of the outcomes does not matter: the likelihood of 7 ones and 3 zeros is $p^7 (1 - p)^3$.
Write `nll_of_counts(ones, zeros, p)`, the negative log-likelihood for each of the probabilities in
`p`. For three ones and no zero, $p = 1$ explains all, and its cost is 0.
""",
    solution=nll_of_counts,
    reference=_outcome_by_outcome,
    cases=_counts,
    example="print(nll_of_counts(7, 3, torch.tensor([0.5, 0.7, 0.9])))",
    hints=(
        "A power becomes a factor: $\\ln p^7 = 7 \\ln p$.",
        "`0 * log(0)` is `nan` on a computer. `torch.special.xlogy(a, b)` is `a * log(b)`, and 0 "
        "where `a` is 0.",
    ),
    mistakes=(
        Mistake(
            "torch.special.xlogy(ones, p) + torch.special.xlogy(zeros, 1 - p)",
            "ones * p.log() + zeros * (1 - p).log()",
            says="Where a count is 0 and its logarithm infinite, you get nan: see "
            "torch.special.xlogy.",
        ),
        Mistake("-total", "total", says="That is the log-likelihood: the cost is minus that."),
        Mistake(
            " + torch.special.xlogy(zeros, 1 - p)",
            "",
            says="The zeros are outcomes, too: each had the probability 1 - p.",
        ),
        Mistake(
            "-total",
            "-total / (ones + zeros)",
            says="That is the mean of all outcomes: here the sum is asked for.",
        ),
        Mistake(
            "torch.special.xlogy(ones, p) + torch.special.xlogy(zeros, 1 - p)",
            "(p**ones * (1 - p) ** zeros).log()",
            says="For a thousand outcomes the product is 0 in float32: take the logarithms first.",
        ),
    ),
)


def gradient_of_all(x: Tensor, y: Tensor, weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """Return the derivatives of the cross-entropy by the weights, `(d,)`, and the bias, `()`.

    Args:
        x: Shape `(n, d)`.
        y: Each 0 or 1, shape `(n,)`.
        weight: Shape `(d,)`.
        bias: One number.

    Examples:
        >>> x, y = torch.tensor([[-1.0, 0.0], [3.0, 2.0]]), torch.tensor([0.0, 1.0])
        >>> gradient_of_all(x, y, torch.zeros(2), torch.tensor(0.0))
        (tensor([-1.0000, -0.5000]), tensor(0.))
    """
    errors = torch.sigmoid(x @ weight + bias) - y
    return errors @ x / len(x), errors.mean()


def _by_autograd(x: Tensor, y: Tensor, weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    leaves = weight.detach().clone().requires_grad_(), bias.detach().clone().requires_grad_()
    logits = x @ leaves[0] + leaves[1]
    loss = nn.functional.binary_cross_entropy_with_logits(logits, y)
    by_weight, by_bias = torch.autograd.grad(loss, leaves)
    return by_weight, by_bias


def _tables(generator: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor]]:
    for n, d, dtype in ((2, 2, torch.float32), (7, 3, torch.float64), (1, 1, torch.float64)):
        x = torch.randn(n, d, generator=generator, dtype=dtype)
        y = (torch.rand(n, generator=generator) < 0.5).to(dtype)
        weight = torch.randn(d, generator=generator, dtype=dtype)
        yield x, y, weight, torch.tensor(0.5, dtype=dtype)


all_weights = Exercise(
    name="logistic/all_weights",
    title="The gradient for many inputs",
    mark=2,
    prompt="""
With several inputs, every weight has a derivative of the same form: residual times *its* input.
Write `gradient_of_all(x, y, weight, bias)`, which returns those by all weights as one tensor, and
that by the bias, without a loop.
""",
    solution=gradient_of_all,
    reference=_by_autograd,
    cases=_tables,
    example="""
x, y = torch.tensor([[-1.0, 0.0], [3.0, 2.0]]), torch.tensor([0.0, 1.0])
print(gradient_of_all(x, y, torch.zeros(2), torch.tensor(0.0)))
""",
    hints=(
        "The logits of all rows are `x @ weight + bias`.",
        "A sum of residuals times rows is a product, too: `errors @ x`.",
    ),
    mistakes=(
        Mistake(
            "torch.sigmoid(x @ weight + bias) - y",
            "y - torch.sigmoid(x @ weight + bias)",
            says="The sign is the wrong one: it is the probability minus the outcome.",
        ),
        Mistake(
            " / len(x), errors.mean()",
            ", errors.sum()",
            says="The cross-entropy is a mean: divide by the number of rows.",
        ),
        Mistake(
            "torch.sigmoid",
            "",
            says="Compare the outcomes with probabilities: the sigmoid is missing.",
        ),
        Mistake(
            "errors = torch.sigmoid(x @ weight + bias) - y\n",
            "p = torch.sigmoid(x @ weight + bias)\nerrors = 2 * (p - y) * p * (1 - p)\n",
            says="That is the gradient of the squared error. In that of the cross-entropy, the "
            "derivative of the sigmoid cancels.",
        ),
    ),
)


def has_maximum(x: Tensor, y: Tensor) -> bool:
    """Return whether the likelihood of a logistic regression with one input has a maximum.

    Args:
        x: Not all equal, shape `(n,)`.
        y: Each 0 or 1, both of them there or only one, shape `(n,)`.

    Examples:
        >>> x = torch.tensor([1.0, 2.0, 3.0, 4.0])
        >>> has_maximum(x, torch.tensor([0, 1, 0, 1])), has_maximum(x, torch.tensor([0, 0, 1, 1]))
        (True, False)
    """
    zeros, ones = x[y == 0], x[y == 1]
    if len(zeros) == 0 or len(ones) == 0:
        return False
    return bool(zeros.max() > ones.min() and ones.max() > zeros.min())


def _by_pairs(x: Tensor, y: Tensor) -> bool:
    differences = x[y == 1].unsqueeze(1) - x[y == 0]
    return bool((differences < 0).any() and (differences > 0).any())


def _strips(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    x = torch.tensor([4.0, 1.0, 3.0, 2.0])
    yield x, torch.tensor([1, 0, 0, 1])
    yield x, torch.tensor([1, 0, 1, 0])
    yield x, torch.tensor([0, 1, 0, 1])  # separable, falling
    yield x, torch.tensor([0, 1, 0, 0])  # a single one, within
    yield x, torch.tensor([1, 0, 1, 1])  # a single one, at the end
    yield x, torch.tensor([1, 1, 1, 1])
    yield x, torch.tensor([0, 0, 0, 0])
    yield torch.tensor([1.0, 2.0, 2.0, 3.0]), torch.tensor([0, 0, 1, 1])
    yield torch.tensor([1.0, 2.0, 2.0, 3.0]), torch.tensor([1, 1, 0, 0])
    for n in (5, 9):
        outcomes = (torch.rand(n, generator=generator) < 0.5).long()
        yield torch.randn(n, generator=generator), outcomes


no_maximum = Exercise(
    name="logistic/no_maximum",
    title="Is there a best weight?",
    mark=3,
    prompt="""
Write `has_maximum(x, y)` for one input: `True` if the likelihood of $\\sigma(wx + b)$ has a
maximum, `False` if a parameter would grow for ever. A threshold may part the classes in either
direction, also one at which both classes have a point. A table with one class has no maximum. (Not
all $x$ are equal.)
""",
    solution=has_maximum,
    reference=_by_pairs,
    cases=_strips,
    example="""
x = torch.tensor([1.0, 2.0, 3.0, 4.0])
print(has_maximum(x, torch.tensor([0, 1, 0, 1])), has_maximum(x, torch.tensor([0, 0, 1, 1])))
""",
    hints=(
        "There is a maximum if the classes overlap: a 0 lies above some 1, and a 1 above some 0.",
        "`x[y == 0].max()` is the largest of the zeros. Is there one?",
    ),
    mistakes=(
        Mistake(
            " and ones.max() > zeros.min()",
            "",
            says="The classes may be parted the other way round: 1 below, 0 above.",
        ),
        Mistake(
            "zeros.max() >",
            "zeros.max() >=",
            "ones.max() >",
            "ones.max() >=",
            says="Where both classes meet in one point only, a steeper curve through it is better.",
        ),
        Mistake(
            "if len(zeros) == 0 or len(ones) == 0:\n    return False\n",
            "",
            says="With one class only, the other has no largest input.",
        ),
        Mistake(
            "return False",
            "return True",
            "bool(",
            "not (",
            says="The other way round: no overlap, no maximum.",
        ),
    ),
)
