"""SGD, momentum and Nesterov written out, each as the rule that changes one parameter.

In the formulas `w` is the parameter, `g` its gradient, and everything that an optimizer remembers
starts at zero. They exist to be read; `torch.optim` holds the faster ones, with equal steps.
"""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

Named = dict[str, Any]

# Each setting is at least 0 and below its limit.
LIMITS = {
    "lr": math.inf,
    "momentum": 1,
    "alpha": 1,
    "betas": 1,
    "eps": math.inf,
    "weight_decay": math.inf,
}

# What a group holds beside its settings: its parameters and their names, one of its own, and what
# a learning rate scheduler keeps there.
NO_SETTINGS = {"params", "param_names", "name", "initial_lr"}


class UpdateRule(torch.optim.Optimizer):
    """What the optimizers here share: the loop over the parameters. `update` is the rule.

    Parameter groups, `zero_grad`, `state_dict` and learning rate schedulers work as they do with
    those of `torch.optim`.
    """

    def add_param_group(self, param_group: Named) -> None:
        """Add parameters to optimize, with settings of their own.

        Args:
            param_group: The parameters under `"params"`, settings that differ under their names.

        Raises:
            ValueError: If a setting is negative or too large, or one that this optimizer lacks: it
                would change nothing.
        """
        unknown = param_group.keys() - self.defaults.keys() - NO_SETTINGS
        if unknown:
            raise ValueError(
                f"a group sets {', '.join(sorted(unknown))}, and {type(self).__name__} has no such "
                f"setting, only {', '.join(self.defaults)}: leave it out, or take an optimizer "
                "that has it"
            )
        for name, value in {**self.defaults, **param_group}.items():
            numbers = value if name == "betas" else (value,)
            if name in LIMITS and not all(0 <= number < LIMITS[name] for number in numbers):
                raise ValueError(f"{name} is {value}: give at least 0 and less than {LIMITS[name]}")
        super().add_param_group(param_group)

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change every parameter that has a gradient, and return what `closure` returns.

        Args:
            closure: Computes the loss and its gradients anew. Without one, the gradients are
                those that `backward` left.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self.update(parameter, parameter.grad, self.state[parameter], group)
        return loss

    def update(self, parameter: Tensor, gradient: Tensor, state: Named, group: Named) -> None:
        """Change one parameter in place.

        Args:
            parameter: Any shape.
            gradient: The same shape.
            state: What the optimizer remembers about this parameter, empty before its first step.
            group: The settings, such as `"lr"`.
        """
        raise NotImplementedError("an optimizer defines update")


class SGD(UpdateRule):
    """Gradient descent: `w ← w − lr g`.

    Args:
        params: The parameters, or a list of groups of them.
        lr: The learning rate.

    Raises:
        ValueError: If a setting is negative or too large.

    Examples:
        >>> w = torch.tensor([1.0, 1.0], requires_grad=True)
        >>> optimizer = SGD([w], lr=0.1)
        >>> (w * torch.tensor([1.0, 5.0])).sum().backward()
        >>> optimizer.step()
        >>> w.detach()
        tensor([0.9000, 0.5000])
    """

    def __init__(self, params: ParamsT, lr: float) -> None:
        super().__init__(params, {"lr": lr})

    def update(self, parameter: Tensor, gradient: Tensor, state: Named, group: Named) -> None:
        """Change one parameter in place."""
        parameter -= group["lr"] * gradient


class Momentum(UpdateRule):
    """Gradient descent with a velocity: `v ← momentum v + g`, then `w ← w − lr v`.

    Where gradients agree from step to step, steps grow up to `1 / (1 − momentum)` times as long;
    where they change sign, they cancel. The idea is that of Polyak (1964). As in torch, `lr`
    stands outside the velocity, so that a new `lr` holds for all of it at once.

    Args:
        params: The parameters, or a list of groups of them.
        lr: The learning rate.
        momentum: Part of the velocity that is left after a step, below 1.

    Raises:
        ValueError: If a setting is negative or too large.

    Examples:
        >>> w = torch.tensor([0.0], requires_grad=True)
        >>> optimizer = Momentum([w], lr=1.0, momentum=0.5)
        >>> for _ in range(3):
        ...     w.grad = torch.tensor([-8.0])
        ...     optimizer.step()
        ...     print(w.item())
        8.0
        20.0
        34.0
    """

    def __init__(self, params: ParamsT, lr: float, momentum: float = 0.9) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum})

    def update(self, parameter: Tensor, gradient: Tensor, state: Named, group: Named) -> None:
        """Change one parameter in place."""
        velocity = group["momentum"] * state.get("velocity", 0) + gradient
        parameter -= group["lr"] * velocity
        state["velocity"] = velocity


