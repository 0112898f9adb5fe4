"""Exercises of the lesson `networks/normalisation`: write it, and `check` tells what is missing."""

from collections.abc import Callable, Iterator

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F  # noqa: N812, the name it has everywhere

from course.practice import Exercise, Mistake


def standardise(x: Tensor, dim: int, eps: float = 1e-5) -> Tensor:
    """Return `x` less its mean along `dim`, divided by its standard deviation along `dim`.

    Args:
        x: Shape `(n, d)`.
        dim: 0 for the columns, as batch norm takes them, or 1 for the rows, as layer norm does.
        eps: Is added to the variance.

    Examples:
        >>> standardise(torch.tensor([[1.0, 10.0], [3.0, 30.0]]), dim=0)
        tensor([[-1.0000, -1.0000],
                [ 1.0000,  1.0000]])
    """
    mean = x.mean(dim=dim, keepdim=True)
    variance = x.var(dim=dim, correction=0, keepdim=True)
    return (x - mean) / (variance + eps).sqrt()


def _of_torch(x: Tensor, dim: int, eps: float = 1e-5) -> Tensor:
    if dim == 0:
        return F.batch_norm(x, None, None, training=True, eps=eps)
    return F.layer_norm(x, x.shape[1:], eps=eps)


def _tables(generator: Generator) -> Iterator[tuple[Tensor, int] | tuple[Tensor, int, float]]:
    yield torch.tensor([[1.0, 10.0], [3.0, 30.0]]), 0
    yield torch.tensor([[0.001, 0.002], [0.003, 0.001]]), 0  # eps is more than their variance
    for n, d in ((3, 3), (4, 2)):
        x = 2 + torch.randn(n, d, generator=generator, dtype=torch.float64)
        for dim in (0, 1):
            yield x, dim, 0.1


both_norms = Exercise(
    name="networks/both_norms",
    title="Two norms, one function",
    mark=1,
    prompt="""
Batch norm and layer norm differ in one number. Write `standardise(x, dim, eps)` for a table `x`:
with `dim=0` what batch norm does while training, with `dim=1` layer norm, both without weight and
bias.
""",
    solution=standardise,
    reference=_of_torch,
    cases=_tables,
    example="x = torch.tensor([[1.0, 10.0], [3.0, 30.0]])\n"
    "print(standardise(x, dim=0))\nprint(standardise(x, dim=1))",
    hints=(
        "`x.mean(dim=dim, keepdim=True)` keeps the axis, so that the result broadcasts.",
        "Which divisor has the variance: n, or n − 1? And where does `eps` go?",
    ),
    mistakes=(
        Mistake(
            "correction=0, ",
            "",
            says="torch's `var` divides by one less than there are values: here it is by their "
            "number, correction=0.",
        ),
        Mistake(
            "(variance + eps).sqrt()",
            "(variance.sqrt() + eps)",
            says="eps is added to the variance, under the root.",
        ),
        Mistake(
            "(variance + eps).sqrt()",
            "variance.sqrt()",
            says="eps is missing: a column of equal numbers would be divided by 0.",
        ),
        Mistake(
            "/ (variance + eps).sqrt()",
            "/ (variance + eps)",
            says="Divide by the standard deviation, the root of the variance.",
        ),
    ),
)


def fold(linear: nn.Linear, norm: nn.BatchNorm1d) -> nn.Linear:
    """Return one linear layer that does what `linear` and, behind it, `norm` in `eval` mode do.

    Args:
        linear: From `d` inputs to `k` outputs, with a bias.
        norm: Batch norm of `k` columns, with weight and bias; both layers stay as they are.

    Examples:
        >>> linear, norm = nn.Linear(3, 2), nn.BatchNorm1d(2).eval()
        >>> x = torch.ones(1, 3)
        >>> torch.allclose(fold(linear, norm)(x), norm(linear(x)))
        True
    """
    mean, variance = (norm.get_buffer(f"running_{name}") for name in ("mean", "var"))
    scale = norm.weight / (variance + norm.eps).sqrt()
    folded = nn.Linear(linear.in_features, linear.out_features).to(linear.weight)
    with torch.no_grad():
        folded.weight.copy_(scale.unsqueeze(1) * linear.weight)
        folded.bias.copy_(scale * (linear.bias - mean) + norm.bias)
    return folded


