"""One training step under a microscope: every tensor, its gradient, and what becomes of it."""

import copy
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import takewhile
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from course.autograd.graph import backward_order


def rms(values: Tensor) -> Tensor:
    """Return the size of a tensor, whatever its shape: the root of the mean of its squares.

    Args:
        values: Any shape, at least one element.

    Examples:
        >>> rms(torch.tensor([3.0, -3.0, 3.0]))
        tensor(3.)
    """
    return values.square().mean().sqrt()


@dataclass(eq=False)
class Row:
    """A tensor of one training step.

    Attributes:
        name: Where it stands in the model, such as `0.weight`, or what computed it, `0.linear`.
        kind: `parameter`, `buffer`, `input`, `intermediate` or `loss`.
        path: The module in which it was computed, `""` for the model itself; `0#2` is the second
            call of module `0`.
        operation: Its node in autograd's graph, such as `AddmmBackward0`; `leaf` for what was
            there before, and `""` for what has none.
        shape: Its shape.
        value: What it holds before the update; `None` if only autograd saw it.
        gradient: The derivative of the loss by it; `None` if none arrived.
        after: What it holds after the update, on the same rows with the same random numbers.
        wanted: Whether it asks for a gradient.
        cut: Whether it was computed from what asks for a gradient, and has no node.
        inside: Whether it is a part of another tensor that was changed in place: torch then keeps
            its gradient inside that of the whole, whose row follows.
    """

    name: str
    kind: str
    path: str
    operation: str
    shape: tuple[int, ...]
    value: Tensor | None = None
    gradient: Tensor | None = None
    after: Tensor | None = None
    wanted: bool = True
    cut: bool = False
    inside: bool = False

    @property
    def mean(self) -> float:
        """The mean of its elements before the update."""
        return _number(self.value, torch.mean)

    @property
    def spread(self) -> float:
        """The standard deviation of its elements before the update."""
        return _number(self.value, partial(torch.std, correction=0))

    @property
    def gradient_size(self) -> float:
        """The root of the mean square of its gradient; nan if it has none."""
        return _number(self.gradient, rms)

    @property
    def update_size(self) -> float:
        """The root of the mean square of what the update adds to it; nan if that is not known."""
        if self.value is None or self.after is None:
            return float("nan")
        return _number(self.after - self.value, rms)

    @property
    def ratio(self) -> float:
        """The size of the update in parts of the size of a parameter; nan if it is no parameter."""
        if self.kind != "parameter" or self.value is None:
            return float("nan")
        if self.update_size == 0:
            return 0.0
        weight = _number(self.value, rms)
        return self.update_size / weight if weight else float("inf")

    @property
    def remark(self) -> str:
        """What one should see at a glance: a few words, or none."""
        if self.cut:
            return "cut"
        if self.kind == "parameter" and not self.wanted:
            return "frozen"
        if self.gradient is None and self.inside:
            return "in the whole"
        if self.gradient is None:
            return "no gradient" if self.wanted and self.kind != "buffer" else ""
        if not self.gradient_size < float("inf"):
            return "not finite"
        if self.gradient_size == 0:
            return "gradient 0"
        return "not moved" if self.kind == "parameter" and self.update_size == 0 else ""


