"""Logistic regression with a penalty on its weights, brought to its lowest loss."""

import math

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits


def penalised_loss(weight: Tensor, bias: Tensor, x: Tensor, y: Tensor, strength: float) -> Tensor:
    """Return the mean cross-entropy plus `strength` times the sum of the squared weights.

    The bias is not penalised: it says how frequent the classes are, and not what an input does.

    Args:
        weight: Shape `(d,)`.
        bias: Shape `()`.
        x: Inputs, shape `(n, d)`, standardised: a penalty treats all weights alike.
        y: Targets, shape `(n,)`, each 0 or 1, floating-point.
        strength: At least 0.

    Raises:
        ValueError: If `y` has another shape or `strength` is below 0 or not finite.

    Examples:
        >>> x, y = torch.tensor([[1.0], [-1.0]]), torch.tensor([1.0, 0.0])
        >>> penalised_loss(torch.tensor([0.0]), torch.tensor(0.0), x, y, strength=0.1)
        tensor(0.6931)
    """
    _check_strength(strength)
    fit = binary_cross_entropy_with_logits(x @ weight + bias, y)
    return fit + strength * weight.square().sum()


def strength_from_c(c: float, n: int) -> float:
    """Return the strength with which `penalised_loss` has its lowest point where scikit-learn's is.

    `LogisticRegression` adds up `C` times the loss of each row and half of the squared weights.
    Divided by `C n`, that is the mean loss and `1 / (2 C n)` times the squared weights.

    Args:
        c: What scikit-learn calls `C`; above 0.
        n: Number of rows to train on.

    Raises:
        ValueError: If `c` or `n` is not above 0.

    Examples:
        >>> strength_from_c(1.0, 200)
        0.0025
    """
    if not (c > 0 and n > 0):
        raise ValueError(f"c is {c}, n {n}: give numbers above 0")
    return 1 / (2 * c * n)


def fit_logistic(x: Tensor, y: Tensor, strength: float) -> tuple[Tensor, Tensor]:
    """Return the weights `(d,)` and the bias `()` with the lowest penalised loss, in float64.

    With a penalty there is exactly one lowest point, so the answer depends on the rows alone and on
    no seed. L-BFGS finds it: an optimizer that takes all rows at each step, and learns how the loss
    curves from its last gradients (Nocedal and Wright, 2006, section 7.2).

    Args:
        x: Inputs, shape `(n, d)`, standardised.
        y: Targets, shape `(n,)`, each 0 or 1, with both among them.
        strength: At least 0; 0 is no penalty.

    Raises:
        ValueError: If a shape, a target or `strength` is another one, if an input is not finite, if
            a column is so small that its weight has no square in float64, or if there is no penalty
            and a plane has all rows of class 1 on one side, or on it, and the others on the other,
            or on it, because the loss has no lowest point then (Albert and Anderson, 1984).
        RuntimeError: If the gradient does not vanish in 10,000 steps.

    Examples:
        >>> x, y = torch.tensor([[0.0], [1.0], [2.0], [3.0]]), torch.tensor([0, 1, 0, 1])
        >>> weight, bias = fit_logistic(x, y, strength=0.01)
        >>> weight.round(decimals=3), bias.round(decimals=3)
        (tensor([0.8320], dtype=torch.float64), tensor(-1.2480, dtype=torch.float64))
    """
    _check_rows(x, y, strength)
    x, y = x.detach().double(), y.detach().double()
    centre = _centre(x)  # which moves the bias alone
    x = x - centre
    unit = _unit(x, strength)
    scaled = x.new_zeros(x.shape[1], requires_grad=True)  # the weights, in these units
    bias = x.new_zeros((), requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [scaled, bias],
        max_iter=10_000,
        tolerance_grad=1e-7,  # nearer, rounding hides from it which of two losses is lower
        tolerance_change=0,
        line_search_fn="strong_wolfe",
    )

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = penalised_loss(scaled * unit, bias, x, y, strength)
        loss.backward()
        return loss

    optimizer.step(closure)
    parameters = _refined(torch.cat([scaled.detach(), bias.detach().view(1)]), x, y, strength)
    weight, bias = parameters[:-1] * unit, parameters[-1]
    _check_lowest(weight, bias, x, y, strength)
    return weight, bias - weight @ centre


def _centre(x: Tensor) -> Tensor:
    """Return the mean of each column, exactly where it is the same in all rows."""
    largest = x.abs().amax(dim=0).clamp(min=torch.finfo(x.dtype).tiny)
    return torch.where((x == x[0]).all(dim=0), x[0], (x / largest).mean(dim=0) * largest)