def _asked(linear: nn.Linear, norm: nn.BatchNorm1d) -> nn.Linear:
    """Find the layer from answers alone: to zeros, and to each input by itself."""
    both = nn.Sequential(linear, norm).eval()
    with torch.no_grad():
        eye = torch.eye(linear.in_features, dtype=linear.weight.dtype)
        at_zero = both(torch.zeros_like(eye[:1]))
        found = nn.Linear(linear.in_features, linear.out_features, dtype=linear.weight.dtype)
        found.weight.copy_((both(eye) - at_zero).T)
        found.bias.copy_(at_zero[0])
    return found


def _used(
    fold: Callable[[nn.Linear, nn.BatchNorm1d], nn.Linear],
    weight: Tensor,
    bias: Tensor,
    state: dict[str, Tensor],
    x: Tensor,
) -> dict[str, object]:
    linear, norm = nn.Linear(*weight.T.shape).double(), nn.BatchNorm1d(len(bias), 0.1).double()
    linear.load_state_dict({"weight": weight, "bias": bias})
    norm.load_state_dict(state, strict=False)
    folded = fold(linear, norm.eval())
    with torch.no_grad():
        answers = {"a row": folded(x[:1]), "many rows": folded(x)}
    kind = type(folded).__name__
    unchanged = torch.equal(linear.weight, weight) and torch.equal(linear.bias, bias)
    return {"kind": kind, **answers, "linear is unchanged": unchanged}


def _pairs(
    generator: Generator,
) -> Iterator[tuple[Tensor, Tensor, dict[str, Tensor], Tensor]]:
    for d, k in ((3, 2), (2, 2), (1, 4)):
        draw = torch.randn(4, k, generator=generator, dtype=torch.float64)
        names = ("weight", "bias", "running_mean", "running_var")
        state = dict(zip(names, [*draw[:3], draw[3].exp()], strict=True))
        weight = torch.randn(k, d, generator=generator, dtype=torch.float64)
        bias = torch.randn(k, generator=generator, dtype=torch.float64)
        yield weight, bias, state, torch.randn(5, d, generator=generator, dtype=torch.float64)


fold_norm = Exercise(
    name="networks/fold_norm",
    title="Fold the norm into the layer before",
    mark=3,
    prompt="""
In `eval` mode batch norm multiplies each column by a fixed number and adds another. So it can be
part of the linear layer before it, and costs nothing any more: programs that run on phones do that.
Write `fold(linear, norm)`: one new `nn.Linear` that gives what `norm(linear(x))` gives in `eval`
mode. The two layers stay as they are.
""",
    solution=fold,
    reference=_asked,
    cases=_pairs,
    use=_used,
    example="linear, norm = nn.Linear(3, 2), nn.BatchNorm1d(2)\n"
    "norm(linear(torch.randn(20, 3)))  # so that there is something to fold\n"
    "x = torch.randn(4, 3)\n"
    "print((fold(linear, norm)(x) - norm.eval()(linear(x))).abs().max().item() < 1e-6)",
    hints=(
        "Write $z = W x + b$ into batch norm. What multiplies $x$, and what is left?",
        "With scale = weight / √(running_var + eps), column by column: output = "
        "scale · (z − running_mean) + bias.",
        "The scale of an output multiplies its *row* of `linear.weight`: `scale.unsqueeze(1)`.",
    ),
    mistakes=(
        Mistake(
            "scale * (linear.bias - mean)",
            "scale * linear.bias",
            says="The running mean is missing in the bias.",
        ),
        Mistake(
            "scale * (linear.bias - mean)",
            "linear.bias - mean",
            says="What comes into the norm, the bias of the linear layer too, is multiplied by the "
            "scale.",
        ),
        Mistake(
            "norm.weight / (variance + norm.eps).sqrt()",
            "1 / (variance + norm.eps).sqrt()",
            says="The norm has a weight of its own, which was learned: it belongs to the scale.",
        ),
        Mistake(
            "(variance + norm.eps).sqrt()",
            "variance.sqrt()",
            says="The norm adds eps to the variance: without it the two differ a little.",
        ),
        Mistake(
            "(variance + norm.eps).sqrt()",
            "(variance + norm.eps)",
            says="The norm divides by the standard deviation, the root of the variance.",
        ),
        Mistake(
            "folded = nn.Linear(linear.in_features, linear.out_features).to(linear.weight)",
            "folded = linear",
            says="The given layer has changed, and the next call would fold twice: make a new one.",
        ),
    ),
)


