"""Exercises of the lesson `notes/networks`: whose mode matters, and which rows come twice."""

from collections.abc import Iterator

import torch
from torch import Generator, nn
from torch.utils.data import DistributedSampler, TensorDataset

from course.notes.networks import shown_twice
from course.practice import Exercise, Mistake


def with_modes(model: nn.Module) -> list[str]:
    """Return the names of the parts of a model that answer otherwise in `eval` mode.

    Args:
        model: Of linear layers, activations, dropout, batch norm and layer norm.

    Examples:
        >>> with_modes(nn.Sequential(nn.Linear(2, 2), nn.Dropout(), nn.LayerNorm(2)))
        ['1']
    """
    return [
        name
        for name, part in model.named_modules()
        if isinstance(part, nn.Dropout | nn.BatchNorm1d)
    ]


def _by_source(model: nn.Module) -> list[str]:
    modes = {"Dropout", "BatchNorm1d"}
    return [name for name, part in model.named_modules() if type(part).__name__ in modes]


def _models(generator: Generator) -> Iterator[tuple[nn.Module]]:
    yield (nn.Sequential(nn.Linear(2, 2), nn.Dropout(), nn.LayerNorm(2)),)
    yield (nn.Sequential(nn.Linear(2, 2), nn.ReLU()),)
    yield (nn.Dropout(),)  # a model that is itself such a part: its name is empty
    yield (nn.Sequential(nn.Linear(2, 1), nn.Dropout()),)
    inner = nn.Sequential(nn.BatchNorm1d(2), nn.Tanh(), nn.Dropout(0.1))
    yield (nn.Sequential(inner, nn.LayerNorm(2), nn.Linear(2, 1)),)


have_modes = Exercise(
    name="notes/have_modes",
    title="Whose mode matters?",
    mark=2,
    prompt="""
Write `with_modes(model)`: the names, in the order of `model.named_modules()`, of those parts for
which `eval()` changes the answer. The models are made of linear layers, activations, `nn.Dropout`,
`nn.BatchNorm1d` and `nn.LayerNorm`, also of one `nn.Sequential` in another. Find out first for
which of these it does.
""",
    solution=with_modes,
    reference=_by_source,
    cases=_models,
    example="print(with_modes(nn.Sequential(nn.Linear(2, 2), nn.Dropout(), nn.LayerNorm(2))))",
    hints=(
        "`isinstance(part, nn.Dropout | nn.BatchNorm1d)` asks for either.",
        "Layer norm looks at one row alone: what would it do otherwise?",
    ),
    mistakes=(
        Mistake(
            "nn.Dropout | nn.BatchNorm1d",
            "nn.Dropout | nn.BatchNorm1d | nn.LayerNorm",
            says="Layer norm needs no other row, so it keeps no statistics and has no mode.",
        ),
        Mistake(
            "nn.Dropout | nn.BatchNorm1d",
            "nn.Dropout",
            says="Batch norm, too: in training it takes the statistics of the batch.",
        ),
        Mistake(
            "named_modules()",
            "named_children()",
            says="A part may have parts: `named_modules()` goes down to the last.",
        ),
    ),
)


def _by_sampling(n: int, processes: int) -> int:
    if not 1 <= processes <= n:
        raise ValueError
    rows = TensorDataset(torch.arange(n))
    shares: list[list[int]] = [
        list(DistributedSampler(rows, num_replicas=processes, rank=rank))
        for rank in range(processes)
    ]
    counts = torch.bincount(torch.tensor(shares).flatten(), minlength=n)
    return int((counts - 1).sum())


def _shares(generator: Generator) -> Iterator[tuple[int, int]]:
    yield from [(1797, 2), (1797, 3), (10, 4), (4, 4), (1, 1), (3, 4), (4, 0), (0, 0)]
    yield int(torch.randint(50, 90, (), generator=generator)), 7


repeated = Exercise(
    name="notes/repeated",
    title="Which rows come twice?",
    mark=1,
    prompt="""
A `DistributedSampler` gives each process as many rows, and repeats some if they do not come out
even. Write `shown_twice(n, processes)`: how many it repeats. Raise a `ValueError` if a process
would get none, or if there is no process.
""",
    solution=shown_twice,
    reference=_by_sampling,
    cases=_shares,
    example="print(shown_twice(1797, 2), shown_twice(10, 4))",
    hints=(
        "Each process gets $\\lceil n / p \\rceil$ rows. How many are that together?",
        "`-n % p` is what is missing to the next multiple of `p`.",
    ),
    mistakes=(
        Mistake(
            "-n % processes",
            "n % processes",
            says="That is what is left over; what is missing to the next full round is repeated.",
        ),
        Mistake(
            "not 1 <= processes <= n",
            "processes < 1",
            says="With more processes than rows, some would get none.",
        ),
    ),
)
