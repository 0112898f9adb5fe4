"""Batch norm and layer norm written out: who is standardised together with whom."""

import torch
from torch import Tensor, nn


class BatchNorm(nn.Module):
    """Standardise each column over the rows of its batch, as `nn.BatchNorm1d` for tables.

    While training, a column loses its mean over the batch and is divided by its standard deviation
    there; then come a weight and a bias, which are learned. Both statistics go into running ones,
    and those are used in `eval` mode, where a row no longer depends on its company. This is
    Algorithm 1 of Ioffe and Szegedy (2015). As in torch, the variance that divides has the sum of
    the squares divided by n, the one that is kept by n − 1.

    Args:
        num_features: The number `d` of columns.
        eps: Is added to the variance, so that none is 0.
        momentum: How much of a running statistic a batch replaces.

    Examples:
        >>> layer = BatchNorm(2)
        >>> layer(torch.tensor([[1.0, 20.0], [3.0, 60.0]]))
        tensor([[-1.0000, -1.0000],
                [ 1.0000,  1.0000]], grad_fn=<AddBackward0>)
        >>> layer.running_mean, layer.running_var
        (tensor([0.2000, 4.0000]), tensor([ 1.1000, 80.9000]))
    """

    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, x: Tensor) -> Tensor:
        """Return a table `(n, d)` for a table `(n, d)`.

        Raises:
            ValueError: If the shape is another one, or if there are fewer than two rows while
                training.
        """
        _check_columns(x, len(self.weight))
        if self.training:
            mean, variance = self._of_batch(x)
        else:
            mean, variance = self.running_mean, self.running_var
        return self.weight * (x - mean) / (variance + self.eps).sqrt() + self.bias

    def _of_batch(self, x: Tensor) -> tuple[Tensor, Tensor]:
        if len(x) < 2:
            raise ValueError(
                f"the batch has {len(x)} rows: a column needs two at least to have a spread; call "
                "eval() to predict, or leave out a last batch of one row (drop_last=True)"
            )
        with torch.no_grad():  # what is kept is no step of the computation
            self.running_mean.lerp_(x.mean(dim=0), self.momentum)
            self.running_var.lerp_(x.var(dim=0), self.momentum)
            self.num_batches_tracked += 1
        return x.mean(dim=0), x.var(dim=0, correction=0)


class LayerNorm(nn.Module):
    """Standardise each row over its columns, as `nn.LayerNorm` for tables.

    A row needs no company for that, so there is nothing to keep and no mode: training and `eval`
    are the same. See Ba et al. (2016).

    Args:
        num_features: The number `d` of columns.
        eps: Is added to the variance, so that none is 0.

    Examples:
        >>> LayerNorm(3)(torch.tensor([[1.0, 2.0, 3.0]])).detach()
        tensor([[-1.2247,  0.0000,  1.2247]])
    """

    def __init__(self, num_features: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))

    def forward(self, x: Tensor) -> Tensor:
        """Return a table `(n, d)` for a table `(n, d)`.

        Raises:
            ValueError: If the shape is another one.
        """
        _check_columns(x, len(self.weight))
        mean = x.mean(dim=1, keepdim=True)
        variance = x.var(dim=1, correction=0, keepdim=True)
        return self.weight * (x - mean) / (variance + self.eps).sqrt() + self.bias


def _check_columns(x: Tensor, d: int) -> None:
    if x.ndim != 2 or x.shape[1] != d:
        raise ValueError(f"x has shape {tuple(x.shape)}: give (n, {d}), a row for each example")