def rows_meet(layer: nn.Module, x: Tensor) -> bool:
    """Return whether what the layer says of the first row depends on the last one.

    Args:
        layer: Maps `(n, d)` to `(n, k)`; it is called in the mode that it has.
        x: Shape `(n, d)`, at least two rows, and left as it is.

    Examples:
        >>> rows_meet(nn.LayerNorm(2), torch.tensor([[1.0, 2.0], [3.0, 5.0], [0.0, 9.0]]))
        False
    """
    other = x.clone()
    other[-1] = -other[-1]
    return not torch.allclose(layer(x)[0], layer(other)[0])


def _by_gradient(layer: nn.Module, x: Tensor) -> bool:
    inputs = x.clone().requires_grad_()
    outputs = layer(inputs)[0]
    slopes = [torch.autograd.grad(each, inputs, retain_graph=True)[0][-1] for each in outputs]
    return bool(torch.stack(slopes).abs().max() > 1e-9)


def _seen(
    rows_meet: Callable[[nn.Module, Tensor], bool], name: str, training: bool, x: Tensor
) -> dict[str, object]:
    torch.manual_seed(0)
    layers: dict[str, nn.Module] = {
        "Linear": nn.Linear(3, 2),
        "BatchNorm1d": nn.BatchNorm1d(3),
        "LayerNorm": nn.LayerNorm(3),
        "Softmax(dim=0)": nn.Softmax(dim=0),
        "Softmax(dim=1)": nn.Softmax(dim=1),
        "a network": nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2)),
    }
    layer = layers[name].double().train(training)
    given = x.clone()
    answer = rows_meet(layer, given)
    return {
        f"answer for {name}": answer,
        "mode afterwards": "training" if layer.training else "eval",
        "x is unchanged": torch.equal(given, x),
    }


def _modes(generator: Generator) -> Iterator[tuple[str, bool, Tensor]]:
    for name, training in (
        ("Linear", True),
        ("BatchNorm1d", True),
        ("BatchNorm1d", False),
        ("LayerNorm", True),
        ("Softmax(dim=0)", False),
        ("Softmax(dim=1)", False),
        ("a network", True),
        ("a network", False),
    ):
        yield name, training, torch.randn(4, 3, generator=generator, dtype=torch.float64)


company = Exercise(
    name="networks/company",
    title="Do its rows meet?",
    mark=2,
    prompt="""
Rows that should not depend on each other sometimes do, and not by batch norm alone:
`nn.Softmax(dim=0)` is a slip that no error reports. Write a test for it. `rows_meet(layer, x)` says
whether the layer, in the mode that it has, gives the *first* row another output when only the
*last* one changes. It leaves `x` and the mode as they are. Before you write: for which layers that
you know must it say `True`?
""",
    solution=rows_meet,
    reference=_by_gradient,
    cases=_modes,
    use=_seen,
    example="x = torch.randn(4, 3)\n"
    "norms = nn.BatchNorm1d(3), nn.BatchNorm1d(3).eval()\n"
    "for layer in (*norms, nn.Softmax(dim=0), nn.Softmax(dim=1)):\n"
    "    print(layer, rows_meet(layer, x))",
    hints=(
        "Change the last row of a copy, and ask the layer about both tables.",
        "Compare row 0 of the two answers with `torch.allclose`.",
    ),
    mistakes=(
        Mistake(
            "layer(x)[0], layer(other)[0]",
            "layer(x), layer(other)",
            says="A row that changed itself gets another output from any layer: change the last "
            "row alone, and compare the first.",
        ),
        Mistake(
            "x.clone()",
            "x",
            says="Without a copy, you changed x itself, and compared it with itself: clone it.",
        ),
        Mistake(
            "    other = x.clone()\n",
            "    layer.eval()\n    other = x.clone()\n",
            says="You switched the layer to eval: there batch norm does not look at the batch. "
            "Leave the mode as it is.",
        ),
        Mistake(
            "not torch.allclose",
            "torch.allclose",
            says="That is the other way round: equal outputs mean that the rows do not meet.",
        ),
    ),
)
