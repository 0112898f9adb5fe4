"""Points of two classes in several planes, with straight borders, and where a model says yes."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from course.plotting.style import (
    BLUE,
    DASHES,
    GREEN,
    INK,
    MARKS,
    ORANGE,
    PURPLE,
    Drawing,
    columns,
    on_cpu,
    on_phone,
    size,
    styled,
)

LOOKS = ((GREEN, DASHES[0]), (PURPLE, DASHES[1]), (INK, DASHES[2]))

View = tuple[Tensor, Mapping[str, Tensor], Tensor, Tensor]


def spaces(
    views: Mapping[tuple[str, str], View], labels: Tensor, names: Sequence[str] = ()
) -> Figure:
    """Return a figure of the same rows in one plane or several, a panel for each.

    Where the logits are above 0 the plane is shaded. An arrow points to the side of a border on
    which its sum is positive.

    Args:
        views: For the labels of the two axes of each plane: the rows there, shape `(n, 2)`; up to
            three borders by name, each with its two weights and its bias, shape `(3,)`; the values
            at which the logits are known along both axes, which are also the ends of the panel, in
            ascending order, shape `(k,)`; and the logits, shape `(k, k)`.
        labels: The class of each row, 0 or 1, shape `(n,)`.
        names: What to write beside each row, above those of class 0 and below those of class 1.
            Rows in one place share the place.

    Raises:
        ValueError: If there are no planes, if shapes do not belong together, or if the borders have
            more than three names in all.

    Examples:
        >>> import torch
        >>> rows, ends = torch.tensor([[0.0, 0.0], [1.0, 1.0]]), torch.tensor([-1.0, 2.0])
        >>> logits = ends.unsqueeze(1) + ends - 1
        >>> view = (rows, {"border": torch.tensor([1.0, 1.0, -1.0])}, ends, logits)
        >>> figure = spaces({("a", "b"): view}, torch.tensor([0, 1]), ["left", "right"])
        >>> [text.get_text() for text in figure.axes[0].texts if text.get_text()]
        ['left', 'right']
    """
    if not views:
        raise ValueError("got no planes: give one or more")
    for axes_names, (rows, borders, values, logits) in views.items():
        shapes = [tuple(each.shape) for each in (rows, labels, values, logits, *borders.values())]
        n, k = labels.numel(), values.numel()
        if shapes != [(n, 2), (n,), (k,), (k, k), *[(3,)] * len(borders)]:
            raise ValueError(
                f"the plane {axes_names} has the shapes {', '.join(map(str, shapes))}: give rows, "
                "labels, values, logits and borders (n, 2), (n,), (k,), (k, k), (3,)"
            )
    if len({name for view in views.values() for name in view[1]}) > len(LOOKS):
        raise ValueError(f"there are more than {len(LOOKS)} names of borders: give fewer")
    with styled():
        count = len(views)
        across = 1 if on_phone() else count
        sides = size(3.9 if count > 1 else 5.2, phone=3.4 * count + 0.5)
        figure, table = plt.subplots(
            count // across, across, figsize=sides, squeeze=False, FigureClass=Drawing
        )
        lines = dict.fromkeys(name for view in views.values() for name in view[1])
        looks = dict(zip(lines, LOOKS, strict=False))  # one name, one look in all planes
        handles: dict[str, Any] = {}
        for axes, (axes_names, view) in zip(table.flat, views.items(), strict=True):
            axes.set(xlabel=axes_names[0], ylabel=axes_names[1], aspect="equal")
            handles |= _draw(axes, view, on_cpu(labels), names, looks)
        figure.legend(
            handles.values(), handles.keys(), loc="outside upper left", ncols=columns(handles)
        )
    return figure


def _draw(
    axes: Axes,
    view: View,
    labels: Tensor,
    names: Sequence[str],
    looks: Mapping[str, tuple[str, str]],
) -> dict[str, Any]:
    """Draw the rows of one plane, and return what the legend names."""
    rows, values, logits = (on_cpu(each) for each in (view[0], view[2], view[3]))
    if logits.max() > 0:
        axes.contourf(values, values, logits.T, levels=[0, 1e30], colors=[ORANGE], alpha=0.16)
    ends = (values[0].item(), values[-1].item())
    axes.set(xlim=ends, ylim=ends)
    handles: dict[str, Any] = {}
    for name, border in view[1].items():
        color, dashes = looks[name]
        if border[:2].any():  # else there is no such line
            first, second, bias = on_cpu(border).double().tolist()
            long = first**2 + second**2
            foot = (-bias * first / long, -bias * second / long)
            other = (foot[0] - second, foot[1] + first)
            line = axes.axline(foot, other, color=color, linestyle=dashes, linewidth=2.0)
            handles[name] = line
            _arrow(axes, (first, second, bias), ends, color)
    for kind, color, mark, name in ((0, BLUE, MARKS[0], "no"), (1, ORANGE, "s", "yes")):
        some = rows[labels == kind]
        handles[name] = axes.scatter(
            some[:, 0], some[:, 1], s=45, color=color, marker=mark, zorder=3
        )
    places: dict[tuple[float, float], list[int]] = {}
    for i, (across, up) in enumerate(rows.tolist()[: len(names)]):
        places.setdefault((round(across, 2), round(up, 2)), []).append(i)
    for place, several in places.items():
        text = ", ".join(names[i] for i in several)
        away = (6, -14 if labels[several[0]] == 1 else 6)
        axes.annotate(text, place, away, textcoords="offset points", color=INK, zorder=4)
    return handles


def _arrow(
    axes: Axes, border: tuple[float, float, float], ends: tuple[float, float], color: str
) -> None:
    """Draw an arrow from the place of a border nearest to the middle, to its positive side."""
    first, second, bias = border
    middle, long = sum(ends) / 2, (first**2 + second**2) ** 0.5
    away = (first * middle + second * middle + bias) / long
    foot = (middle - away * first / long, middle - away * second / long)
    far = 0.14 * (ends[1] - ends[0]) / long
    head = (foot[0] + far * first, foot[1] + far * second)
    axes.annotate("", head, foot, arrowprops={"arrowstyle": "-|>", "color": color, "linewidth": 2})
