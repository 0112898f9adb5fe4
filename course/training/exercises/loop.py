"""Exercises of the lesson `training/loop`: write it, and `check` tells what is missing."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.optim import Optimizer

from course.practice import Exercise, Mistake
from course.training.loop import History


def training_step(
    model: nn.Module,
    x: Tensor,
    y: Tensor,
    criterion: Callable[[Tensor, Tensor], Tensor],
    optimizer: Optimizer,
) -> Tensor:
    """Return the loss of one batch, a scalar, after one step of training, which changes the model.

    Gradients that are left over from before do not count.

    Args:
        model: Maps inputs `(n, d)` to outputs `(n,)`.
        x: Inputs, shape `(n, d)`.
        y: Targets, shape `(n,)`.
        criterion: Takes outputs and targets, returns the mean loss, a scalar.
        optimizer: Holds the parameters of `model`.
    """
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.detach()


def _step_by_grad(
    model: nn.Module,
    x: Tensor,
    y: Tensor,
    criterion: Callable[[Tensor, Tensor], Tensor],
    optimizer: Optimizer,
) -> Tensor:
    """Take the step of plain descent, without backward, zero_grad and step."""
    parameters = list(model.parameters())
    loss = criterion(model(x), y)
    slopes = torch.autograd.grad(loss, parameters)
    with torch.no_grad():
        for parameter, slope in zip(parameters, slopes, strict=True):
            parameter.sub_(optimizer.param_groups[0]["lr"] * slope)
    return loss.detach()


def _line(weight: Tensor) -> nn.Module:
    """Return a linear model with these weights and the bias 0, and with old gradients."""
    layer = nn.Linear(len(weight), 1, dtype=weight.dtype)
    layer.weight.data[0] = weight
    nn.init.zeros_(layer.bias)
    for parameter in layer.parameters():
        parameter.grad = torch.ones_like(parameter)
    return nn.Sequential(layer, nn.Flatten(0))


def _two_steps(
    step: Callable[..., Tensor], x: Tensor, y: Tensor, weight: Tensor, criterion: nn.Module
) -> dict[str, Any]:
    model = _line(weight)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    losses = [step(model, x, y, criterion, optimizer) for _ in range(2)]
    return {
        "losses": losses,
        "parameters": [each.detach() for each in model.parameters()],
        "losses on their graph": any(loss.requires_grad for loss in losses),
    }


def _batches(generator: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor, nn.Module]]:
    for n, d, dtype in ((1, 1, torch.float32), (7, 3, torch.float32), (4, 2, torch.float64)):
        x = torch.randn(n, d, generator=generator, dtype=dtype)
        y = torch.randn(n, generator=generator, dtype=dtype)
        yield x, y, torch.ones(d, dtype=dtype), nn.MSELoss()
    # Of this one, outputs and targets are not to be exchanged.
    yield x, (y > 0).to(dtype), torch.ones(d, dtype=dtype), nn.BCEWithLogitsLoss()


step = Exercise(
    name="training/step",
    title="One step of training",
    mark=1,
    prompt="""
Write `training_step(model, x, y, criterion, optimizer)`: the five calls for one batch. It returns
the loss that the batch had before the step, cut off from the graph.
""",
    solution=training_step,
    reference=_step_by_grad,
    cases=_batches,
    use=_two_steps,
    example="""
