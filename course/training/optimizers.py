"""The optimizers of `torch.optim` written out, each as the rule that changes one parameter.

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


class RMSProp(UpdateRule):
    """Gradients scaled by their size: `s ← alpha s + (1 − alpha) g²`, `w ← w − lr g / (√s + eps)`.

    Elements with large and with small gradients so move at a similar pace. The rule is that of
    Tieleman and Hinton (2012), lecture 6.5.

    Args:
        params: The parameters, or a list of groups of them.
        lr: The learning rate.
        alpha: Part of the mean of squares that is left after a step, below 1.
        eps: Keeps the divisor away from zero.

    Raises:
        ValueError: If a setting is negative or too large.

    Examples:
        >>> w = torch.tensor([0.0, 0.0], requires_grad=True)
        >>> optimizer = RMSProp([w], lr=0.1, alpha=0.75)
        >>> w.grad = torch.tensor([-1.0, 1000.0])
        >>> optimizer.step()
        >>> w.detach()
        tensor([ 0.2000, -0.2000])
    """

    def __init__(
        self, params: ParamsT, lr: float = 0.01, alpha: float = 0.99, eps: float = 1e-8
    ) -> None:
        super().__init__(params, {"lr": lr, "alpha": alpha, "eps": eps})

    def update(self, parameter: Tensor, gradient: Tensor, state: Named, group: Named) -> None:
        """Change one parameter in place."""
        alpha = group["alpha"]
        square = alpha * state.get("square", 0) + (1 - alpha) * gradient**2
        parameter -= group["lr"] * gradient / (square.sqrt() + group["eps"])
        state["square"] = square


class Adam(UpdateRule):
    """Means of gradients and of their squares, both corrected for their start at zero.

    With `t` the number of the step, from 1, and `β₁`, `β₂` the `betas`:

    - `m ← β₁ m + (1 − β₁) g`
    - `s ← β₂ s + (1 − β₂) g²`
    - `w ← w − lr (m / (1 − β₁ᵗ)) / (√(s / (1 − β₂ᵗ)) + eps)`

    This is Algorithm 1 of Kingma and Ba (2015), where `s` is called `v`.

    Args:
        params: The parameters, or a list of groups of them.
        lr: The learning rate; the first step changes each element by about this much.
        betas: Parts of the two means that are left after a step, below 1.
        eps: Keeps the divisor away from zero.

    Raises:
        ValueError: If a setting is negative or too large.

    Examples:
        >>> w = torch.tensor([0.0, 0.0], requires_grad=True)
        >>> optimizer = Adam([w], lr=0.1)
        >>> w.grad = torch.tensor([-1.0, 1000.0])
        >>> optimizer.step()
        >>> w.detach()
        tensor([ 0.1000, -0.1000])
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps})

    def update(self, parameter: Tensor, gradient: Tensor, state: Named, group: Named) -> None:
        """Change one parameter in place."""
        beta1, beta2 = group["betas"]
        t = state.get("step", 0) + 1
        mean = beta1 * state.get("mean", 0) + (1 - beta1) * gradient
        square = beta2 * state.get("square", 0) + (1 - beta2) * gradient**2
        root = (square / (1 - beta2**t)).sqrt()
        parameter -= group["lr"] * mean / (1 - beta1**t) / (root + group["eps"])
        state.update(step=t, mean=mean, square=square)


class AdamW(Adam):
    """Adam after a step towards zero, `w ← w − lr weight_decay w`, which no mean takes in.

    The decay so has the same strength for every element, however large its gradients. This is
    the AdamW in Algorithm 2 of Loshchilov and Hutter (2019), except that, as in torch, `lr` scales
    the decay too.

    Args:
        params: The parameters, or a list of groups of them.
        lr: The learning rate.
        betas: Parts of the two means that are left after a step, below 1.
        eps: Keeps the divisor away from zero.
        weight_decay: How strongly parameters are drawn to zero.

    Raises:
        ValueError: If a setting is negative or too large.

    Examples:
        >>> w = torch.tensor([2.0], requires_grad=True)
        >>> optimizer = AdamW([w], lr=0.1, weight_decay=0.5)
        >>> w.grad = torch.tensor([0.0])
        >>> optimizer.step()
        >>> w.detach()
        tensor([1.9000])
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        UpdateRule.__init__(self, params, defaults)  # that of Adam has no place for the decay

    def update(self, parameter: Tensor, gradient: Tensor, state: Named, group: Named) -> None:
        """Change one parameter in place."""
        parameter -= group["lr"] * group["weight_decay"] * parameter
        super().update(parameter, gradient, state, group)
