"""Exercises of the lesson `networks/workflow`: write it, and `check` tells what is missing."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import torch
from torch import Generator, Tensor, nn

from course.practice import Exercise, Mistake


def base_rate(y: Tensor) -> float:
    """Return the accuracy of always giving the more frequent of two answers.

    Args:
        y: Shape `(n,)`, each 0 or 1, `n` at least 1.

    Examples:
        >>> base_rate(torch.tensor([1, 0, 1, 1]))
        0.75
    """
    yes = int((y == 1).sum())
    return max(yes, len(y) - yes) / len(y)


def _of_the_most_common(y: Tensor) -> float:
    return Counter(y.tolist()).most_common(1)[0][1] / len(y)


def _answers(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([1, 0, 1, 1]),)
    yield (torch.tensor([0.0, 0.0, 1.0, 0.0, 0.0]),)
    yield (torch.tensor([0, 1]),)
    yield (torch.tensor([0.0]),)
    yield (torch.rand(30, generator=generator, dtype=torch.float64).round(),)


baseline = Exercise(
    name="networks/baseline",
    title="Without looking",
    mark=1,
    prompt="""
Write `base_rate(y)`: the fraction of rows that are right if every answer is the one that is more
frequent, be it 0 or 1. Return a number of Python.
""",
    solution=base_rate,
    reference=_of_the_most_common,
    cases=_answers,
    example="print(base_rate(torch.tensor([1.0, 0.0, 0.0])))",
    hints=("Count the ones: `(y == 1).sum()`. The other rows are zeros.",),
    mistakes=(
        Mistake(
            "max(yes, len(y) - yes)",
            "yes",
            says="That is the share of ones: where zeros are more frequent, say 0.",
        ),
        Mistake(
            "max(yes, len(y) - yes)",
            "(len(y) - yes)",
            says="That is the share of zeros: where ones are more frequent, say 1.",
        ),
        Mistake("/ len(y)", "// len(y)", says="`//` cuts the decimals off: divide by `/`."),
    ),
)


def scale(x_train: Tensor, x_test: Tensor) -> tuple[Tensor, Tensor]:
    """Return both sets, scaled by mean and standard deviation of the training columns.

    The standard deviation divides by `n`, as scikit-learn's `StandardScaler` does.

    Args:
        x_train: Shape `(n, d)`, no column constant.
        x_test: Shape `(m, d)`.

    Examples:
        >>> scale(torch.tensor([[1.0], [3.0]]), torch.tensor([[4.0]]))
        (tensor([[-1.],
                [ 1.]]), tensor([[2.]]))
    """
    mean, std = x_train.mean(dim=0), x_train.std(dim=0, correction=0)
    return (x_train - mean) / std, (x_test - mean) / std


def _scaled_by_sums(x_train: Tensor, x_test: Tensor) -> tuple[Tensor, Tensor]:
    mean = x_train.sum(dim=0) / len(x_train)
    variance = (x_train - mean).square().sum(dim=0) / len(x_train)
    return (x_train - mean) / variance.sqrt(), (x_test - mean) / variance.sqrt()


def _two_tables(generator: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    for n, m, d, dtype in ((2, 1, 1, torch.float32), (6, 3, 2, torch.float64)):
        units = 10 ** torch.arange(d, dtype=dtype)
        rows = units * torch.randn(n + m, d, generator=generator, dtype=dtype) - 3
        yield rows[:n], rows[n:]


scaling = Exercise(
    name="networks/scaling",
    title="Scale what is new",
    mark=1,
    prompt="""
Write `scale(x_train, x_test)`: both sets, scaled. The training columns are to have mean zero and
standard deviation one. Here the standard deviation divides by $n$, and not by $n - 1$. The test
rows are patients who are yet to come: they are scaled by numbers that are known before.
""",
    solution=scale,
    reference=_scaled_by_sums,
    cases=_two_tables,
    example="""
known = torch.tensor([[1.0, 10.0], [3.0, 30.0]])
new = torch.tensor([[4.0, 10.0]])
for each in scale(known, new):
    print(each)
