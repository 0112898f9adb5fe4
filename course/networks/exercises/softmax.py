"""Exercises of the lesson `networks/softmax`: write it, and `check` tells what is missing."""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor
from torch.nn import functional as F  # noqa: N812, the name it has everywhere

from course.networks.softmax import one_hot, softmax
from course.practice import Exercise, Mistake


def log_sum_exp(logits: Tensor) -> Tensor:
    """Return the logarithm of the sum of the powers of e in each row, shape `(n,)`.

    Args:
        logits: Shape `(n, k)`.

    Examples:
        >>> log_sum_exp(torch.tensor([[0.0, 0.0], [1000.0, 0.0]]))
        tensor([6.9315e-01, 1.0000e+03])
    """
    largest = logits.max(dim=1).values
    return largest + (logits - largest.unsqueeze(1)).exp().sum(dim=1).log()


def _of_torch(logits: Tensor) -> Tensor:
    return torch.logsumexp(logits, dim=1)


def _rows_of_all_sizes(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([[0.0, 0.0], [1000.0, 0.0]]),)
    yield (torch.tensor([[-2000.0, -2001.0, -1999.0]], dtype=torch.float64),)
    yield (torch.randn(4, 5, generator=generator, dtype=torch.float64),)


log_sum = Exercise(
    name="networks/log_sum",
    title="The logarithm of a sum of powers",
    mark=1,
    prompt=r"""
The loss of a row is $\ln \sum_j e^{z_j} - z_y$, and only its first part can overflow. Write
`log_sum_exp(logits)`: $\ln \sum_j e^{z_j}$ for each row, shape `(n,)`, right for logits of any
size.
""",
    solution=log_sum_exp,
    reference=_of_torch,
    cases=_rows_of_all_sizes,
    example="print(log_sum_exp(torch.tensor([[0.0, 0.0], [1000.0, 0.0]])))",
    hints=(
        r"What does the sum become if you take the largest logit $m$ of the row out of each power?",
        r"$\ln \sum_j e^{z_j} = m + \ln \sum_j e^{z_j - m}$.",
    ),
    mistakes=(
        Mistake(
            "largest + (logits - largest.unsqueeze(1)).exp()",
            "logits.exp()",
            says="A power of e overflows: for a logit of 1,000 that is `inf`.",
        ),
        Mistake(
            "largest + (",
            "(",
            says="What was taken out of the sum has to come back: the largest logit is missing.",
        ),
        Mistake(
            "logits.max(dim=1).values",
            "logits.max()",
            "largest.unsqueeze(1)",
            "largest",
            says="Each row needs its own largest logit: far below another row's, its sum is 0.",
        ),
        Mistake(
            "sum(dim=1)",
            "mean(dim=1)",
            says="That is the mean of the powers: the formula has their sum.",
        ),
    ),
)


def weight_gradient(x: Tensor, logits: Tensor, labels: Tensor) -> Tensor:
    """Return the derivatives of the mean cross-entropy by the weights of a linear layer, `(k, d)`.

    Args:
        x: Inputs of the layer, shape `(n, d)`.
        logits: Its outputs, shape `(n, k)`.
        labels: Shape `(n,)`, int64.

    Examples:
        >>> weight_gradient(torch.tensor([[2.0]]), torch.zeros(1, 2), torch.tensor([1]))
        tensor([[ 1.],
                [-1.]])
    """
    surprise = softmax(logits) - one_hot(labels, logits.shape[1])
    return surprise.T @ x / len(x)


def _by_autograd(x: Tensor, logits: Tensor, labels: Tensor) -> Tensor:
    weight = torch.zeros(logits.shape[1], x.shape[1], dtype=x.dtype, requires_grad=True)
    F.cross_entropy(logits.detach() + x @ weight.T, labels).backward()
    assert weight.grad is not None
    return weight.grad


