"""Exercises of the lesson `networks/dropout`: write it, and `check` tells what is missing."""

import itertools
import math
from collections.abc import Iterator

import torch
from torch import Generator, Tensor, nn

from course.practice import Exercise, Mistake


def keep_some(x: Tensor, draws: Tensor, keep_prob: float) -> Tensor:
    """Return `x` with some numbers set to 0 and the kept ones larger, so that the mean stays.

    Args:
        x: Any shape.
        draws: The shape of `x`, each drawn between 0 and 1, all values equally likely.
        keep_prob: The probability with which a number is kept, above 0.

    Examples:
        >>> keep_some(torch.tensor([3.0, 1.0, 4.0]), torch.tensor([0.1, 0.9, 0.3]), 0.5)
        tensor([6., 0., 8.])
    """
    return torch.where(draws < keep_prob, x / keep_prob, 0)


def _one_after_another(x: Tensor, draws: Tensor, keep_prob: float) -> Tensor:
    pairs = zip(x.flatten().tolist(), draws.flatten().tolist(), strict=True)
    kept = [number / keep_prob if draw < keep_prob else 0.0 for number, draw in pairs]
    return torch.tensor(kept, dtype=x.dtype).view(x.shape)


def _layers_and_draws(generator: Generator) -> Iterator[tuple[Tensor, Tensor, float]]:
    yield torch.tensor([3.0, 1.0, 4.0]), torch.tensor([0.1, 0.9, 0.3]), 0.5
    for keep_prob in (0.2, 0.8, 1.0):
        x = torch.randn(3, 4, generator=generator)
        yield x, torch.rand(3, 4, generator=generator), keep_prob


keep_probability = Exercise(
    name="networks/keep_probability",
    title="The other probability",
    mark=1,
    prompt="""
Older programs ask for the probability to *keep* a number: `keep_prob=0.8` is `nn.Dropout(0.2)`.
Write `keep_some(x, draws, keep_prob)`: `draws` has a number between 0 and 1 for each element of
`x`, any of them equally likely, and a small one means “kept”. On average, `x` must come out.
""",
    solution=keep_some,
    reference=_one_after_another,
    cases=_layers_and_draws,
    example="x, draws = torch.tensor([3.0, 1.0, 4.0]), torch.tensor([0.1, 0.9, 0.3])\n"
    "print(keep_some(x, draws, keep_prob=0.5))",
    hints=(
        "With which probability is such a draw below 0.8?",
        "Something kept with the probability 0.8 has to be 1/0.8 times as large.",
    ),
    mistakes=(
        Mistake(
            "draws < keep_prob",
            "draws < 1 - keep_prob",
            says="A draw is below 1 - keep_prob with that probability: you keep what was to be "
            "dropped.",
        ),
        Mistake(
            "x / keep_prob",
            "x / (1 - keep_prob)",
            says="Divide by the probability with which a number is kept: that is keep_prob itself.",
        ),
        Mistake(
            "x / keep_prob",
            "x",
            says="On average less comes out than came in: what is kept has to be larger.",
        ),
        Mistake(
            "x / keep_prob",
            "x * keep_prob",
            says="What is kept has to become larger, not smaller: divide.",
        ),
    ),
)


def steps_until_half(lr: float, weight_decay: float) -> int:
    """Return after how many steps of AdamW a weight without a gradient is at most half as large.

    Args:
        lr: The learning rate.
        weight_decay: Such that `lr * weight_decay` is between 0 and 1.

    Examples:
        >>> steps_until_half(lr=0.1, weight_decay=1.0)
        7
    """
    left = 1 - lr * weight_decay
    return math.ceil(math.log(0.5) / math.log(left))


def _step_by_step(lr: float, weight_decay: float) -> int:
    weight = nn.Parameter(torch.ones(1, dtype=torch.float64))
    optimizer = torch.optim.AdamW([weight], lr=lr, weight_decay=weight_decay)
    steps = 0
    while weight.item() > 0.5:
        weight.grad = torch.zeros_like(weight)
        optimizer.step()
        steps += 1
    return steps


def _settings(generator: Generator) -> Iterator[tuple[float, float]]:
    yield 0.1, 1.0
    yield 0.003, 1.0
    yield 0.02, 0.3
    yield 0.6, 1.0