""",
    hints=(
        "Two numbers per column: `x_train.mean(dim=0)`, and `x_train.std(dim=0, …)`.",
        "`correction` of `std` is what it takes off $n$ before it divides.",
    ),
    mistakes=(
        Mistake(
            "(x_test - mean) / std",
            "(x_test - x_test.mean(dim=0)) / x_test.std(dim=0, correction=0)",
            says="You scale the test rows by their own numbers: the same tumour would then look "
            "different in other company. Take those of the training rows.",
        ),
        Mistake(
            "mean, std = x_train.mean(dim=0), x_train.std(dim=0, correction=0)\n",
            "rows = torch.cat([x_train, x_test])\n"
            "mean, std = rows.mean(dim=0), rows.std(dim=0, correction=0)\n",
            says="The test rows have a say in your mean: compute it from the training rows alone.",
        ),
        Mistake(
            ", correction=0", "", says="torch's `std` divides by n − 1: give it `correction=0`."
        ),
        Mistake(
            "mean(dim=0)",
            "mean()",
            "dim=0, ",
            "",
            says="That is one mean for the whole table: `dim=0` gives one per column.",
        ),
    ),
)


def train_epoch(
    model: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor]],
    criterion: nn.Module,
    optimizer: torch.optim.Optimizer,
) -> float:
    """Return the mean loss over the rows; the model takes a step for each batch.

    Args:
        model: Maps inputs `(n, d)` to outputs `(n,)`.
        batches: Pairs of inputs `(n, d)` and targets `(n,)`.
        criterion: Takes outputs and targets, returns their mean loss, a scalar.
        optimizer: Holds the parameters of `model`.

    Examples:
        >>> model = nn.Sequential(nn.Linear(1, 1), nn.Flatten(0))
        >>> batches = [(torch.tensor([[0.0], [1.0]]), torch.tensor([1.0, 3.0]))]
        >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
        >>> losses = [train_epoch(model, batches, nn.MSELoss(), optimizer) for _ in range(100)]
        >>> [round(parameter.item(), 3) for parameter in model.parameters()]
        [2.0, 1.0]
    """
    total, rows = 0.0, 0
    for x, y in batches:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        rows += len(y)
    return total / rows


def _cleared_before_the_step(
    model: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor]],
    criterion: nn.Module,
    optimizer: torch.optim.Optimizer,
) -> float:
    """Return the mean loss over the rows; the model takes a step for each batch.

    Args:
        model: Maps inputs `(n, d)` to outputs `(n,)`.
        batches: Pairs of inputs `(n, d)` and targets `(n,)`.
        criterion: Takes outputs and targets, returns their mean loss, a scalar.
        optimizer: Holds the parameters of `model`.
    """
    total, rows = 0.0, 0
    for x, y in batches:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        total += loss.item() * len(y)
        rows += len(y)
    return total / rows


def _stepped_by_formula(
    model: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor]],
    criterion: nn.Module,
    optimizer: torch.optim.Optimizer,
) -> float:
    """Return the same, without `grad`: nothing there has to be cleared."""
    lr: float = optimizer.param_groups[0]["lr"]
    parameters = list(model.parameters())
    losses: list[float] = []
    for x, y in batches:
        loss = criterion(model(x), y)
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter.sub_(lr * gradient)
        losses.extend([loss.item()] * len(y))
    return sum(losses) / len(losses)


def _two_epochs(
    function: Callable[..., float],
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    criterion: nn.Module,
    optimizer: torch.optim.Optimizer,
) -> dict[str, list[float] | list[nn.Parameter]]:
    """Return the losses of two epochs and the weights after them."""
    losses = [function(model, batches, criterion, optimizer) for _ in range(2)]
    return {"losses": losses, "weights": list(model.parameters())}


def _trainings(
    generator: Generator,
) -> Iterator[tuple[nn.Module, list[tuple[Tensor, Tensor]], nn.Module, torch.optim.Optimizer]]:
    for sizes, dtype in (([1], torch.float32), ([3, 3, 2], torch.float64)):
        model = nn.Sequential(nn.Linear(2, 1), nn.Flatten(0)).to(dtype)
        for parameter in model.parameters():
            nn.init.uniform_(parameter, generator=generator)
        inputs = [torch.randn(n, 2, generator=generator, dtype=dtype) for n in sizes]
        batches = [(x, (x[:, 0] > 0).to(dtype)) for x in inputs]
        # Outputs and targets may be exchanged for the first criterion, not for the second.
        for criterion in (nn.MSELoss(), nn.BCEWithLogitsLoss()):
            yield model, batches, criterion, torch.optim.SGD(model.parameters(), lr=0.1)


one_epoch = Exercise(
    name="networks/one_epoch",
    title="A loop to repair",
    mark=2,
    prompt="""
One epoch of the loop, and one of its lines stands in the wrong place. Decide first what that does
to the model, then repair `train_epoch`. The check trains a small model for two epochs, and compares
losses and weights with steps that are computed without `grad`.
""",
    solution=train_epoch,
    starter=_cleared_before_the_step,
    reference=_stepped_by_formula,
    cases=_trainings,
    use=_two_epochs,
    example="""
model = nn.Sequential(nn.Linear(1, 1), nn.Flatten(0))
for parameter in model.parameters():
    nn.init.zeros_(parameter)