model = nn.Linear(1, 1, bias=False)
nn.init.zeros_(model.weight)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
x, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[2.0], [4.0]])
print(training_step(model, x, y, nn.MSELoss(), optimizer), model.weight.item())
""",
    hints=(
        "The five calls are those in the table at the top of the lesson, in that order.",
        "`loss.detach()` is the loss without the graph that led to it.",
    ),
    mistakes=(
        Mistake(
            "optimizer.zero_grad()\n",
            "",
            says="The gradients from before still count, because `backward` adds to them: begin "
            "with `optimizer.zero_grad()`.",
        ),
        Mistake(
            "optimizer.step()\n",
            "",
            says="The parameters are as they were: `loss.backward()`, then `optimizer.step()`, and "
            "no `zero_grad` between the two.",
        ),
        Mistake(
            "loss.detach()",
            "criterion(model(x), y).detach()",
            says="That is the loss after the step: return the one that you called `backward` on.",
        ),
        Mistake(
            "loss.detach()",
            "loss",
            says="The step is right. The loss that you return is still on its graph, which stays "
            "in memory with it: return `loss.detach()`.",
        ),
        Mistake(
            "criterion(model(x), y)",
            "criterion(y, model(x))",
            says="For the squared error the order makes no difference, for other criteria it does: "
            "outputs first, then targets.",
        ),
    ),
)


def stalled(history: History, patience: int = 5) -> bool:
    """Return whether the last epochs brought no training loss lower than all epochs before them.

    Args:
        history: Of the epochs so far.
        patience: How many last epochs to look at; until there are more than that, nothing stalls.

    Examples:
        >>> stalled(History(training=[0.9, 0.5, 0.6, 0.5]), patience=2)
        True
        >>> stalled(History(training=[0.9, 0.5, 0.6, 0.4]), patience=2)
        False
    """
    losses = history.training
    return len(losses) > patience and min(losses[-patience:]) >= min(losses[:-patience])


def _stalled_by_place(history: History, patience: int = 5) -> bool:
    losses = torch.tensor(history.training, dtype=torch.float64)
    return history.epochs - 1 - int(losses.argmin()) >= patience  # argmin is the first lowest


def _histories(generator: Generator) -> Iterator[tuple[History] | tuple[History, int]]:
    yield History(training=[0.5]), 5
    yield (History(training=[0.9, 0.5, 0.5, 0.6, 0.7, 0.5]),)  # as `fit` calls it
    yield (History(training=[0.5, 0.9, 0.6, 0.7, 0.8]),)
    yield (History(training=[0.9, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6]),)
    yield (History(training=[0.9, 0.5, 0.4, 0.6, 0.7, 0.8, 0.9]),)
    yield History(training=[0.9, 0.5, 0.4, 0.6, 0.7]), 3
    yield History(training=[0.9, 0.5, 0.4, 0.6]), 2
    yield History(training=[0.9, 0.5, 0.5, 0.5]), 2
    yield History(training=[0.9, 0.5, 0.6, 0.4, 0.41, 0.42]), 3
    for epochs, patience in ((3, 2), (5, 5), (6, 5), (9, 1), (20, 5)):
        losses = torch.linspace(1.0, 0.5, epochs) + 0.1 * torch.rand(epochs, generator=generator)
        yield History(training=losses.tolist()), patience


callback = Exercise(
    name="training/callback",
    title="Stop when nothing improves",
    mark=2,
    prompt="""
