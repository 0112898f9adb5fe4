"""A dataset of rows, and transforms that change an example on its way out."""

import operator
from collections.abc import Callable, Iterable

import torch
from torch import Tensor
from torch.utils.data import Dataset

Transform = Callable[[Tensor], Tensor]


class Pairs(Dataset[tuple[Tensor, Tensor]]):
    """Inputs and their targets, one pair for each row of two tensors.

    It keeps the tensors, not copies of them. The transform runs each time an example is
    asked for. Without one, it is a `torch.utils.data.TensorDataset` of two tensors.

    Args:
        x: Inputs, shape `(n,)` or `(n, ...)`.
        y: Targets, shape `(n,)` or `(n, ...)`.
        transform: What is done to each input, whose shape is then that of `x[i]`.

    Raises:
        ValueError: If `x` and `y` have no rows, or not the same number of them.

    Examples:
        >>> x, y = torch.tensor([[1.0], [2.0]]), torch.tensor([3, 4])
        >>> pairs = Pairs(x, y, transform=torch.neg)
        >>> len(pairs), pairs[-1]
        (2, (tensor([-2.]), tensor(4)))
    """

    def __init__(self, x: Tensor, y: Tensor, transform: Transform | None = None) -> None:
        if x.ndim == 0 or y.ndim == 0 or len(x) != len(y) or len(x) == 0:
            raise ValueError(
                f"x has shape {tuple(x.shape)}, y {tuple(y.shape)}: give both n rows, n at least "
                "1, one pair each"
            )
        self.x = x
        self.y = y
        self.transform = transform

    def __len__(self) -> int:
        """Return how many examples there are."""
        return len(self.x)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        """Return the input and the target of one example.

        Args:
            index: From 0 to `n - 1`, or from the back from −1 to `−n`, as for a list.

        Raises:
            IndexError: If there is no such example. This is what ends a `for` loop.
            TypeError: If it is no integer. `Subset(pairs, range(2, 5))` is a slice.
        """
        i, n = operator.index(index), len(self)
        if not -n <= i < n:
            raise IndexError(f"there is no example {i}: there are {n}, the first one is 0")
        x = self.x[i]
        return (x if self.transform is None else self.transform(x)), self.y[i]


class Add:
    """A transform that adds.

    Args:
        value: A number, or a tensor that broadcasts to the shape of the input.

    Examples:
        >>> Add(-32)(torch.tensor([212.0, 32.0]))
        tensor([180.,   0.])
    """

    def __init__(self, value: float | Tensor) -> None:
        self.value = _tensor(value)

    def __call__(self, x: Tensor) -> Tensor:
        """Return a new tensor of the shape, type and device of `x`.

        Raises:
            TypeError: If `x` does not hold floating-point numbers: bytes wrap round.
            ValueError: If the value does not fit the shape of `x`.
        """
        return x + _like(self.value, x)


class Multiply:
    """A transform that multiplies, element by element.

    Args:
        factor: A number, or a tensor that broadcasts to the shape of the input.

    Examples:
        >>> Multiply(torch.tensor([2.0, 0.5]))(torch.tensor([3.0, 8.0]))
        tensor([6., 4.])
    """

    def __init__(self, factor: float | Tensor) -> None:
        self.factor = _tensor(factor)

    def __call__(self, x: Tensor) -> Tensor:
        """Return a new tensor of the shape, type and device of `x`, as for `Add`."""
        return x * _like(self.factor, x)


class Standardise:
    """A transform that subtracts a mean and divides by a standard deviation.

    Both are to come from the rows that train the model, and from no others.

    Args:
        mean: A number, or a tensor that broadcasts to the shape of the input.
        std: The same. In each place a finite number above 0.

    Raises:
        ValueError: If a value is not finite, or a standard deviation not above 0.

    Examples:
        >>> Standardise(mean=10.0, std=2.0)(torch.tensor([10.0, 14.0]))
        tensor([0., 2.])
    """

    def __init__(self, mean: float | Tensor, std: float | Tensor) -> None:
        self.mean, self.std = _tensor(mean), _tensor(std)
        usable = self.std.isfinite() & (self.std > 0)
        if not (usable.all() and self.mean.isfinite().all()):
            raise ValueError(
                f"the mean is {self.mean.tolist()}, the deviation {self.std.tolist()}: "
                "give finite numbers, and leave out what never changes (deviation 0)"
            )

    def __call__(self, x: Tensor) -> Tensor:
        """Return a new tensor of the shape, type and device of `x`, as for `Add`."""
        return (x - _like(self.mean, x)) / _like(self.std, x)


class Compose:
    """Transforms as one: each gets what the one before it gave, the first the input.

    Args:
        transforms: Called in this order. Without any, the input itself comes back.

    Examples:
        >>> x = torch.tensor([3.0])
        >>> Compose([Add(1), Multiply(2)])(x), Compose([Multiply(2), Add(1)])(x)
        (tensor([8.]), tensor([7.]))
    """

    def __init__(self, transforms: Iterable[Transform]) -> None:
        self.transforms = list(transforms)

    def __call__(self, x: Tensor) -> Tensor:
        """Return what the last transform gives.

        Raises:
            TypeError: If one gives no tensor: it may lack a `return`.
        """
        for place, transform in enumerate(self.transforms):
            result: object = transform(x)
            if not isinstance(result, Tensor):
                name = getattr(transform, "__name__", type(transform).__name__)
                raise TypeError(
                    f"transform {place}, {name}, gives {type(result).__name__}: "
                    "let it return a tensor, and if it is a class, make an object of it"
                )
            x = result
        return x


def _tensor(value: float | Tensor) -> Tensor:
    return value if isinstance(value, Tensor) else torch.tensor(value, device="cpu")


def _like(value: Tensor, x: Tensor) -> Tensor:
    """Return the value in the type and on the device of `x`, once it is clear that it fits."""
    if not x.is_floating_point():
        raise TypeError(f"the input holds {x.dtype}: give floating-point numbers, as x.float()")
    try:
        fits = torch.broadcast_shapes(value.shape, x.shape) == x.shape
    except RuntimeError:
        fits = False
    if not fits:
        raise ValueError(
            f"a value of shape {tuple(value.shape)} does not fit an input of shape "
            f"{tuple(x.shape)}: give one number, or one for each place"
        )
    return value.to(x)
