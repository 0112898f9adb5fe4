"""What is true of three sentences that notes repeat about networks."""

import copy
import math

import torch
from torch import Tensor, nn


@torch.no_grad()
def mode_matters(layer: nn.Module, x: Tensor) -> bool:
    """Return whether a layer answers otherwise in `eval` mode than in training.

    It is asked on a copy, and the state of torch's generator on the CPU is put back, so that
    nothing of the layer or of later draws changes.

    Args:
        layer: Any module; what it draws, it draws with the global generator of the CPU.
        x: Its input.

    Examples:
        >>> x = torch.randn(8, 3, generator=torch.Generator().manual_seed(0))
        >>> [mode_matters(each, x) for each in (nn.Linear(3, 3), nn.Dropout(), nn.LayerNorm(3))]
        [False, True, False]
    """
    layer = copy.deepcopy(layer)
    with torch.random.fork_rng(devices=[]):
        evaluated = layer.eval()(x)
        trained = layer.train()(x)
    return not torch.equal(evaluated, trained)


def double_softmax_floor(classes: int) -> float:
    r"""Return the least cross-entropy that probabilities can reach if they are taken for logits.

    The best of them is 1 for the true class and 0 for the others. Softmax makes
    $e / (e + k - 1)$ of that 1, and the loss is minus its logarithm, $\ln(1 + (k - 1) / e)$.

    Args:
        classes: How many there are, at least 2.

    Raises:
        ValueError: If there are fewer.

    Examples:
        >>> round(double_softmax_floor(10), 4)
        1.4612
    """
    if classes < 2:
        raise ValueError(f"classes is {classes}: give at least 2")
    return math.log1p((classes - 1) / math.e)


def shown_twice(n: int, processes: int) -> int:
    """Return how many rows a `DistributedSampler` shows again, so that all processes get as many.

    Args:
        n: How many rows there are, not fewer than processes.
        processes: Among which they are shared.

    Raises:
        ValueError: If a number is below 1, or if there are fewer rows than processes.

    Examples:
        >>> shown_twice(1797, 2), shown_twice(1797, 3), shown_twice(10, 4)
        (1, 0, 2)
    """
    if not 1 <= processes <= n:
        raise ValueError(f"{n} rows and {processes} processes: give at least one row to each")
    return -n % processes