def _layers(generator: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    yield torch.tensor([[2.0]]), torch.zeros(1, 2), torch.tensor([1])
    for n, d, k in ((5, 3, 4), (3, 2, 3)):
        x = torch.randn(n, d, generator=generator)
        yield x, torch.randn(n, k, generator=generator), torch.randint(k, (n,), generator=generator)


layer_gradient = Exercise(
    name="networks/layer_gradient",
    title="Backwards through the layer",
    mark=2,
    prompt=r"""
The logits are $z = x W^\top + b$, and you know the derivatives of the loss by the logits. Write
`weight_gradient(x, logits, labels)`: those by the weights $W$, shape `(k, d)`, without autograd.
Use `softmax` and `one_hot` of this lesson.
""",
    solution=weight_gradient,
    reference=_by_autograd,
    cases=_layers,
    example="print(weight_gradient(torch.tensor([[2.0]]), torch.zeros(1, 2), torch.tensor([1])))",
    hints=(
        "The weight of class $k$ and input $j$ changes only $z_k$, by $x_j$ for each unit.",
        "So a row adds (p − one-hot)ₖ xⱼ. Which product of two tables sums that over the rows?",
    ),
    mistakes=(
        Mistake(" / len(x)", "", says="That is the gradient of the sum: the loss is the mean."),
        Mistake(
            "softmax(logits) - one_hot(labels, logits.shape[1])",
            "one_hot(labels, logits.shape[1]) - softmax(logits)",
            says="The sign is turned: this step would go uphill.",
        ),
        Mistake(
            "softmax(logits) - ",
            "logits - ",
            says="The difference is that of probabilities: put the logits through `softmax`.",
        ),
        Mistake(
            "surprise.T @ x",
            "(surprise.T @ x).T",
            says="The shape is (d, k): `nn.Linear` keeps its weights as (k, d).",
        ),
    ),
)


def surest_mistake(logits: Tensor, labels: Tensor) -> int:
    """Return the number of the row that is wrong with the largest probability.

    Args:
        logits: Shape `(n, k)`, at least one row of which is wrong.
        labels: Shape `(n,)`, int64.

    Examples:
        >>> surest_mistake(torch.tensor([[9.0, 8.0], [5.0, 1.0]]), torch.tensor([1, 1]))
        1
    """
    sure, classes = softmax(logits).max(dim=1)
    sure = torch.where(classes == labels, 0.0, sure)
    return int(sure.argmax())


def _one_by_one(logits: Tensor, labels: Tensor) -> int:
    found, highest = -1, 0.0
    for row, (values, label) in enumerate(zip(logits.double(), labels.tolist(), strict=True)):
        best = float(values.max())
        sure = 1 / float((values - best).exp().sum())
        if best > float(values[label]) and sure > highest:
            found, highest = row, sure
    return found


def _guesses(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([[9.0, 8.0], [5.0, 1.0]]), torch.tensor([1, 1])
    # The first row is right and surest of all, the second least sure of what is true.
    yield (
        torch.tensor([[9.0, 0.0, 0.0], [3.0, 3.5, -9.0], [4.0, 0.0, 3.0], [20.0, 20.5, 20.2]]),
        torch.tensor([0, 2, 1, 0]),
    )
    for _ in range(4):
        logits = 3 * torch.randn(30, 4, generator=generator)
        logits = logits + 10 * torch.randn(30, 1, generator=generator)
        yield logits, torch.randint(4, (30,), generator=generator)


surest = Exercise(
    name="networks/surest",
    title="The surest mistake",
    mark=2,
    prompt="""
Which row should you look at first? The one that the model got wrong and was surest of. Write
`surest_mistake(logits, labels)`: the number of that row, an `int`. Before you write: may you
compare the logits of two rows?
""",
    solution=surest_mistake,
    reference=_one_by_one,
    cases=_guesses,
    example="print(surest_mistake(torch.tensor([[9.0, 8.0], [5.0, 1.0]]), torch.tensor([1, 1])))",
    hints=(
        "What is added to all logits of a row changes nothing. So compare probabilities.",
        "`softmax(logits).max(dim=1)` gives how sure each row is, and of which class.",
        "A row that is right must not win: give it 0.",
    ),
    mistakes=(
        Mistake(
            "softmax(logits).max",
            "logits.max",
            "torch.where(classes == labels, 0.0, sure)",
            "torch.where(classes == labels, -torch.inf, sure)",
            says="A large logit need not be sure: all logits of the row may be large.",
        ),
        Mistake(
            "    sure = torch.where(classes == labels, 0.0, sure)\n",
            "",
            says="The surest row of all may well be right: leave those out.",
        ),
        Mistake(
            "classes == labels",
            "classes != labels",
            says="That is the surest row that is right.",
        ),
        Mistake(
            "sure.argmax()",
            "torch.where(sure == 0, 2, sure).argmin()",
            says="That is the mistake it was least sure of.",
        ),
        Mistake(
            "int(sure.argmax())",
            "int(classes[sure.argmax()])",
            says="That is the class it guessed: give the number of the row.",
        ),
    ),
)
