"""The whole workflow: split, scale, model, training loop, evaluation."""

from collections.abc import Iterable

import torch
from torch import Generator, Tensor, nn


def split_rows(
    n: int, test_fraction: float, generator: Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Return row numbers to train on `(n_train,)` and to test on `(n_test,)`.

    Args:
        n: Number of rows of the data.
        test_fraction: Part of the rows that is held out, between 0 and 1.
        generator: Draws the order. The same seed gives the same split.

    Raises:
        ValueError: If one of the two sets would be empty.

    Examples:
        >>> train, test = split_rows(10, 0.2)
        >>> len(train), len(test)
        (8, 2)
    """
    n_test = round(n * test_fraction)
    if not 0 < n_test < n:
        raise ValueError(
            f"test_fraction {test_fraction} of {n} rows gives {n_test} rows to "
            f"test on and {n - n_test} to train on: give each at least one"
        )
    order = torch.randperm(n, generator=generator, device="cpu")
    return order[n_test:], order[:n_test]


def column_statistics(x: Tensor) -> tuple[Tensor, Tensor]:
    """Return each column's mean `(d,)` and standard deviation `(d,)`, in its units.

    Compute them on the training set, and scale every set with them:
    `(x - mean) / std`. The standard deviation divides by `n`, as scikit-learn's
    `StandardScaler` does.

    Args:
        x: Shape `(n, d)`, one row per example.

    Raises:
        ValueError: If `x` is not two-dimensional, or if a column is constant,
            because scaling would divide by zero.

    Examples:
        >>> column_statistics(torch.tensor([[1.0, 0.0], [3.0, 4.0]]))
        (tensor([2., 2.]), tensor([1., 2.]))
    """
    if x.ndim != 2:
        raise ValueError(f"x has shape {tuple(x.shape)}: give it the shape (n, d)")
    constant = (x.amax(dim=0) == x.amin(dim=0)).nonzero().flatten().tolist()
    if constant:
        raise ValueError(f"columns {constant} hold a single value: drop them")
    return x.mean(dim=0), x.std(dim=0, correction=0)


class Classifier(nn.Module):
    """A network with one hidden layer that answers yes or no with a logit.

    Weights start as in He et al. (2015), "Delving Deep into Rectifiers",
    section 2.2, drawn from a uniform distribution of that variance; biases
    start at zero.

    Args:
        in_features: Number of inputs `d`.
        hidden_features: Number of hidden units.
        generator: Draws the weights. The same seed gives the same weights.

    Examples:
        >>> model = Classifier(in_features=30, hidden_features=16)
        >>> model(torch.zeros(5, 30)).shape
        torch.Size([5])
    """

    def __init__(
        self,
        in_features: int,
        hidden_features: int,
        generator: Generator | None = None,
    ) -> None:
        super().__init__()
        self.hidden = nn.Linear(in_features, hidden_features)
        self.output = nn.Linear(hidden_features, 1)
        for layer in (self.hidden, self.output):
            # nn.Linear drew from torch's global generator: draw from this one.
            nn.init.kaiming_uniform_(layer.weight, generator=generator)
            nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Return one logit per row, `(n,)`, for inputs of shape `(n, d)`."""
        logits: Tensor = self.output(torch.relu(self.hidden(x)))
        return logits.squeeze(-1)  # (n, 1) would broadcast against targets (n,)


def check_shapes(logits: Tensor, targets: Tensor) -> None:
    """Raise a `ValueError` unless both have the shape `(n,)`, `n` at least 1.

    Examples:
        >>> check_shapes(torch.zeros(4), torch.ones(4))
    """
    if targets.shape != logits.shape or targets.ndim != 1 or len(targets) == 0:
        shapes = f"{tuple(logits.shape)}, targets {tuple(targets.shape)}"
        raise ValueError(f"logits have shape {shapes}: give both (n,), n at least 1")


def train(
    model: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor]],
    criterion: nn.Module,
    optimizer: torch.optim.Optimizer,
    epochs: int,
) -> list[float]:
    """Return the mean loss of each epoch; every batch counts before its step.

    Args:
        model: Maps inputs `(n, d)` to logits `(n,)`.
        batches: Pairs of inputs `(n, d)` and targets `(n,)`, read every epoch.
        criterion: Takes logits and targets, returns their mean loss, a scalar.
        optimizer: Holds the parameters of `model`.
        epochs: Number of passes over `batches`.

    Raises:
        ValueError: If logits and targets are not both `(n,)`, because they
            could broadcast, or if an epoch has no batches.

    Examples:
        >>> batches = [(torch.tensor([[0.0], [1.0]]), torch.tensor([0.0, 1.0]))]
        >>> model = Classifier(1, 4, torch.Generator().manual_seed(0))
        >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
        >>> losses = train(model, batches, nn.BCEWithLogitsLoss(), optimizer, 50)
        >>> losses[-1] < losses[0]
        True
    """
    model.train()
    history = []
    for _ in range(epochs):
        total, rows = 0.0, 0
        for x, y in batches:
            optimizer.zero_grad()
            logits = model(x)
            check_shapes(logits, y)
            loss = criterion(logits, y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(y)  # the last batch may be shorter
            rows += len(y)
        if rows == 0:
            raise ValueError("no batches: give a list or DataLoader, not an iterator")
        history.append(total / rows)
    return history


@torch.no_grad()
def accuracy(model: nn.Module, x: Tensor, y: Tensor) -> float:
    """Return the fraction of rows that the model, in `eval` mode, gets right.

    Args:
        model: Maps inputs `(n, d)` to logits `(n,)`; 0 and more means class 1.
        x: Shape `(n, d)`.
        y: Shape `(n,)`, each 0 or 1.

    Raises:
        ValueError: If logits and targets are not both `(n,)`, because they
            would broadcast.

    Examples:
        >>> model = nn.Flatten(start_dim=0)  # its input is its logit
        >>> accuracy(model, torch.tensor([[3.0], [-1.0]]), torch.tensor([1, 1]))
        0.5
    """
    model.eval()
    logits = model(x)
    check_shapes(logits, y)
    right = (logits >= 0) == (y == 1)
    return int(right.sum()) / len(y)