half_life = Exercise(
    name="networks/half_life",
    title="The half-life of a weight",
    mark=2,
    prompt=r"""
A weight that no gradient defends: each step of AdamW makes it
$w \leftarrow w - \text{lr} \cdot \text{decay} \cdot w$. Write
`steps_until_half(lr, weight_decay)`: after how many steps, an `int`, is it at most half of what it
was? In the lesson, with the rate 0.003 and the decay 1, is that more or fewer than the training
has?
""",
    solution=steps_until_half,
    reference=_step_by_step,
    cases=_settings,
    example="print(steps_until_half(lr=0.003, weight_decay=1.0))",
    hints=(
        "What part of the weight is left after one step? After two?",
        r"Solve $(1 - \text{lr} \cdot \text{decay})^t = \frac12$ for $t$, and round up.",
        "Or write it as a loop that counts.",
    ),
    mistakes=(
        Mistake(
            "math.ceil(",
            "math.floor(",
            says="After that many steps it is still above one half: round up.",
        ),
        Mistake(
            "left = 1 - lr * weight_decay",
            "left = 1 - weight_decay * lr / 2",
            says="That is half of the decay: AdamW takes lr · decay from the weight, with no 2 "
            "in it.",
        ),
        Mistake(
            "math.log(0.5) / math.log(left)",
            "0.5 / (1 - left)",
            says="A step takes a part of what is *left*, so the steps become smaller and smaller: "
            "powers, not multiples.",
        ),
        Mistake(
            "math.ceil(math.log(0.5) / math.log(left))",
            "math.log(0.5) / math.log(left)",
            says="Steps are whole: give an `int`, the first one at which half is reached.",
        ),
    ),
)


def dropped_variance(x: Tensor, weight: Tensor, p: float) -> Tensor:
    """Return by how much the sum of `weight * x` varies over the masks of dropout, a scalar.

    Args:
        x: What goes into dropout, shape `(d,)`.
        weight: What multiplies it behind dropout, shape `(d,)`.
        p: The probability with which each number is dropped, below 1.

    Examples:
        >>> dropped_variance(torch.tensor([3.0, 1.0]), torch.tensor([1.0, 2.0]), p=0.5)
        tensor(13.)
    """
    return p / (1 - p) * (weight * x).square().sum()


def _over_all_masks(x: Tensor, weight: Tensor, p: float) -> Tensor:
    sums, chances = [], []
    for bits in itertools.product([0, 1], repeat=len(x)):
        mask = torch.tensor(bits, dtype=x.dtype)
        sums.append((weight * x * mask / (1 - p)).sum())
        chances.append(math.prod(1 - p if bit else p for bit in bits))
    values, shares = torch.stack(sums), torch.tensor(chances, dtype=x.dtype)
    mean = (shares * values).sum()
    return (shares * (values - mean).square()).sum()


def _units(generator: Generator) -> Iterator[tuple[Tensor, Tensor, float]]:
    yield torch.tensor([3.0, 1.0]), torch.tensor([1.0, 2.0]), 0.5
    for d, p in ((1, 0.2), (4, 0.8), (5, 0.0)):
        x = torch.randn(d, generator=generator, dtype=torch.float64)
        yield x, torch.randn(d, generator=generator, dtype=torch.float64), p


dropped_sum = Exercise(
    name="networks/dropped_sum",
    title="How noisy is a sum with holes?",
    mark=3,
    prompt=r"""
On average dropout changes no sum. How far does it stray? Write `dropped_variance(x, weight, p)`:
the variance, over all masks, of $\sum_j w_j x_j$ with dropout on $x$. Then say why weights that
share the work are hurt less than one large weight that does it alone.
""",
    solution=dropped_variance,
    reference=_over_all_masks,
    cases=_units,
    example="x = torch.ones(4)\n"
    "alone, shared = torch.tensor([1.0, 0.0, 0.0, 0.0]), torch.full((4,), 0.25)\n"
    "print(dropped_variance(x, alone, p=0.5), dropped_variance(x, shared, p=0.5))",
    hints=(
        r"Take one unit. It gives $0$ with the probability $p$, else $w x / (1 - p)$. What is its "
        "mean, and the mean of its square?",
        "Units are dropped independently: the variances of the parts add up.",
        r"For one unit it is $\frac{p}{1 - p} (w x)^2$.",
    ),
    mistakes=(
        Mistake(
            "(weight * x).square().sum()",
            "(weight * x).sum().square()",
            says="Units are dropped independently of each other: add the squares, do not square "
            "the sum.",
        ),
        Mistake(
            "p / (1 - p) * ",
            "p * (1 - p) * ",
            says="That is the variance of the mask alone: what is kept is divided by 1 - p, the "
            "variance by its square.",
        ),
        Mistake(
            "p / (1 - p) * ",
            "1 / (1 - p) * ",
            says="That is the mean of the square: take the square of the mean away.",
        ),
        Mistake(
            "(weight * x).square().sum()",
            "(weight * x).square().mean()",
            says="The units are added, so their variances are, too: no mean over units.",
        ),
        Mistake(
            "p / (1 - p) * (weight * x).square().sum()",
            "(p / (1 - p) * (weight * x).square().sum()).sqrt()",
            says="That is the standard deviation: the exercise asks for its square.",
        ),
    ),
)
