"""How likely a model makes what happened, and the parameters that make it most likely."""

import torch
from torch import Tensor

from course.logistic.prediction import sigmoid


def likelihood(p: Tensor, outcomes: Tensor) -> Tensor:
    """Return the probability of all outcomes together, a scalar; see Fisher (1922).

    Args:
        p: The probability of a 1: one for all outcomes, `()`, or one for each, `(n,)`.
        outcomes: Each 0 or 1, independent of the others, shape `(n,)`.

    Raises:
        ValueError: If a shape is another one, if there are no outcomes or others than 0 and 1, or
            if a probability is not from 0 to 1.

    Examples:
        >>> likelihood(torch.tensor(0.5), torch.tensor([1, 0, 1]))
        tensor(0.1250)
    """
    _check(p, outcomes)
    return torch.where(outcomes == 1, p, 1 - p).prod()


def negative_log_likelihood(p: Tensor, outcomes: Tensor) -> Tensor:
    """Return minus the logarithm of the likelihood, a scalar.

    It is infinite if something happened that had the probability 0.

    Args:
        p: The probability of a 1: one for all outcomes, `()`, or one for each, `(n,)`.
        outcomes: Each 0 or 1, shape `(n,)`.

    Raises:
        ValueError: As `likelihood`.

    Examples:
        >>> negative_log_likelihood(torch.tensor(0.5), torch.tensor([1, 0, 1]))
        tensor(2.0794)
    """
    _check(p, outcomes)
    of_what_happened = torch.where(outcomes == 1, p, 1 - p)
    return -of_what_happened.log().sum()


def descend_probability(outcomes: Tensor, start: float, lr: float, steps: int) -> Tensor:
    """Return the probability at the start and after each step of descent, `(steps + 1,)`.

    What is made smaller is the mean of the negative log-likelihoods of the outcomes.

    Args:
        outcomes: Each 0 or 1, floating-point, shape `(n,)`.
        start: The probability to start from, between 0 and 1.
        lr: The learning rate.
        steps: How often to step, at least 0.

    Raises:
        TypeError: If the outcomes are not floating-point numbers.
        ValueError: If the start is not between 0 and 1, or if a step leads out of there; if
            outcomes are others than 0 and 1; or if `steps` is below 0.

    Examples:
        >>> descend_probability(torch.tensor([1.0, 0.0, 1.0, 1.0]), start=0.5, lr=0.1, steps=2)
        tensor([0.5000, 0.6000, 0.6625])
    """
    _check_outcomes(outcomes)
    if not outcomes.is_floating_point():
        raise TypeError(f"outcomes hold {outcomes.dtype}: give floating-point numbers, as float()")
    _check_steps(steps)
    p = outcomes.new_tensor(start)
    path = [p]
    for step in range(steps + 1):
        if not 0 < p < 1:
            raise ValueError(
                f"step {step} leads to {p.item():.4g}, which is no probability between 0 and 1: "
                "take a smaller lr, or descend on the logit"
            )
        p = p - lr * (p - outcomes.mean()) / (p * (1 - p))
        path.append(p)
    return torch.stack(path[:-1])


def logistic_gradient(x: Tensor, y: Tensor, weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """Return the derivatives of the cross-entropy by weight and bias, two scalars.

    Args:
        x: Shape `(n,)`. A nan or inf among them may make both nan.
        y: Each 0 or 1, shape `(n,)`.
        weight: One number, in logits per input unit.
        bias: The logit at `x = 0`, one number.

    Raises:
        ValueError: If a shape is another one, because it would broadcast, or if `y` holds
            other numbers than 0 and 1.

    Examples:
        >>> x, y = torch.tensor([-1.0, 3.0]), torch.tensor([0.0, 1.0])
        >>> logistic_gradient(x, y, torch.tensor(0.0), torch.tensor(0.0))
        (tensor(-1.), tensor(0.))
    """
    if x.shape != y.shape or weight.ndim or bias.ndim:
        shapes = ", ".join(str(tuple(tensor.shape)) for tensor in (x, y, weight, bias))
        raise ValueError(f"shapes are {shapes}: give x, y, weight, bias as (n,), (n,), (), ()")
    _check_outcomes(y)
    errors = sigmoid(weight * x + bias) - y
    return (errors * x).mean(), errors.mean()


def descend_logistic(
    x: Tensor, y: Tensor, weight: float, bias: float, lr: float, steps: int
) -> Tensor:
    """Return weight and bias at the start and after each step of descent, `(steps + 1, 2)`.

    Args:
        x: Shape `(n,)`.
        y: Each 0 or 1, shape `(n,)`.
        weight: The weight to start from, in logits per input unit.
        bias: The bias to start from.
        lr: The learning rate of both.
        steps: How often to step, at least 0.

    Raises:
        ValueError: As `logistic_gradient`, or if `steps` is below 0.

    Examples:
        >>> x, y = torch.tensor([-1.0, 3.0]), torch.tensor([0.0, 1.0])
        >>> descend_logistic(x, y, weight=0, bias=0, lr=0.5, steps=1)
        tensor([[0.0000, 0.0000],
                [0.5000, 0.0000]])
    """
    _check_steps(steps)
    w, b = x.new_tensor(weight), x.new_tensor(bias)
    path = [torch.stack([w, b])]
    for _ in range(steps):
        dw, db = logistic_gradient(x, y, w, b)
        w, b = w - lr * dw, b - lr * db
        path.append(torch.stack([w, b]))
    return torch.stack(path)


def logistic_hessian(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Return the second derivatives by weight and bias of what `descend_logistic` lowers, `(2, 2)`.

    The outcomes do not appear in it. It has no negative eigenvalue, so the cost is convex.

    Args:
        x: Shape `(n,)`, `n` at least 1.
        weight: One number, in logits per input unit.
        bias: The logit at `x = 0`, one number.

    Raises:
        ValueError: If a shape is another one.

    Examples:
        >>> logistic_hessian(torch.tensor([-1.0, 3.0]), torch.tensor(0.0), torch.tensor(0.0))
        tensor([[1.2500, 0.2500],
                [0.2500, 0.2500]])
    """
    if x.ndim != 1 or len(x) == 0 or weight.ndim or bias.ndim:
        shapes = ", ".join(str(tuple(tensor.shape)) for tensor in (x, weight, bias))
        raise ValueError(f"shapes are {shapes}: give x, weight, bias as (n,), (), (), n at least 1")
    p = sigmoid(weight * x + bias)
    columns = torch.stack([x, torch.ones_like(x)])
    return (columns * p * (1 - p)) @ columns.T / len(x)


def _check(p: Tensor, outcomes: Tensor) -> None:
    _check_outcomes(outcomes)
    if p.ndim and p.shape != outcomes.shape:
        shapes = f"{tuple(p.shape)}, outcomes {tuple(outcomes.shape)}"
        raise ValueError(f"p has shape {shapes}: give () and (n,), or both (n,)")
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError(f"p goes from {p.min():g} to {p.max():g}: give numbers from 0 to 1")


def _check_outcomes(outcomes: Tensor) -> None:
    if outcomes.ndim != 1 or len(outcomes) == 0:
        raise ValueError(f"outcomes have shape {tuple(outcomes.shape)}: give (n,), n at least 1")
    wrong = outcomes[(outcomes != 0) & (outcomes != 1)]
    if len(wrong):
        raise ValueError(f"outcomes hold {wrong[0]:g}: give 0 and 1 alone")


def _check_steps(steps: int) -> None:
    if steps < 0:
        raise ValueError(f"steps is {steps}: give at least 0")
