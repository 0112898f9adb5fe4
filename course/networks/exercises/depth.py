"""Exercises of the lesson `networks/depth`: write it, and `check` tells what is missing."""

import math
from collections.abc import Iterator

import torch
from torch import Generator, nn

from course.practice import Exercise, Mistake


def leaky_gain(slope: float) -> float:
    """Return the gain with which layers keep the size of a signal behind leaky ReLU.

    Args:
        slope: By what leaky ReLU multiplies numbers below 0.

    Examples:
        >>> round(leaky_gain(0.0), 4)  # plain ReLU
        1.4142
    """
    return math.sqrt(2 / (1 + slope**2))


def _gain_of_torch(slope: float) -> float:
    return nn.init.calculate_gain("leaky_relu", slope)


def _slopes(generator: Generator) -> Iterator[tuple[float]]:
    yield (0.0,)
    yield (0.01,)
    yield (1.0,)
    yield (0.3,)
    yield (float(torch.rand((), generator=generator)) + 0.2,)


leaky = Exercise(
    name="networks/leaky",
    title="The gain for leaky ReLU",
    mark=1,
    prompt=r"""
*Leaky ReLU* keeps what is above 0, and multiplies what is below by a small `slope`, such as 0.01.
Write `leaky_gain(slope)`: the gain for which no layer changes the size of the signal. Half of the
numbers are above 0.
""",
    solution=leaky_gain,
    reference=_gain_of_torch,
    cases=_slopes,
    example="print(leaky_gain(0.0), leaky_gain(0.5), leaky_gain(1.0))",
    hints=(
        "What becomes of the mean square of the numbers above 0, and of that of those below?",
        "Each half holds half of the squares. Of them, "
        r"$\frac{1}{2} + \frac{1}{2}\,\text{slope}^2$ are left: the squared gain makes up for it.",
    ),
    mistakes=(
        Mistake("slope**2", "slope", says="Squares are what counts: below 0 the slope is squared."),
        Mistake(
            "math.sqrt(2 / (1 + slope**2))",
            "2 / (1 + slope**2)",
            says="That is the square of the gain: variance grows with the gain squared.",
        ),
        Mistake(
            "2 / (1 + slope**2)",
            "(1 + slope**2) / 2",
            says="That is what a layer leaves over: the gain has to make up for it.",
        ),
        Mistake(
            "2 / (1 + slope**2)",
            "2",
            says="That is the gain of plain ReLU: what goes on below 0 counts, too.",
        ),
    ),
)


class Mixed(nn.Module):
    """A model that keeps some of its layers where PyTorch looks, and some where it does not.

    Args:
        spare: What it keeps as attributes, by name.
    """

    def __init__(self, **spare: object) -> None:
        """Keep what is given."""
        super().__init__()
        for name, value in spare.items():
            setattr(self, name, value)


def untracked(model: nn.Module) -> list[str]:
    """Return the names of the attributes that hide layers in a plain list, in their order.

    Args:
        model: Only its own attributes are looked at, not those of its layers.

    Examples:
        >>> untracked(Mixed(layers=[nn.Linear(1, 1)], last=nn.Linear(1, 1)))
        ['layers']
    """
    return [
        name
        for name, value in vars(model).items()
        if isinstance(value, list) and any(isinstance(each, nn.Module) for each in value)
    ]


def _by_search(model: nn.Module) -> list[str]:
    found = []
    for name in model.__dict__:
        value = getattr(model, name)
        if type(value) is list and [each for each in value if hasattr(each, "state_dict")]:
            found.append(name)
    return found


def _models(generator: Generator) -> Iterator[tuple[nn.Module]]:
    def layer() -> nn.Linear:
        return nn.Linear(1, 1)

    yield (Mixed(layers=[layer()], last=layer()),)
    yield (Mixed(layers=nn.ModuleList([layer()]), sizes=[1, 2], names=["a"]),)
    yield (Mixed(),)
    first = layer()
    first.__dict__ = {"spare": [layer()], **first.__dict__}
    yield (first,)
    yield (Mixed(hidden=[layer(), layer()], sizes=[], rows=[torch.ones(2)], mixed=[None, layer()]),)