Write `stalled(history, patience=5)`. `fit` calls a callback after each epoch, and ends the training
when it returns `True`; so `callbacks=[stalled]` ends it when the last five epochs brought no
training loss below the lowest of all epochs before.
""",
    solution=stalled,
    reference=_stalled_by_place,
    cases=_histories,
    example="print(stalled(History(training=[0.9, 0.5, 0.6, 0.55]), patience=2))",
    hints=(
        "`losses[-patience:]` are the last epochs, `losses[:-patience]` those before.",
        "As long as there are none before, return `False`.",
    ),
    mistakes=(
        Mistake(
            "> patience and min(losses[-patience:]) >= min(losses[:-patience])",
            "> 1 and losses[-1] >= losses[-2]",
            says="One epoch that is worse than the one before is noise: compare the lowest of the "
            "last `patience` epochs with the lowest before them.",
        ),
        Mistake(
            "len(losses) > patience and ",
            "",
            says="In the first epochs there are none before: return `False` then.",
        ),
        Mistake(
            ">=",
            ">",
            says="Equal is no improvement: stop unless the lowest of the last epochs is below.",
        ),
    ),
)


def train_epoch(
    model: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor]],
    criterion: Callable[[Tensor, Tensor], Tensor],
    optimizer: Optimizer,
) -> float:
    """Return the mean loss over all rows of one epoch of training, which changes the model.

    Args:
        model: Maps inputs `(n, d)` to outputs `(n,)`. It may arrive in `eval` mode.
        batches: Pairs of inputs `(n, d)` and targets `(n,)`; the last one may be shorter.
        criterion: Takes outputs and targets, returns the mean loss, a scalar.
        optimizer: Holds the parameters of `model`.
    """
    model.train()
    total, rows = 0.0, 0
    for x, y in batches:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        rows += len(y)
    return total / rows


def _broken(
    model: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor]],
    criterion: Callable[[Tensor, Tensor], Tensor],
    optimizer: Optimizer,
) -> float:
    """Return the mean loss over all rows of one epoch of training, which changes the model.

    Args:
        model: Maps inputs `(n, d)` to outputs `(n,)`. It may arrive in `eval` mode.
        batches: Pairs of inputs `(n, d)` and targets `(n,)`; the last one may be shorter.
        criterion: Takes outputs and targets, returns the mean loss, a scalar.
        optimizer: Holds the parameters of `model`.
    """
    losses = []
    optimizer.zero_grad()
    for x, y in batches:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)


def _epoch_by_grad(
    model: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor]],
    criterion: Callable[[Tensor, Tensor], Tensor],
    optimizer: Optimizer,
) -> float:
    model.train()
    pairs = list(batches)
    losses = [_step_by_grad(model, x, y, criterion, optimizer).item() for x, y in pairs]
    repeated = [loss for loss, (_, y) in zip(losses, pairs, strict=True) for _ in y]
    return sum(repeated) / len(repeated)


def _one_epoch(
    train: Callable[..., float],
    x: Tensor,
    y: Tensor,
    weight: Tensor,
    criterion: nn.Module,
    size: int,
) -> dict[str, Any]:
    model = _line(weight).eval()
    modes: list[bool] = []
    model.register_forward_pre_hook(lambda module, _: modes.append(module.training))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    batches = list(zip(x.split(size), y.split(size), strict=True))
    loss = train(model, batches, criterion, optimizer)
    parameters = [each.detach() for each in model.parameters()]
    return {"loss": loss, "parameters": parameters, "training mode": all(modes)}


def _epochs(generator: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor, nn.Module, int]]:
    for batch, size in zip(_batches(generator), (1, 3, 2, 3), strict=True):
        yield *batch, size


repair = Exercise(
    name="training/repair",
    title="Three mistakes in one epoch",
    mark=3,
    prompt="""
This `train_epoch` runs, and the loss that it returns mostly falls. Yet three things are wrong with
it; all three are in this lesson. Find and repair them.
""",
    solution=train_epoch,
    starter=_broken,
    reference=_epoch_by_grad,
    cases=_epochs,
    use=_one_epoch,
    example="""
model = nn.Sequential(nn.Linear(1, 1), nn.Flatten(0))
for parameter in model.parameters():
    nn.init.zeros_(parameter)
optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
batches = [(torch.ones(3, 1), torch.ones(3)), (torch.ones(1, 1), torch.tensor([3.0]))]
print(train_epoch(model, batches, nn.MSELoss(), optimizer))
""",
    hints=(
        "How often does a gradient have to be cleared?",
        "What does the mean loss of a batch of one row count for, beside one of three?",
        "In which mode may the model arrive?",
    ),
    mistakes=(
        Mistake(
            "optimizer.zero_grad()\n",
            "",
            "model.train()\n",
            "model.train()\noptimizer.zero_grad()\n",
            says="The gradients of all batches so far add up: `optimizer.zero_grad()` belongs in "
            "the loop over the batches.",
        ),
        Mistake(
            " * len(y)",
            "",
            "rows += len(y)",
            "rows += 1",
            says="The steps are right. The loss is the mean of the batches' means, in which a row "
            "of a shorter batch counts more: weight each by `len(y)`.",
        ),
        Mistake(
            "model.train()\n",
            "",
            says="Steps and loss are right here. But a model that arrives in `eval` mode would "
            "train without its dropout: begin with `model.train()`.",
        ),
        Mistake(
            "criterion(model(x), y)",
            "criterion(y, model(x))",
            says="All three are repaired. But the criterion takes outputs first, then targets: for "
            "the squared error alone the order makes no difference.",
        ),
    ),
)