class Nesterov(Momentum):
    """Momentum that looks ahead: `v ← momentum v + g`, then `w ← w − lr (g + momentum v)`.

    The velocity is that of `Momentum`; the step goes on by the part of it that will be left. It
    is the accelerated gradient of Nesterov (1983) as Sutskever et al. (2013) write it in section 2,
    only that here, as in torch, `w` is the point at which the gradient is taken.

    Args:
        params: The parameters, or a list of groups of them.
        lr: The learning rate.
        momentum: Part of the velocity that is left after a step, below 1.

    Raises:
        ValueError: If a setting is negative or too large.

    Examples:
        >>> w = torch.tensor([0.0], requires_grad=True)
        >>> optimizer = Nesterov([w], lr=1.0, momentum=0.5)
        >>> w.grad = torch.tensor([-8.0])
        >>> optimizer.step()
        >>> w.item()
        12.0
    """

    def update(self, parameter: Tensor, gradient: Tensor, state: Named, group: Named) -> None:
        """Change one parameter in place."""
        velocity = group["momentum"] * state.get("velocity", 0) + gradient
        parameter -= group["lr"] * (gradient + group["momentum"] * velocity)
        state["velocity"] = velocity


def descend_bowl(
    make: Callable[[list[Named]], torch.optim.Optimizer],
    hessian: Tensor,
    best: Tensor,
    start: Tensor,
    rates: list[float],
    steps: int,
) -> Tensor:
    """Return the paths down a bowl, one for each learning rate, shape `(steps + 1, rates, p)`.

    Args:
        make: Takes parameter groups, each with its `lr`, and returns an optimizer.
        hessian: Second derivatives of the bowl, shape `(p, p)`.
        best: Its bottom, shape `(p,)`.
        start: Where every path begins, shape `(p,)`.
        rates: Learning rates; each has a parameter of its own.
        steps: How many steps to take.

    Examples:
        >>> one = torch.ones(1)
        >>> descend_bowl(lambda groups: SGD(groups, lr=1), one.diag(), 0 * one, one, [0.5], 2)
        tensor([[[1.0000]],
        <BLANKLINE>
                [[0.5000]],
        <BLANKLINE>
                [[0.2500]]])
    """
    weights = [start.clone() for _ in rates]
    optimizer = make([{"params": [w], "lr": lr} for w, lr in zip(weights, rates, strict=True)])
    path = [torch.stack(weights)]
    for _ in range(steps):
        for w, gradient in zip(weights, (path[-1] - best) @ hessian, strict=True):
            w.grad = gradient
        optimizer.step()
        path.append(torch.stack(weights))
    return torch.stack(path)


def steps_to_arrive(path: Tensor, best: Tensor, part: float = 0.01) -> Tensor:
    """Return for each path from which step on all distances are below a part of the first one.

    Args:
        path: As `descend_bowl` gives it, shape `(steps + 1, rates, p)`.
        best: Shape `(p,)`.
        part: Above 0.

    Returns:
        Shape `(rates,)`: `steps + 1` where it never comes to that.

    Examples:
        >>> path = torch.tensor([8.0, 0.01, 1.0, 0.02]).view(4, 1, 1)
        >>> steps_to_arrive(path, torch.zeros(1))
        tensor([3])
    """
    distances = (path - best).norm(dim=2)
    away = ~(distances < part * distances[0])  # this way round, nan is away
    numbers = torch.arange(1, len(path) + 1, device=path.device).unsqueeze(1)
    last: Tensor = (away * numbers).amax(dim=0)
    return last