unfound = Exercise(
    name="networks/unfound",
    title="Find the layers that are not found",
    mark=2,
    prompt="""
A model trains badly, and you suspect layers in a plain list. Write `untracked(model)`: the names of
the attributes that are lists with at least one `nn.Module` in them, in the order in which they were
made. `vars(model)` gives the attributes of an object by name. What `nn.Module` has registered it
keeps elsewhere, in dictionaries.
""",
    solution=untracked,
    reference=_by_search,
    cases=_models,
    example="print(untracked(Mixed(layers=[nn.Linear(1, 1)], last=nn.Linear(1, 1))))",
    hints=(
        "Go through `vars(model).items()` and keep what is a `list`. Sizes may be a list as well.",
        "`any(isinstance(each, nn.Module) for each in value)` says whether there is a layer in it.",
    ),
    mistakes=(
        Mistake(
            " and any(isinstance(each, nn.Module) for each in value)",
            "",
            says="A list of sizes hides nothing: there has to be an `nn.Module` in it.",
        ),
        Mistake(
            "any(isinstance",
            "all(isinstance",
            says="One layer among other things is lost as well; and an empty list hides none.",
        ),
        Mistake(
            "isinstance(value, list) and any(isinstance(each, nn.Module) for each in value)",
            "isinstance(value, nn.Module)",
            "vars(model)",
            "model._modules",
            says="Those are the layers that PyTorch does find.",
        ),
    ),
)


def branch_gain(blocks: int, growth: float) -> float:
    """Return the gain with which so many residual blocks of ReLU let a signal grow so much.

    Args:
        blocks: How many blocks `x + f(x)` there are, at least 1.
        growth: By what the size of the signal is multiplied by all of them, above 1.

    Examples:
        >>> round(branch_gain(1, 2**0.5), 4)
        1.4142
    """
    return math.sqrt(2 * (growth ** (2 / blocks) - 1))


def _by_halving(blocks: int, growth: float) -> float:
    low, high = 0.0, math.sqrt(2) * growth
    for _ in range(200):
        middle = (low + high) / 2
        size = 1.0
        for _ in range(blocks):
            size *= math.sqrt(1 + middle**2 / 2)
        low, high = (middle, high) if size < growth else (low, middle)
    return low


def _stacks(generator: Generator) -> Iterator[tuple[int, float]]:
    yield 1, math.sqrt(2)
    yield 19, 2.0
    for blocks in torch.randint(2, 60, (4,), generator=generator).tolist():
        yield blocks, 1.1 + 3 * float(torch.rand((), generator=generator))


branch = Exercise(
    name="networks/branch",
    title="As deep as you like",
    mark=3,
    prompt=r"""
With He's gain, twenty residual blocks multiply the signal by about a thousand. Write
`branch_gain(blocks, growth)`: the gain of the layers in the blocks $x + f(x)$, with ReLU, for which
*all blocks together* multiply the size of the signal by `growth`. What happens to it as there are
more and more blocks?
""",
    solution=branch_gain,
    reference=_by_halving,
    cases=_stacks,
    example="for blocks in (1, 10, 100, 1000):\n    print(blocks, branch_gain(blocks, 2.0))",
    hints=(
        r"One block multiplies the mean *square* by $1 + \text{gain}^2 / 2$. And all of them?",
        r"Solve $\left(1 + \text{gain}^2 / 2\right)^{\text{blocks}} = \text{growth}^2$.",
    ),
    mistakes=(
        Mistake(
            "growth ** (2 / blocks)",
            "growth ** (1 / blocks)",
            says="The size is the root of the mean square: the squares grow by growth².",
        ),
        Mistake(
            "growth ** (2 / blocks) - 1",
            "growth ** (2 / blocks)",
            says="What came in goes on beside the layer: it already is the 1 of 1 + gain²/2.",
        ),
        Mistake(
            "growth ** (2 / blocks) - 1",
            "growth**2 - 1",
            says="That is the gain for a single block: here the factors of all are multiplied.",
        ),
        Mistake(
            "math.sqrt(2 * (",
            "math.sqrt((",
            says="ReLU leaves half of the squares: the layer adds gain²/2.",
        ),
    ),
)