@dataclass(eq=False)
class Watched:
    """One step: a row for each tensor, and the graph that the gradients came down.

    Attributes:
        rows: Parameters, buffers and input first, then everything in the order of computation.
        edges: Pairs of positions in `rows`, from a result to what it was computed from.
    """

    rows: list[Row] = field(default_factory=list)
    edges: list[tuple[int, int]] = field(default_factory=list)

    def __getitem__(self, name: str) -> Row:
        """Return the row of that name.

        Raises:
            KeyError: If there is none; the message lists the names.
        """
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(f"no row {name!r}: there are {', '.join(row.name for row in self.rows)}")

    @property
    def loss(self) -> Row:
        """The row of the loss."""
        return next(row for row in self.rows if row.kind == "loss")

    def __str__(self) -> str:
        """Return the rows as a table for a terminal."""
        head = ["", "shape", "mean", "spread", "gradient", "update", "ratio", ""]
        table = [head, *(_cells(row) for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = []
        for cells in table:
            first, *middle, last = cells
            numbers = [f"{text:>{width}}" for text, width in zip(middle, widths[1:], strict=False)]
            lines.append("  ".join([f"{first:{widths[0]}}", *numbers, last]).rstrip())
        return "\n".join(lines)

    def graph(self) -> tuple[list[str], list[tuple[int, int]]]:
        """Return the text of each box and the edges, as `plotting.diagram` draws them."""
        used = sorted({end for edge in self.edges for end in edge})
        place = {old: new for new, old in enumerate(used)}
        texts = [_box(self.rows[index]) for index in used]
        return texts, [(place[start], place[end]) for start, end in self.edges]

    def columns(self) -> dict[str, list[Any]]:
        """Return the rows by columns, as `pandas.DataFrame` takes them."""
        same = ("name", "kind", "path", "operation", "shape", "mean", "spread")
        sources = {name: name for name in same} | {"gradient": "gradient_size"}
        sources |= {"update": "update_size", "ratio": "ratio", "remark": "remark"}
        return {name: [getattr(row, each) for row in self.rows] for name, each in sources.items()}


def watch(
    model: nn.Module,
    x: Any,
    y: Any,
    criterion: Callable[[Any, Any], Tensor],
    optimizer: torch.optim.Optimizer,
) -> Watched:
    """Return every tensor of one training step, which the model itself does not take.

    The step is a real one: `zero_grad`, forward, `backward`, `step`. It is taken by a copy of all
    five, with the random numbers that are next, which are then put back: what you do next is what
    it would have been. A second forward pass on the same rows, with the weights after the update
    and the same random numbers, gives the intermediates their `after`. (NumPy's generator is not
    put back, and what your hooks do outside the model, they do.)

    Args:
        model: In the mode in which it is, and with whatever is frozen.
        x: What the model takes, for each row of a batch.
        y: The targets.
        criterion: Takes what the model returns, and the targets; returns the loss, a scalar.
        optimizer: Holds parameters of the model.

    Raises:
        TypeError: If `model` is no module, if it or what is with it cannot be copied, or if the
            optimizer takes several passes for a step.
        ValueError: If a parameter has hooks or no shape yet, if a module keeps a result with its
            graph, if the optimizer has hooks before its step, if the loss is no scalar with a
            graph, or if it depends on a tensor that asks for a gradient and is neither a
            parameter nor the input. The message names it.

    Examples:
        >>> model = nn.Linear(1, 1, bias=False)
        >>> _ = nn.init.constant_(model.weight, 2.0)
        >>> sgd = torch.optim.SGD(model.parameters(), lr=0.1)
        >>> step = watch(model, torch.tensor([[3.0]]), torch.tensor([[5.0]]), nn.MSELoss(), sgd)
        >>> step["weight"].gradient, step["weight"].after
        (tensor([[6.]]), tensor([[1.4000]]))
        >>> model.weight.item(), model.weight.grad
        (2.0, None)
    """
    _check(model, optimizer)
    draws = _generators(model, x)
    try:
        with torch.enable_grad():
            step = _Step(model, x, y, criterion, optimizer)
            step.forward()
            step.move()
            _put_back(draws)
            again = _Step(model, x, y, criterion, optimizer)
            again.start_from(step)
            again.forward()
    finally:
        _put_back(draws)
    later = {row.name: row for row in again.rows if row.kind in ("intermediate", "loss")}
    for row in step.rows:
        if row.name in later and later[row.name].shape == row.shape:
            row.after = later[row.name].value
    return Watched(step.rows, step.edges)


class _Step:
    """A copy of everything that a step needs, and what was seen of it."""

    def __init__(self, *given: Any) -> None:
        self.model, self.x, self.y, self.criterion, self.optimizer = _copied(*given)
        self.leaves = dict(_named_leaves(self.model, self.criterion, self.x))
        self.rows: list[Row] = []
        self.edges: list[tuple[int, int]] = []

    def start_from(self, other: "_Step") -> None:
        """Take over the parameters; buffers and all else stay as they were before the step."""
        with torch.no_grad():
            for (kind, mine), (_, theirs) in zip(
                self.leaves.values(), other.leaves.values(), strict=True
            ):
                if kind == "parameter":
                    mine.copy_(theirs)

    def forward(self) -> None:
        """Compute the loss, with a row for each tensor and each node, and the edges."""
        self.rows = [
            Row(name, kind, "", "leaf", tuple(each.shape), _kept(each), wanted=each.requires_grad)
            for name, (kind, each) in self.leaves.items()
        ]
        recorder = Recorder(self.model, [each for _, each in self.leaves.values()])
        with recorder:
            self.loss = self.criterion(self.model(self.x), self.y)
        _check_loss(self.loss)
        recorder.note(self.loss, "loss")
        row = recorder.by_node[self.loss.grad_fn][self.loss.output_nr]
        row.name, row.kind = "loss", "loss"
        self._add(recorder)
        for node, own in recorder.by_node.items():
            node.register_prehook(partial(_catch, own))

    def move(self) -> None:
        """Go back through the graph, and update."""
        self.optimizer.zero_grad()
        self.loss.backward()
        self.optimizer.step()
        for row, (_, tensor) in zip(self.rows, self.leaves.values(), strict=False):
            row.gradient = None if tensor.grad is None else _kept(tensor.grad)
            row.after = None if row.kind == "input" else _kept(tensor)

    def _add(self, recorder: "Recorder") -> None:
        """Put the rows in order, with those of nodes that no call of Python returned."""
        nodes = backward_order(self.loss.grad_fn, _next)
        leaves = {
            id(each): row for (_, each), row in zip(self.leaves.values(), self.rows, strict=True)
        }
        turn = {id(row): (index, 1, 0) for index, row in enumerate(recorder.rows)}
        unseen, pairs = [], []
        first = {nodes[0]: len(recorder.rows)}  # for each node the first turn that needs it
        for index, node in enumerate(nodes):
            if _is_leaf(node):
                continue
            own = recorder.by_node[node]
            for row in own.values():
                turn.setdefault(id(row), (first[node], 0, -index))
            here = min(turn[id(row)][0] for row in own.values())
            for each, number in node.next_functions:
                if each is None:
                    continue
                if _is_leaf(each):
                    target = leaves.get(id(each.variable)) or _refused(each.variable)
                else:
                    first[each] = min(here, first.get(each, here))
                    below = recorder.by_node.setdefault(each, {})
                    if number not in below:
                        below[number] = _unseen(each, number, recorder.rows[here].path)
                        unseen.append(below[number])
                    target = below[number]
                pairs += [(row, target) for row in own.values()]
        self.rows += sorted([*recorder.rows, *unseen], key=lambda row: turn[id(row)])
        _number_repeated(self.rows)
        place = {id(row): index for index, row in enumerate(self.rows)}
        self.edges = [(place[id(start)], place[id(end)]) for start, end in pairs]


class Recorder(TorchFunctionMode):
    """While it is entered, each call of a torch function leaves a row for each tensor it returns.

    Source: torch's notes *Extending PyTorch*, “Extending all torch API with Modes”.

    Args:
        model: A copy, because its modules get hooks that note where the call was made.
        known: Tensors that get no row.
    """

    def __init__(self, model: nn.Module, known: Iterable[Tensor]) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.by_node: dict[Any, dict[int, Row]] = {}
        self.known = {id(tensor): tensor for tensor in known}  # held, or an id could come again
        self.bare: set[int] = set()  # the ids of those that have a row, and no node
        self.path, self.calls = [""], Counter[str]()
        for name, module in model.named_modules():
            module.register_forward_pre_hook(partial(self._enter, name), prepend=True)
            module.register_forward_hook(self._leave, always_call=True)

    def _enter(self, name: str, module: nn.Module, args: Any) -> None:
        self._look(args)
        self.calls[name] += 1
        count = self.calls[name]
        self.path.append(f"{name}#{count}" if count > 1 else name)

    def _leave(self, module: nn.Module, args: Any, out: Any) -> None:
        self._look(out)
        self.path.pop()

    def _look(self, value: Any) -> None:
        """Note what goes in or out of a module; the mode is on here, and must not see that."""
        with torch._C.DisableTorchFunction():
            for tensor in _tensors(value):
                self.note(tensor, "")

    def __torch_function__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Call the function, and note what it takes, what it returns and what it changes."""
        given = list(_tensors((args, kwargs)))
        for tensor in given:  # of an operation that came by without being seen
            self.note(tensor, "")
        wanted = any(tensor.requires_grad for tensor in given)
        parts = [(each, row, each._base.grad_fn) for each, row in self._parts(given)]
        out = func(*args, **(kwargs or {}))
        name = _name_of(func)
        for tensor in _tensors((out, args)):
            self.note(tensor, name, cut=wanted and not name.startswith(FILLED))
        for part, row, before in parts:
            if part._base.grad_fn is not before:  # the whole was changed by changing the part
                row.inside = self.by_node[part.grad_fn][part.output_nr].inside = True
                self.note(part._base, name)
        return out

    def _parts(self, tensors: list[Tensor]) -> Iterator[tuple[Any, Row]]:
        """Yield each tensor that shares the memory of a whole with a graph, and its row."""
        for each in tensors:
            if each.grad_fn is not None and each._is_view() and each._base is not None:
                yield each, self.by_node[each.grad_fn][each.output_nr]

    def note(self, tensor: Tensor, name: str, cut: bool = False) -> None:
        """Add a row, unless there is one for this tensor as its graph has it now."""
        node = tensor.grad_fn
        own = {} if node is None else self.by_node.setdefault(node, {})
        if tensor.output_nr in own or (node is None and id(tensor) in self.known):
            return
        if node is None:
            self.known[id(tensor)] = tensor
            if not (tensor.is_floating_point() and name):
                return
            self.bare.add(id(tensor))
        elif id(tensor) in self.bare:  # a function with a derivative of its own: no cut after all
            for row in takewhile(lambda row: not row.wanted, reversed(self.rows)):
                row.cut = False
        operation = "" if node is None else node.name()
        full = ".".join(part for part in (self.path[-1], name or operation) if part)
        row = Row(full, "intermediate", self.path[-1], operation, tuple(tensor.shape))
        row.value, row.wanted, row.cut = _kept(tensor), node is not None, cut and node is None
        own[tensor.output_nr] = row
        self.rows.append(row)


# What returns a tensor that is like another one, and does not hold its numbers.
FILLED = ("zeros", "ones", "full", "empty", "rand", "new_", "normal", "bernoulli")


def _check(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    if not isinstance(model, nn.Module):
        raise TypeError(f"model is a {type(model).__name__}: give an nn.Module")
    if isinstance(optimizer, torch.optim.LBFGS):
        raise TypeError("LBFGS takes several passes for a step: give an optimizer that takes one")
    if getattr(optimizer, "_optimizer_step_pre_hooks", None):
        raise ValueError("the optimizer has hooks before its step, which a copy would not run")
    for name, each in model.named_parameters():
        if nn.parameter.is_lazy(each):
            raise ValueError(f"{name} has no shape yet: call the model once with such inputs")
        if each._backward_hooks or getattr(each, "_post_accumulate_grad_hooks", None):
            raise ValueError(
                f"{name} has hooks of its own, which a copy would not run: remove them"
            )
    for path, module in model.named_modules():
        for name, each in vars(module).items():
            if isinstance(each, Tensor) and each.grad_fn is not None:
                full = f"{path}.{name}" if path else name
                raise ValueError(f"{full} keeps a result with its graph: keep {name}.detach()")


def _copied(*given: Any) -> Any:
    """Return copies that belong together: the optimizer holds the parameters of the model."""
    memo = {
        id(each): each.detach().clone().requires_grad_(each.requires_grad)
        for each in given
        if isinstance(each, Tensor)
    }
    try:
        return copy.deepcopy(given, memo)
    except (RuntimeError, TypeError, NotImplementedError) as error:
        raise TypeError(
            f"what was given cannot be copied, and the step is taken by a copy: {error}"
        ) from error


def _generators(model: nn.Module, x: Any) -> list[tuple[Callable[[Any], None], Any]]:
    """Return for each generator the function that sets it, and its state now."""
    held: list[tuple[Callable[[Any], None], Any]] = [
        (torch.set_rng_state, torch.get_rng_state()),
        (random.setstate, random.getstate()),
    ]
    tensors = [*model.parameters(), *model.buffers(), *_tensors(x)]
    for device in {each.device for each in tensors if each.device.type != "cpu"}:
        module: Any = torch.get_device_module(device)
        if device.type == "mps":
            held.append((module.set_rng_state, module.get_rng_state()))
        elif hasattr(module, "get_rng_state"):
            put = partial(_put_state, module, device)
            held.append((put, module.get_rng_state(device)))
    return held


def _put_state(module: Any, device: torch.device, state: Any) -> None:
    module.set_rng_state(state, device)


def _put_back(states: list[tuple[Callable[[Any], None], Any]]) -> None:
    for put, state in states:
        put(state)


def _named_leaves(
    model: nn.Module, criterion: Any, x: Any
) -> Iterator[tuple[str, tuple[str, Tensor]]]:
    """Yield name, kind and tensor of what is there before a step; shared ones have all names."""
    names: dict[int, list[str]] = {}
    found: dict[int, Tensor] = {}
    named: list[tuple[str, Tensor]] = [*model.named_parameters(remove_duplicate=False)]
    if isinstance(criterion, nn.Module):
        named += [(f"criterion.{name}", each) for name, each in criterion.named_parameters()]
    for name, each in named:
        names.setdefault(id(each), []).append(name)
        found[id(each)] = each
    for key, each in found.items():
        yield " = ".join(names[key]), ("parameter", each)
    for name, buffer in model.named_buffers():
        if buffer.is_floating_point():
            yield name, ("buffer", buffer)
    if isinstance(x, Tensor) and x.is_floating_point():
        yield "x", ("input", x)


def _check_loss(loss: Any) -> None:
    if not isinstance(loss, Tensor):
        raise ValueError(
            f"the loss is a {type(loss).__name__}: the criterion has to return a tensor"
        )
    if loss.shape != ():
        raise ValueError(f"the loss has shape {tuple(loss.shape)}: give a scalar, as by .mean()")
    if loss.grad_fn is None:
        raise ValueError(
            "the loss has no graph: no parameter that asks for a gradient leads to it. Look for "
            "detach(), no_grad() and frozen parameters"
        )


def _refused(leaf: Tensor) -> Row:
    raise ValueError(
        f"the loss depends on a tensor of shape {tuple(leaf.shape)} that asks for a gradient and "
        "is neither a parameter of model or criterion nor x: register it, as nn.Parameter"
    )


def _catch(rows: dict[int, Row], gradients: tuple[Tensor | None, ...]) -> None:
    """Keep what arrives at a node, for each of its results; it changes nothing."""
    for number, row in rows.items():
        arrived = gradients[number]
        row.gradient = None if arrived is None else _kept(arrived)


def _next(node: Any) -> list[Any]:
    return [each for each, _ in node.next_functions if each is not None]


def _is_leaf(node: Any) -> bool:
    return type(node).__name__ == "AccumulateGrad"


def _unseen(node: Any, number: int, path: str) -> Row:
    """Return the row of what one operation computed on its way to its result."""
    name = f"{path}.{node.name()}" if path else node.name()
    shape = tuple(node._input_metadata[number].shape)
    value = getattr(node, "_saved_result", None)
    return Row(
        name, "intermediate", path, node.name(), shape, None if value is None else _kept(value)
    )


def _number_repeated(rows: Iterable[Row]) -> None:
    """Add @2, @3 and so on to names that were there before."""
    counts = Counter[str]()
    for row in rows:
        counts[row.name] += 1
        if counts[row.name] > 1:
            row.name += f"@{counts[row.name]}"


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (tuple, list)):
        for each in value:
            yield from _tensors(each)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))


def _name_of(func: Any) -> str:
    """Return the name of a function of torch; what reads an attribute has that of the attribute."""
    name = getattr(func, "__name__", type(func).__name__)
    if name == "__get__":
        name = func.__self__.__name__
    return str(name).removeprefix("__").removesuffix("__")


def _kept(tensor: Tensor) -> Tensor:
    """Return its numbers as they are now, on the CPU."""
    whole = tensor.detach()
    return (whole.to_dense() if whole.layout != torch.strided else whole).cpu().clone()


def _number(tensor: Tensor | None, function: Callable[[Tensor], Tensor]) -> float:
    if tensor is None or tensor.numel() == 0:
        return float("nan")
    real = torch.view_as_real(tensor) if tensor.is_complex() else tensor
    return function(real.double()).item()


def _cells(row: Row) -> list[str]:
    numbers = (row.mean, row.spread, row.gradient_size, row.update_size, row.ratio)
    texts = ["–" if number != number else f"{number:.2g}" for number in numbers]
    return [row.name, str(row.shape).replace(" ", ""), *texts, row.remark]


def _box(row: Row) -> str:
    value = "–" if row.value is None else f"{_number(row.value, rms):.2g}"
    gradient = "–" if row.gradient is None else f"{row.gradient_size:.2g}"
    return f"{row.name}\n{row.shape}\nvalue {value}\ngrad {gradient}"
