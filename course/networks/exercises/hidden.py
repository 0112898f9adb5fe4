"""Exercises of the lesson `networks/hidden`: write it, and `check` tells what is missing."""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor
from torch.nn import functional as F  # noqa: N812, the name it has everywhere

from course.practice import Exercise, Mistake


def xor(x: Tensor) -> Tensor:
    """Return 1 for each row whose two inputs differ, else 0, by two ReLU units: shape `(n,)`.

    Args:
        x: Shape `(n, 2)`, each number 0 or 1.

    Examples:
        >>> xor(torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]))
        tensor([0., 1., 1., 0.])
    """
    total = x[:, 0] + x[:, 1]
    return torch.relu(total) - 2 * torch.relu(total - 1)


def _differ(x: Tensor) -> Tensor:
    return (x[:, 0] != x[:, 1]).to(x.dtype)


def _rows(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]),)
    yield (torch.randint(2, (9, 2), generator=generator).double(),)


xor_by_hand = Exercise(
    name="networks/xor_by_hand",
    title="XOR by hand",
    mark=1,
    prompt="""
In the lesson the sign of the output was right. Now find weights with which the output **is** 0 or
1. Write `xor(x)` with two units, each a `torch.relu` of a weighted sum, and a weighted sum of the
two.
""",
    solution=xor,
    reference=_differ,
    cases=_rows,
    example=("print(xor(torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])))"),
    hints=(
        "Let both units add the inputs up. The first needs no bias: it gives 0, 1, 1, 2.",
        "The second has only to be above 0 for the last row. How much of it do you take away?",
    ),
    mistakes=(
        Mistake(
            " - 2 * torch.relu(total - 1)",
            "",
            says="For (1, 1) that is 2: the second unit has to take that away.",
        ),
        Mistake(
            "- 2 * ",
            "- ",
            says="For (1, 1) the first unit gives 2 and the second 1: take more of it away.",
        ),
        Mistake(
            "torch.relu(total - 1)",
            "(total - 1)",
            says="Without a ReLU the second unit is −1 for (0, 0), and it is a linear model again.",
        ),
        Mistake(
            "torch.relu(total - 1)",
            "torch.relu(total)",
            says="Two units with the same bias are one unit: let the second begin later.",
        ),
    ),
)


def lowest_loss(y: Tensor, groups: Tensor) -> float:
    """Return the lowest mean cross-entropy of a model that gives the rows of a group one answer.

    Args:
        y: Answers, each 0 or 1, shape `(n,)`, floating-point.
        groups: The number of the group of each row, shape `(n,)`, int64.

    Examples:
        >>> lowest_loss(torch.tensor([0.0, 1.0, 1.0, 0.0]), torch.tensor([0, 1, 2, 2]))
        0.3465735912322998
    """
    total = 0.0
    for group in groups.unique():
        some = y[groups == group]
        p = some.mean()
        total += len(some) * float(-torch.xlogy(p, p) - torch.xlogy(1 - p, 1 - p))
    return total / len(y)


def _by_the_criterion(y: Tensor, groups: Tensor) -> float:
    """Return the mean loss of probabilities that are each group's share of yes."""
    alike = (groups.unsqueeze(1) == groups).double()
    shares = alike @ y.double() / alike.sum(dim=1)
    return float(F.binary_cross_entropy(shares, y.double()))


