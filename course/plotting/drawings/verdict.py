"""What a classifier of two classes does: four small panels about one set of rows."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from course.plotting.style import BLUE, INK, MUTED, ORANGE, Drawing, on_phone, size, styled

Curve = tuple[Tensor, Tensor]


def verdict(
    counts: Tensor,
    roc: Curve,
    precision_recall: Curve,
    calibration: tuple[Tensor, Tensor, Tensor],
    names: tuple[str, str] = ("no", "yes"),
) -> Figure:
    """Return a figure of the confusion matrix, and of three curves over all thresholds.

    A dot on two of the curves marks the threshold that the confusion matrix belongs to. Dotted
    lines show what scores that say nothing would give, and where promise and outcome agree.

    Args:
        counts: Confusion matrix of shape `(2, 2)`: a row per true class, a column per predicted.
        roc: False positive rates and true positive rates, each of shape `(t,)`.
        precision_recall: Recalls and precisions, each of shape `(t,)`.
        calibration: Mean probabilities, fractions of class 1 and numbers of rows, `(m,)` each.
        names: What class 0 is called, and class 1.

    Raises:
        ValueError: If a shape is another one, or if the counts leave a class without rows.

    Examples:
        >>> import torch
        >>> ends = torch.tensor([0.0, 1.0])
        >>> bins = (ends, ends, torch.tensor([5, 5]))
        >>> figure = verdict(torch.tensor([[4, 1], [0, 5]]), (ends, ends), (ends, ends), bins)
        >>> [axes.get_title("left") for axes in figure.axes]
        ['counts', 'ROC', 'precision–recall', 'calibration']
    """
    if counts.shape != (2, 2) or not (counts.sum(dim=1) > 0).all():
        raise ValueError(
            f"counts have shape {tuple(counts.shape)}, {int(counts.sum())} rows: give a confusion "
            "matrix (2, 2), with rows of both classes"
        )
    for name, curve in (("roc", roc), ("precision_recall", precision_recall)):
        _check(name, curve)
    _check("calibration", calibration)
    table = counts.detach().cpu().double()
    said_yes, right = float(table[:, 1].sum()), float(table[1, 1])
    rates = (table[:, 1] / table.sum(dim=1)).tolist()  # of class 0, of class 1
    with styled():
        shape = (4, 1) if on_phone() else (2, 2)
        figure, panels = plt.subplots(*shape, figsize=size(7.2, phone=12.6), FigureClass=Drawing)
        axes = panels.reshape(2, 2)
        _draw_counts(axes[0, 0], counts, names)
        _draw_curve(axes[0, 1], roc, (rates[0], rates[1]), "ROC")
        axes[0, 1].plot([0, 1], [0, 1], ":", color=MUTED, linewidth=2.0)
        axes[0, 1].set(xlabel="false positive rate", ylabel="true positive rate")
        at = (rates[1], right / said_yes if said_yes else 1.0)
        _draw_curve(axes[1, 0], precision_recall, at, "precision–recall")
        share = float(table[1].sum() / table.sum())
        axes[1, 0].plot([0, 1], [share, share], ":", color=MUTED, linewidth=2.0)
        axes[1, 0].set(xlabel="recall", ylabel="precision")
        _draw_calibration(axes[1, 1], calibration, names[1])
    return figure


def _check(name: str, curve: tuple[Tensor, ...]) -> None:
    shapes = {tuple(values.shape) for values in curve}
    if len(shapes) != 1 or len(next(iter(shapes))) != 1 or shapes == {(0,)}:
        found = ", ".join(str(tuple(values.shape)) for values in curve)
        raise ValueError(f"{name} has shapes {found}: give all the same (t,), t at least 1")


def _draw_counts(axes: Axes, counts: Tensor, names: tuple[str, str]) -> None:
    for true, row in enumerate(counts.tolist()):
        for predicted, count in enumerate(row):
            color = BLUE if true == predicted else ORANGE
            corner = (predicted - 0.46, true - 0.46)
            axes.add_patch(Rectangle(corner, 0.92, 0.92, color=color, alpha=0.25, linewidth=0))
            axes.text(
                predicted, true, f"{count}", ha="center", va="center", color=INK, size="large"
            )
    axes.set_title("counts", loc="left", fontsize="medium")
    axes.set(xlim=(-0.5, 1.5), ylim=(1.5, -0.5), xlabel="predicted", ylabel="true")
    axes.set_xticks([0, 1], names)
    axes.set_yticks([0, 1], names, rotation=90, va="center")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _draw_curve(axes: Axes, curve: Curve, at: tuple[float, float], title: str) -> None:
    across, up = (values.detach().cpu() for values in curve)
    axes.plot(across, up, color=BLUE, linewidth=2.0)
    axes.plot(*at, "o", color=ORANGE, markersize=8)
    _square(axes, title)


def _draw_calibration(axes: Axes, calibration: tuple[Tensor, Tensor, Tensor], name: str) -> None:
    promised, happened, rows = (values.detach().cpu() for values in calibration)
    axes.plot([0, 1], [0, 1], ":", color=MUTED, linewidth=2.0)
    axes.scatter(promised, happened, s=22, color=BLUE, zorder=3)
    for x, y, count in zip(promised.tolist(), happened.tolist(), rows.tolist(), strict=True):
        above = y > x  # the number stands on the side that is away from the diagonal
        axes.annotate(
            f"{count}",
            (x, y),
            xytext=(-8 if above else 8, 0),
            textcoords="offset points",
            ha="right" if above else "left",
            va="center",
        )
    _square(axes, "calibration")
    axes.set(xlabel="probability", ylabel=f"fraction {name}")


def _square(axes: Axes, title: str) -> None:
    axes.set_title(title, loc="left", fontsize="medium")
    axes.set(xlim=(-0.05, 1.05), ylim=(-0.05, 1.05))
    axes.set_xticks([0, 0.5, 1], ["0", "½", "1"])
    axes.set_yticks([0, 0.5, 1], ["0", "½", "1"])