batches = [(torch.tensor([[0.0], [1.0]]), torch.tensor([1.0, 3.0]))]
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for _ in range(3):
    print(train_epoch(model, batches, nn.MSELoss(), optimizer))
""",
    hints=(
        "What does `optimizer.step()` find in the gradients?",
        "`zero_grad` may stand anywhere between one `step` and the next `backward`.",
    ),
    mistakes=(
        Mistake(
            _cleared_before_the_step,
            says="No weight moves: `step` has to find the gradients that `backward` left.",
        ),
        Mistake(
            "optimizer.zero_grad()\n",
            "",
            says="Without `zero_grad` each step takes the sum of all gradients so far: clear them "
            "for every batch.",
        ),
        Mistake(
            "for x, y in batches:\n    optimizer.zero_grad()\n",
            "optimizer.zero_grad()\nfor x, y in batches:\n",
            says="Cleared once, the gradients of an epoch add up from batch to batch: `zero_grad` "
            "belongs inside the loop.",
        ),
        Mistake(
            "criterion(model(x), y)",
            "criterion(y, model(x))",
            says="The criterion takes outputs first, then targets: for the squared error alone the "
            "order makes no difference.",
        ),
    ),
)


def fraction_right(model: nn.Module, x: Tensor, y: Tensor) -> float:
    """Return the fraction of rows that the model, in `eval` mode, gets right.

    Args:
        model: Maps inputs `(n, d)` to logits `(n,)`. 0 and more means the answer 1.
        x: Shape `(n, d)`.
        y: Shape `(n,)`, each 0 or 1.

    Examples:
        >>> model = nn.Flatten(start_dim=0)  # its input is its logit
        >>> fraction_right(model, torch.tensor([[3.0], [-1.0]]), torch.tensor([1, 1]))
        0.5
    """
    model.eval()
    with torch.no_grad():
        answers = model(x) >= 0
    return int((answers == (y == 1)).sum()) / len(y)


def _by_probabilities(model: nn.Module, x: Tensor, y: Tensor) -> float:
    model.train(False)
    probabilities = torch.sigmoid(model(x)).tolist()
    pairs = zip(probabilities, y.tolist(), strict=True)
    right = [(probability >= 0.5) == bool(target) for probability, target in pairs]
    return right.count(True) / len(y)


def _models_and_rows(generator: Generator) -> Iterator[tuple[nn.Module, Tensor, Tensor]]:
    logits = torch.tensor([[0.0], [0.3], [-0.2], [4.0], [0.4]])
    yield nn.Flatten(0), logits, torch.tensor([0.0, 1.0, 0.0, 0.0, 1.0])
    yield nn.Flatten(0), torch.tensor([[0.0]]), torch.tensor([1])
    norm = nn.BatchNorm1d(1, dtype=torch.float64)
    norm(torch.linspace(-9, 1, 8, dtype=torch.float64).unsqueeze(-1))  # eval mode uses these
    x = torch.randn(9, 1, generator=generator, dtype=torch.float64)
    yield nn.Sequential(norm, nn.Flatten(0)), x, (x[:, 0] > -0.5).long()


evaluation = Exercise(
    name="networks/evaluation",
    title="From logits to an accuracy",
    mark=2,
    prompt="""
Write `fraction_right(model, x, y)`, a number of Python. A logit of 0 and more is the answer 1. The
model may hold layers that work differently while it is trained, so measure in `eval` mode; the
check has one such model.
""",
    solution=fraction_right,
    reference=_by_probabilities,
    cases=_models_and_rows,
    example="""
logits = torch.tensor([[3.0], [-1.0], [0.2]])
print(fraction_right(nn.Flatten(start_dim=0), logits, torch.tensor([1, 1, 1])))
""",
    hints=(
        "`model.eval()` comes first.",
        "Two masks: `model(x) >= 0` and `y == 1`. Count where they agree.",
    ),
    mistakes=(
        Mistake(
            ">= 0",
            ">= 0.5",
            says="One half is the border for probabilities: for logits it is 0, because "
            "`sigmoid(0)` is one half.",
        ),
        Mistake(
            ">= 0",
            "> 0",
            says="A logit of exactly 0 is the answer 1 too: its probability is one half, and the "
            "answer is 1 from the threshold on.",
        ),
        Mistake(
            "model.eval()\n",
            "",
            says="The model is still in training mode, where some layers work differently and even "
            "change: call `model.eval()` first.",
        ),
        Mistake(
            "model(x) >= 0",
            "torch.sigmoid(model(x)) >= 0",
            says="Every probability is above 0, so every answer is 1: compare the logits with 0.",
        ),
    ),
)