def _unit(x: Tensor, strength: float) -> Tensor:
    """Return a unit for each weight, `(d,)`, in which the loss curves alike along all of them.

    So one tolerance holds for all, whatever units the inputs came in.
    """
    largest = x.abs().amax(dim=0).clamp(min=torch.finfo(x.dtype).tiny)
    size = largest * (x / largest).square().mean(dim=0).sqrt()
    curvature = torch.hypot(size / 2, size.new_tensor(2 * strength).sqrt())
    unit = torch.where(curvature > 0, 1 / curvature, 1.0)
    if not unit.square().isfinite().all():
        raise ValueError("x holds a column so small that its weight is too large: standardise it")
    return unit


def _refined(parameters: Tensor, x: Tensor, y: Tensor, strength: float) -> Tensor:
    """Return the parameters in these units, brought nearer by steps of Newton's method.

    It looks at the gradient alone, which still shows where the lowest point is when the loss shows
    no difference any more: close to it, or where the penalty leaves the weights hardly any room.
    """
    unit = _unit(x, strength)
    columns = torch.cat([x * unit, torch.ones_like(x[:, :1])], dim=1)
    penalty = torch.cat([2 * strength * unit**2, unit.new_zeros(1)])

    def slope(parameters: Tensor) -> Tensor:
        errors = (columns @ parameters).sigmoid() - y
        return columns.T @ errors / len(y) + penalty * parameters

    for _ in range(3):
        p = (columns @ parameters).sigmoid()
        hessian = (columns.T * (p * (1 - p))) @ columns / len(y) + penalty.diag()
        if strength > 0:
            step = torch.linalg.solve_ex(hessian, slope(parameters)).result
        else:  # there may be many lowest points
            step = torch.linalg.pinv(hessian, hermitian=True) @ slope(parameters)
        nearer = parameters - step
        if not slope(nearer).abs().max() <= slope(parameters).abs().max().clamp(min=1e-9):
            break  # too far away for Newton's method; below 1e-9 it may be rounding
        parameters = nearer
    return parameters


def _check_rows(x: Tensor, y: Tensor, strength: float) -> None:
    if x.ndim != 2 or y.shape != x.shape[:1] or x.numel() == 0:
        shapes = f"{tuple(x.shape)}, y {tuple(y.shape)}"
        raise ValueError(f"x has shape {shapes}: give (n, d) and (n,), n and d at least 1")
    if not x.isfinite().all():
        raise ValueError(f"x holds {int((~x.isfinite()).sum())} nan or inf: fill or drop them")
    if set(y.unique().tolist()) != {0, 1}:
        raise ValueError(f"y holds {y.unique().tolist()[:5]}: give 0 and 1, and rows of both")
    _check_strength(strength)


def _check_strength(strength: float) -> None:
    if not 0 <= strength < math.inf:
        raise ValueError(f"strength is {strength}: give a finite number of at least 0")


@torch.enable_grad()
def _check_lowest(weight: Tensor, bias: Tensor, x: Tensor, y: Tensor, strength: float) -> None:
    if strength == 0 and _separated(x @ weight + bias, x * _unit(x, strength), y):
        raise ValueError(
            f"a plane separates the classes: the loss keeps falling while the weights grow, the "
            f"largest to {weight.abs().max():,.0f} so far: give a strength above 0"
        )
    weight, bias = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    loss = penalised_loss(weight, bias, x, y, strength)
    by_weight, by_bias = torch.autograd.grad(loss, [weight, bias])
    steepest = max(float((by_weight * _unit(x, strength)).abs().max()), float(by_bias.abs()))
    if not steepest < 1e-6:
        raise RuntimeError(
            f"the gradient is still {steepest:.1e}: standardise the inputs, or raise the strength"
        )


def _separated(logits: Tensor, x: Tensor, y: Tensor) -> bool:
    # Rows that are fitted to the last digits hold no weight back. If the others leave a direction
    # open, the weights can grow along it: rows of both classes may lie on a plane that separates.
    doubted = (torch.sigmoid(logits) - y).abs() > 1e-5
    columns = torch.cat([x, torch.ones_like(x[:, :1])], dim=1)
    free = torch.linalg.matrix_rank(columns[doubted]) < torch.linalg.matrix_rank(columns)
    return torch.equal(logits > 0, y == 1) or bool(free)
