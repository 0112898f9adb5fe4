"""Where in memory tensors and arrays have their elements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from course.plotting.style import BLUE, INK, MUTED, new_axes, styled

if TYPE_CHECKING:
    import numpy as np

GAP = 0.8  # between two blocks, in cells


class _Block(NamedTuple):
    """A part of memory, from one address up to another, in cells of so many bytes."""

    start: int
    end: int
    size: int


def sharing(holders: Mapping[str, Tensor | np.ndarray]) -> Figure:
    """Return a figure of memory as a strip of cells, and which of them each tensor or array reads.

    The strip on top has the values. Below it stands a row for each name: the cells that it reads
    are filled and numbered in the order in which it reads them, the last axis fastest. Memory
    that others do not share is a block of its own.

    Args:
        holders: For each name a tensor on the CPU or an array. Any shape.

    Raises:
        ValueError: If there is nothing to draw, if a tensor is on another device, or if two share
            memory in cells that do not fit, as after `view` to a type of another size.

    Examples:
        >>> x = torch.tensor([10.0, 20.0, 30.0])
        >>> figure = sharing({"x": x, "x[::2]": x[::2], "x.clone()": x.clone()})
        >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
        ['memory', 'x', 'x[::2]', 'x.clone()']
    """
    places = {name: _addresses(name, holder) for name, holder in holders.items()}
    if not holders or not all(places.values()):
        raise ValueError(f"got {list(holders)}: give at least one, and none without elements")
    blocks = _blocks(holders, places)
    values = {
        address: value
        for name, holder in holders.items()
        for address, value in zip(places[name], holder.reshape(-1).tolist(), strict=True)
    }
    figure, axes = new_axes("", "")
    left = 0.0
    with styled():
        for block in blocks:
            for address in range(block.start, block.end, block.size):
                text = f"{values[address]:.4g}" if address in values else ""
                _cell(axes, left, 0, text, filled=False)
                for row, addresses in enumerate(places.values(), 1):
                    if block.start <= addresses[0] < block.end:
                        orders = [str(i) for i, one in enumerate(addresses) if one == address]
                        _cell(axes, left, row, ", ".join(orders), filled=bool(orders))
                left += 1
            left += GAP
        axes.set(xlim=(-0.1, left - GAP + 0.1), ylim=(len(holders) + 1, -0.1))
        axes.set_xticks([])
        axes.set_yticks([row + 0.5 for row in range(len(holders) + 1)], ["memory", *holders])
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    longest = max(map(len, ["memory", *holders]))
    figure.set_size_inches(0.2 + 0.1 * longest + 0.5 * left, 0.2 + 0.42 * (len(holders) + 1))
    return figure


def _addresses(name: str, holder: Tensor | np.ndarray) -> list[int]:
    """Return the address of each element, the last axis fastest."""
    if isinstance(holder, Tensor):
        if holder.device.type != "cpu":
            raise ValueError(f"{name!r} is on {holder.device}: give tensors on the CPU")
        start, size = holder.data_ptr(), holder.element_size()
        strides = tuple(size * stride for stride in holder.stride())
    else:
        start, strides = holder.__array_interface__["data"][0], holder.strides
    addresses = torch.tensor(start, device="cpu")
    for length, stride in zip(holder.shape, strides, strict=True):
        addresses = addresses.unsqueeze(-1) + stride * torch.arange(length, device="cpu")
    return addresses.flatten().tolist()


def _blocks(
    holders: Mapping[str, Tensor | np.ndarray], places: Mapping[str, list[int]]
) -> list[_Block]:
    """Return the parts of memory that are read, joined where they overlap, in order of names."""
    blocks: list[_Block] = []
    for name, addresses in places.items():
        size = holders[name].itemsize
        new = _Block(min(addresses), max(addresses) + size, size)
        touched = [block for block in blocks if block.start < new.end and new.start < block.end]
        if any(size != block.size or (new.start - block.start) % size for block in touched):
            raise ValueError(f"{name!r} shares memory in cells of another size: give one type")
        joined = [new, *touched]
        start, end = min(each.start for each in joined), max(each.end for each in joined)
        place = blocks.index(touched[0]) if touched else len(blocks)
        blocks = [block for block in blocks if block not in touched]
        blocks.insert(place, _Block(start, end, size))
    return blocks


def _cell(axes: Axes, left: float, top: float, text: str, filled: bool) -> None:
    corner = left + 0.04, top + 0.1
    if filled:
        axes.add_patch(Rectangle(corner, 0.92, 0.8, color=BLUE, alpha=0.25, linewidth=0))
    edge, width = (BLUE, 1.6) if filled else (MUTED, 0.7)
    border = Rectangle(corner, 0.92, 0.8, fill=False, edgecolor=edge, linewidth=width)
    axes.add_patch(border)
    axes.text(left + 0.5, top + 0.5, text, ha="center", va="center", color=INK)
