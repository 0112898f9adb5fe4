"""RMSProp, Adam and AdamW written out: optimizers that divide by the size of the gradients.

In the formulas `w` is the parameter, `g` its gradient, and everything that an optimizer remembers
starts at zero. They exist to be read; `torch.optim` holds the faster ones, with equal steps.
"""

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from course.training.optimizers import Named, UpdateRule


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
        root = torch.sqrt(square / (1 - beta2**t))
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
