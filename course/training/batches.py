"""Batches of tensors that are in memory: as a `DataLoader` gives them, without its cost."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Generator
from torch.utils.data import TensorDataset


class Batches:
    """The batches of a `TensorDataset`, with the interface of a `DataLoader`, and faster.

    A `DataLoader` fetches one row after another and stacks them; here one `index_select` of each
    tensor makes a batch. Batches are tuples of copies: to change one leaves the dataset alone.
    They are on the device of the dataset, and the last one may be shorter.

    With `shuffle`, each epoch draws one `torch.randperm` of the rows, always on the CPU: the same
    seed gives the same batches on every device, but not those of a `DataLoader`, which takes
    more numbers from its generator. Without it nothing is drawn.

    Args:
        dataset: Holds tensors of shape `(n, ...)`, all on one device.
        batch_size: Number of rows of a batch.
        shuffle: Whether each epoch has an order of its own.
        drop_last: Whether to leave out a last batch that is shorter.
        generator: Draws the orders, on the CPU. Without one, torch's global generator does.

    Raises:
        TypeError: If `dataset` is no `TensorDataset`.
        ValueError: If `dataset` has no rows or is on several devices, if `batch_size` is below 1,
            or if `generator` is not on the CPU.

    Examples:
        >>> dataset = TensorDataset(torch.arange(5), torch.arange(5) ** 2)
        >>> for x, y in Batches(dataset, batch_size=2):
        ...     print(x, y)
        tensor([0, 1]) tensor([0, 1])
        tensor([2, 3]) tensor([4, 9])
        tensor([4]) tensor([16])
        >>> len(Batches(dataset, batch_size=2, shuffle=True, drop_last=True))
        2
    """

    def __init__(
        self,
        dataset: TensorDataset,
        batch_size: int = 1,
        shuffle: bool = False,
        *,
        drop_last: bool = False,
        generator: Generator | None = None,
    ) -> None:
        if not isinstance(dataset, TensorDataset):
            raise TypeError(
                f"dataset is a {type(dataset).__name__}: give a TensorDataset, as in "
                "Batches(TensorDataset(x, y), batch_size=32), or use a DataLoader"
            )
        if not dataset.tensors or len(dataset) == 0:
            raise ValueError("dataset has no rows: give it at least one")
        devices = sorted({str(tensor.device) for tensor in dataset.tensors})
        if len(devices) > 1:
            raise ValueError(f"dataset is on {' and '.join(devices)}: move all tensors to one")
        if batch_size < 1:
            raise ValueError(f"batch_size is {batch_size}: give at least 1")
        if generator is not None and generator.device.type != "cpu":
            raise ValueError(
                f"generator is on {generator.device}: give one on the CPU, torch.Generator(), "
                "because the batches are then the same on every device"
            )
        self.dataset = dataset
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.drop_last = drop_last
        self.generator = generator

    def __len__(self) -> int:
        """Return the number of batches of an epoch."""
        full, rest = divmod(len(self.dataset), self.batch_size)
        return full if self.drop_last or rest == 0 else full + 1

    def __iter__(self) -> Iterator[tuple[Any, ...]]:  # Any: pairs, triples, … to a type checker
        """Yield one tuple of tensors `(batch_size, ...)` per batch, in the order of this epoch."""
        tensors, n = self.dataset.tensors, len(self.dataset)
        if self.shuffle:
            order = torch.randperm(n, generator=self.generator, device="cpu").to(tensors[0].device)
        else:
            order = torch.arange(n, device=tensors[0].device)
        for rows in order.split(self.batch_size)[: len(self)]:
            yield tuple(tensor.index_select(0, rows) for tensor in tensors)
