"""Exercises of the lesson `networks/errors`: how many outputs, which layer, and four slips."""

from collections.abc import Callable, Iterator

import torch
from torch import Generator, Tensor, nn

from course.practice import Exercise, Mistake


def outputs_for(labels: Tensor, ignore_index: int) -> int:
    """Return the fewest outputs with which no label is out of bounds.

    Args:
        labels: Shape `(n,)`, int64: classes counted from 0, or `ignore_index`.
        ignore_index: Marks rows that the loss leaves out.

    Examples:
        >>> outputs_for(torch.tensor([0, 3, -100, 1]), ignore_index=-100)
        4
    """
    return int(labels[labels != ignore_index].max()) + 1


def _by_trying(labels: Tensor, ignore_index: int) -> int:
    for k in range(1, 400):
        try:
            nn.functional.cross_entropy(
                torch.zeros(len(labels), k), labels, ignore_index=ignore_index
            )
        except IndexError:
            continue
        return k
    raise AssertionError("no case has so many classes")


def _labels(generator: Generator) -> Iterator[tuple[Tensor, int]]:
    yield torch.tensor([0, 3, -100, 1]), -100
    yield torch.tensor([0, 0]), -100
    yield torch.tensor([4, 255, 2]), 255
    yield torch.tensor([1, -1, 1]), -1
    yield torch.randint(9, (20,), generator=generator), -100


outputs_needed = Exercise(
    name="networks/outputs_needed",
    title="How many outputs?",
    mark=1,
    prompt="""
“Target 3 is out of bounds.” Write `outputs_for(labels, ignore_index)`: the fewest outputs that a
model needs, so that `cross_entropy` takes all labels. Rows with the label `ignore_index` are left
out by the loss, whatever that number is.
""",
    solution=outputs_for,
    reference=_by_trying,
    cases=_labels,
    example="print(outputs_for(torch.tensor([0, 3, -100, 1]), ignore_index=-100))",
    hints=("Classes are counted from 0: where the largest is 3, there are four.",),
    mistakes=(
        Mistake(" + 1", "", says="Classes are counted from 0: that is the largest, not how many."),
        Mistake(
            "int(labels[labels != ignore_index].max()) + 1",
            "len(labels[labels != ignore_index].unique())",
            says="A class that no row has still needs its place: count up to the largest.",
        ),
        Mistake(
            "labels[labels != ignore_index]",
            "labels",
            says="What is ignored may be the largest of all: leave it out first.",
        ),
    ),
)


def misfit(shape: tuple[int, ...], layers: list[tuple[int, int]]) -> int | None:
    """Return the place of the first linear layer that cannot take what arrives, or None.

    Args:
        shape: Of the inputs, such as `(32, 784)`.
        layers: For each layer its inputs and outputs, as in `nn.Linear(784, 10)`.

    Examples:
        >>> misfit((32, 28, 28), [(28, 16), (784, 10)])
        1
    """
    arriving = shape[-1]
    for place, (inputs, outputs) in enumerate(layers):
        if inputs != arriving:
            return place
        arriving = outputs
    return None


def _by_running(shape: tuple[int, ...], layers: list[tuple[int, int]]) -> int | None:
    x = torch.zeros(shape)
    for place, sizes in enumerate(layers):
        try:
            x = nn.Linear(*sizes)(x)
        except RuntimeError:
            return place
    return None


def _stacks(generator: Generator) -> Iterator[tuple[tuple[int, ...], list[tuple[int, int]]]]:
    yield (32, 28, 28), [(28, 16), (784, 10)]
    yield (32, 784), [(784, 64), (64, 10)]
    yield (5,), [(1, 1)]
    yield (5, 1), [(1, 4), (4, 1), (4, 1)]
    yield (2, 3), []
    yield (7, 2, 6), [(2, 3), (3, 6)]