def _groups(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    xor_rows = torch.tensor([0.0, 1.0, 1.0, 0.0])
    for numbers in ([0, 1, 2, 2], [0, 0, 0, 1], [5, 5, 5, 5], [0, 1, 1, 0], [0, 1, 2, 3]):
        yield xor_rows, torch.tensor(numbers)
    yield (
        torch.randint(2, (30,), generator=generator).float(),
        torch.randint(4, (30,), generator=generator),
    )


alike = Exercise(
    name="networks/alike",
    title="The loss of rows that look alike",
    mark=2,
    prompt=r"""
A network that gives several rows the same answer has a lowest loss, and you have seen three. Write
`lowest_loss(y, groups)` for any answers and any groups of rows: the lowest mean cross-entropy, a
Python number. A group with one kind of answer costs nothing. Mind the logarithm of 0:
`torch.xlogy(p, p)` is $p \ln p$, and 0 for $p = 0$.
""",
    solution=lowest_loss,
    reference=_by_the_criterion,
    cases=_groups,
    example=("print(lowest_loss(torch.tensor([0.0, 1.0, 1.0, 0.0]), torch.tensor([0, 1, 2, 2])))"),
    hints=(
        "The best answer for a group is its share of yes.",
        "Add up the losses of all rows, then divide by the number of all rows.",
    ),
    mistakes=(
        Mistake(
            "len(some) * ",
            "",
            says="A group of three rows counts three times as much as one of a single row.",
        ),
        Mistake(
            "total / len(y)",
            "total",
            says="That is the sum over the rows: the loss is their mean.",
        ),
        Mistake(
            " - torch.xlogy(1 - p, 1 - p)",
            "",
            says="The rows whose answer is no cost something, too.",
        ),
        Mistake(
            "-torch.xlogy(p, p) - torch.xlogy(1 - p, 1 - p)",
            "-p * p.log() - (1 - p) * (1 - p).log()",
            says="0 times the logarithm of 0 is nan: use `torch.xlogy`.",
        ),
        Mistake(
            "some.mean()",
            "y.mean()",
            says="Each group has an answer of its own, its own share of yes.",
        ),
    ),
)


def parity(x: Tensor) -> Tensor:
    """Return 1 for each row with an odd number of ones, else 0, by one ReLU unit an input: `(n,)`.

    Args:
        x: Shape `(n, d)`, each number 0 or 1, `d` at least 1.

    Examples:
        >>> parity(torch.tensor([[1.0, 1.0, 1.0], [1.0, 0.0, 1.0]]))
        tensor([1., 0.])
    """
    total = x.sum(dim=1)
    output = torch.relu(total)
    for begin in range(1, x.shape[1]):
        output = output + 2 * (-1) ** begin * torch.relu(total - begin)
    return output


def _odd(x: Tensor) -> Tensor:
    return (x.long().sum(dim=1) % 2).to(x.dtype)


def _more_inputs(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([[1.0, 1.0, 1.0], [1.0, 0.0, 1.0]]),)
    for d in (1, 2, 5, 8):
        ones = torch.ones(d, d, dtype=torch.float64).tril()  # 1, 2, … d of them
        yield (torch.cat([torch.zeros(1, d, dtype=torch.float64), ones]),)
    yield (torch.randint(2, (9, 6), generator=generator).float(),)


parity_by_hand = Exercise(
    name="networks/parity_by_hand",
    title="More than two inputs",
    mark=3,
    prompt="""
With more inputs, XOR becomes *parity*: is the number of ones odd? Write `parity(x)` for inputs
`(n, d)`, with one hidden layer of `d` ReLU units, so that the output is 0 or 1. It has to go up and
down as the number of ones grows.
""",
    solution=parity,
    reference=_odd,
    cases=_more_inputs,
    example="print(parity(torch.tensor([[1.0, 1.0, 1.0], [1.0, 0.0, 1.0]])))",
    hints=(
        "Let all units add the inputs up, and begin one after another, at 0, 1, 2 and so on.",
        "The output needs slope 1, then −1, then 1 again. By how much does it change each time?",
    ),
    mistakes=(
        Mistake(
            "2 * (-1) ** begin * torch.relu(total - begin)",
            "(-1) ** begin * torch.relu(total - begin)",
            says="From slope 1 to slope −1 the change is 2: that is the weight of a unit.",
        ),
        Mistake(
            "2 * (-1) ** begin",
            "-2",
            says="After two ones the output has to rise again: the signs of the weights alternate.",
        ),
        Mistake(
            "range(1, x.shape[1])",
            "range(1, 2)",
            says="Two units are enough for two inputs: it takes one for each turn.",
        ),
        Mistake(
            "torch.relu(total - begin)",
            "torch.relu(total)",
            says="All units begin at the same place: give each a bias of its own.",
        ),
    ),
)