first_misfit = Exercise(
    name="networks/first_misfit",
    title="Which layer?",
    mark=2,
    prompt="""
Somebody gives you the shape of the inputs and the sizes of the linear layers behind each other,
as in `nn.Linear(784, 10)`. Write `misfit(shape, layers)`: the place, counted from 0, of the first
layer that raises “mat1 and mat2 shapes cannot be multiplied”, or `None` if all fit. Which
axis of the inputs does a layer look at?
""",
    solution=misfit,
    reference=_by_running,
    cases=_stacks,
    example="print(misfit((32, 28, 28), [(28, 16), (784, 10)]))",
    hints=(
        "A linear layer reads the last axis as one row, and leaves all other axes as they are.",
        "What leaves one layer is what arrives at the next.",
    ),
    mistakes=(
        Mistake("shape[-1]", "shape[1]", says="A layer looks at the last axis, not at the second."),
        Mistake(
            "        arriving = outputs\n",
            "",
            says="Behind a layer, its outputs arrive, and no longer the inputs.",
        ),
    ),
)


def mended(model: nn.Module, optimizer: torch.optim.Optimizer, x: Tensor, y: Tensor) -> float:
    """Take one step, and return the loss before it as a number.

    Args:
        model: Gives logits, shape `(n, k)`, for float32 inputs.
        optimizer: Holds its parameters.
        x: Shape `(n, h, w)`, uint8: images.
        y: Shape `(n, 1)`, float: classes.
    """
    optimizer.zero_grad()
    logits = model(x.flatten(1).float())
    loss = nn.functional.cross_entropy(logits, y.squeeze(1).long())
    loss.backward()
    optimizer.step()
    return loss.item()


def _by_parts(model: nn.Module, optimizer: torch.optim.Optimizer, x: Tensor, y: Tensor) -> float:
    rows = torch.stack([image.reshape(-1) for image in x]).to(torch.float32)
    logs = model(rows).log_softmax(dim=1)
    loss = -torch.stack([logs[i, int(label)] for i, label in enumerate(y)]).mean()
    parameters = [each for group in optimizer.param_groups for each in group["params"]]
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
        parameter.grad = gradient
    optimizer.step()
    return float(loss)


def _broken(model: nn.Module, optimizer: torch.optim.Optimizer, x: Tensor, y: Tensor) -> Tensor:
    """Take one step, and return the loss before it."""
    logits = model(x)
    loss = nn.functional.cross_entropy(logits, y)
    loss.backward()
    optimizer.step()
    return loss


def _one_step(
    step: Callable[..., float], weight: Tensor, x: Tensor, y: Tensor
) -> dict[str, float | Tensor]:
    """Use a step on a model that has gradients of an earlier one."""
    model = nn.Linear(weight.shape[1], weight.shape[0])
    for parameter, start in zip(
        model.parameters(), (weight, torch.zeros(len(weight))), strict=True
    ):
        parameter.data.copy_(start)
        parameter.grad = torch.ones_like(parameter)
    loss = step(model, torch.optim.SGD(model.parameters(), lr=0.1), x, y)
    return {"loss": loss, "weight": model.weight.detach(), "bias": model.bias.detach()}


def _batches(generator: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    for n, k in ((4, 3), (1, 2)):
        weight = torch.randn(k, 6, generator=generator)
        x = torch.randint(5, (n, 2, 3), generator=generator, dtype=torch.uint8)
        yield weight, x, torch.randint(k, (n, 1), generator=generator).float()


four_slips = Exercise(
    name="networks/four_slips",
    title="Four slips",
    mark=2,
    prompt="""
This step raises an error; when that is mended, another one, and then one more. A fourth slip
raises none. Mend them all: `x` are images, `(n, h, w)`, of whole numbers, `y` classes as a column,
`(n, 1)`, of numbers with a decimal point, and the model is a linear layer for as many inputs as an
image has pixels. Return the loss as a number of Python.
""",
    solution=mended,
    reference=_by_parts,
    cases=_batches,
    use=_one_step,
    starter=_broken,
    example="""model = nn.Linear(6, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.zeros(4, 2, 3, dtype=torch.uint8), torch.zeros(4, 1)
print(f"{mended(model, optimizer, x, y):.1f}")""",
    hints=(
        "Ask of `x` and of `y`: which shape, which dtype? What does the model want, and what the "
        "loss?",
        "What raises no error: gradients of the step before are still there.",
    ),
    mistakes=(
        Mistake(
            "    optimizer.zero_grad()\n",
            "",
            says="No error says so: the gradients of the step before were added to these.",
        ),
        Mistake("loss.item()", "loss", says="Return a number: a tensor keeps its whole history."),
    ),
)
