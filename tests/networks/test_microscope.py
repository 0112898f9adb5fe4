import copy
import math
import random
import re

import pandas as pd
import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812, the name it has everywhere

from course.networks import microscope
from course.networks.microscope import Recorder, Row, rms, watch


def exactly(message):
    return f"^{re.escape(message)}$"


def rows_of(*shape, k=3, seed=0):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(*shape, generator=generator)
    return x, torch.randint(k, shape[:1], generator=generator)


def small():
    return nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3))


class Twice(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer, self.out = nn.Linear(4, 4), nn.Linear(4, 3)

    def forward(self, x):
        return self.out(self.layer(self.layer(x).tanh()).tanh())


class Parts(nn.Module):
    """Views, changes in place, several results of one node, a function of its own."""

    def __init__(self):
        super().__init__()
        self.layer, self.out = nn.Linear(4, 4), nn.Linear(4, 3)

    def forward(self, x):
        h = self.layer(x)
        a, b = h.chunk(2, dim=1)
        h = h + torch.cat([a.sigmoid(), b], dim=1)
        h *= 2
        h[:, 0] = h[:, 0] + 1
        h[:, :2].mul_(3)
        return self.out(Half.apply(h))


class Half(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.abs() * x.sign() / 2

    @staticmethod
    def backward(ctx, gradient):
        return gradient / 2


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell, self.attend = nn.LSTM(4, 4, 2), nn.TransformerEncoderLayer(4, 2, 8)

    def forward(self, x):
        states, _ = self.cell(x.unsqueeze(0))
        return self.attend(states)[0, :, :3]


def images():
    return nn.Sequential(
        nn.Conv2d(1, 3, 3),
        nn.BatchNorm2d(3),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.5),
        nn.Linear(27, 3),
    )


MODELS = {
    "small": (small, (6, 4)),
    "twice": (Twice, (6, 4)),
    "parts": (Parts, (6, 4)),
    "recurrent": (Recurrent, (6, 4)),
    "images": (images, (6, 1, 8, 8)),
}
OPTIMIZERS = {
    "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01),
}


def made(name):
    torch.manual_seed(1)
    make, shape = MODELS[name]
    return make(), *rows_of(*shape)


def step(model, x, y, criterion, optimizer):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.detach()


def state(model, optimizer):
    gradients = [None if p.grad is None else p.grad.clone() for p in model.parameters()]
    modes = [module.training for module in model.modules()]
    hooks = [
        len(module._forward_hooks) + len(module._forward_pre_hooks) for module in model.modules()
    ]
    kept = copy.deepcopy((model.state_dict(), optimizer.state_dict()))
    return {
        "kept": kept,
        "gradients": gradients,
        "plain": (modes, hooks, random.getstate()),
        "draws": torch.get_rng_state(),
    }


# The step is a real one, and nobody takes it


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("name", MODELS)
def test_the_step_that_was_watched_is_the_step_that_comes_next(name, kind):
    model, x, y = made(name)
    optimizer = OPTIMIZERS[kind](model.parameters())
    criterion = nn.CrossEntropyLoss()
    for _ in range(2):  # momentum, averages and running statistics have a past
        step(model, x, y, criterion, optimizer)
    before = state(model, optimizer)
    seen = watch(model, x, y, criterion, optimizer)
    torch.testing.assert_close(state(model, optimizer), before, rtol=0, atol=0, equal_nan=True)
    loss = step(model, x, y, criterion, optimizer)
    assert torch.equal(seen.loss.value, loss)
    for name, parameter in model.named_parameters():
        assert torch.equal(seen[name].gradient, parameter.grad), name
        assert torch.equal(seen[name].after, parameter), name
    for name, buffer in model.named_buffers():
        if buffer.is_floating_point():
            assert seen[name].kind == "buffer"
            assert torch.equal(seen[name].after, buffer), name
            assert not torch.equal(seen[name].value, buffer), name


def test_a_second_look_sees_the_same():
    model, x, y = made("images")
    optimizer = torch.optim.Adam(model.parameters())
    first, second = (watch(model, x, y, nn.CrossEntropyLoss(), optimizer) for _ in range(2))
    assert str(first) == str(second)
    assert first.edges == second.edges


@pytest.mark.parametrize("name", MODELS)
def test_after_the_update_an_intermediate_is_what_the_moved_weights_make_of_the_same_rows(name):
    model, x, y = made(name)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    criterion = nn.CrossEntropyLoss()
    seen = watch(model, x, y, criterion, optimizer)
    buffers = {name: each.clone() for name, each in model.named_buffers()}
    draws = torch.get_rng_state()
    step(model, x, y, criterion, optimizer)
    for name, each in model.named_buffers():
        each.copy_(buffers[name])
    torch.set_rng_state(draws)
    assert torch.equal(seen.loss.after, criterion(model(x), y).detach())
    assert all(
        row.after is not None for row in seen.rows if row.value is not None and row.name != "x"
    )


def test_a_generator_that_the_model_keeps_draws_the_same_in_both_passes_and_stays_where_it_was():
    class Noisy(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer, self.generator = nn.Linear(4, 3), torch.Generator().manual_seed(3)

        def forward(self, x):
            noise = torch.randn(x.shape, generator=self.generator)
            return self.layer(x + noise + random.random())

    model = Noisy()
    x, y = rows_of(6, 4)
    draws = model.generator.get_state(), random.getstate()
    seen = watch(model, x, y, F.cross_entropy, torch.optim.SGD(model.parameters(), lr=0.1))
    assert torch.equal(draws[0], model.generator.get_state())
    assert draws[1] == random.getstate()
    assert torch.equal(seen["randn"].value, seen["randn"].after)
    assert torch.equal(seen["add@2"].value, seen["add@2"].after)
    assert seen["randn"].remark == ""


@pytest.mark.parametrize(("kind", "given"), [("meta", (torch.device("meta"),)), ("mps", ())])
def test_the_generator_of_a_device_is_put_back_too(monkeypatch, kind, given):
    class Module:
        """Stands for `torch.cuda`, or for `torch.mps`, whose functions take no device."""

        def get_rng_state(self, *device):
            assert device == given
            return states[-1]

        def set_rng_state(self, state, *device):
            assert device == given
            states.append(state)

    states = [1]

    class Device:
        type = kind

    device = given[0] if given else Device()
    model = nn.Linear(1, 1)
    monkeypatch.setattr(torch, "get_device_module", lambda device: Module())
    held = microscope._generators(model, None)
    assert len(held) == 2, "on the CPU, only torch's own and Python's"
    monkeypatch.setattr(microscope, "_tensors", lambda x: [type("T", (), {"device": device})])
    held = microscope._generators(model, None)
    states.append(2)
    microscope._put_back(held)
    assert states == [1, 2, 1]


def test_gradients_that_were_there_count_neither_here_nor_there():
    model, x, y = made("small")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    fresh = watch(model, x, y, F.cross_entropy, optimizer)
    F.cross_entropy(model(x), y).backward()
    kept = model[0].weight.grad.clone()
    again = watch(model, x, y, F.cross_entropy, optimizer)
    assert torch.equal(fresh["0.weight"].gradient, again["0.weight"].gradient)
    assert torch.equal(model[0].weight.grad, kept)


def test_inputs_are_left_alone_even_if_the_model_writes_into_them():
    model = nn.Sequential(nn.ReLU(inplace=True), nn.Linear(4, 3))
    x, y = rows_of(6, 4)
    kept = x.clone()
    watch(model, x, y, F.cross_entropy, torch.optim.SGD(model.parameters(), lr=0.1))
    assert torch.equal(x, kept)


def test_a_failure_in_the_model_leaves_everything_as_it_was():
    class Fails(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(4, 3)

        def forward(self, x):
            torch.rand(3)
            raise RuntimeError("no")

    model = Fails()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    before = state(model, optimizer)
    with pytest.raises(RuntimeError, match="no"):
        watch(model, *rows_of(6, 4), F.cross_entropy, optimizer)
    torch.testing.assert_close(state(model, optimizer), before, rtol=0, atol=0)


def test_it_takes_the_step_also_where_no_graph_is_recorded():
    model, x, y = made("small")
    with torch.no_grad():
        seen = watch(model, x, y, F.cross_entropy, torch.optim.SGD(model.parameters(), lr=0.1))
    assert seen["0.weight"].gradient is not None


# Rows


def test_values_and_gradients_are_those_of_autograd():
    model, x, y = made("small")
    seen = watch(model, x, y, F.cross_entropy, torch.optim.SGD(model.parameters(), lr=0.1))
    hidden = model[0](x)
    active = model[1](hidden)
    logits = model[2](active)
    logs = logits.log_softmax(dim=1)
    loss = F.nll_loss(logs, y)
    tensors = {
        "0.linear": hidden,
        "1.relu": active,
        "2.linear": logits,
        "LogSoftmaxBackward0": logs,
        "loss": loss,
        **dict(model.named_parameters()),
    }
    gradients = torch.autograd.grad(loss, list(tensors.values()))
    for (name, tensor), gradient in zip(tensors.items(), gradients, strict=True):
        row = seen[name]
        assert torch.equal(row.value, tensor), name
        assert torch.equal(row.gradient, gradient), name
        assert row.shape == tuple(tensor.shape)
    transposed = seen["2.TBackward0"]
    assert torch.equal(transposed.gradient, gradients[-2].T)
    assert (transposed.shape, transposed.value, transposed.path) == ((5, 3), None, "2")
    assert [row.name for row in seen.rows] == [
        *("0.weight", "0.bias", "2.weight", "2.bias", "x", "0.TBackward0", "0.linear", "1.relu"),
        *("2.TBackward0", "2.linear", "LogSoftmaxBackward0", "loss"),
    ]
    assert [seen[name].operation for name in ("x", "0.weight", "0.linear", "loss")] == [
        *("leaf", "leaf", "AddmmBackward0", "NllLossBackward0")
    ]


def test_parts_changed_in_place_several_results_and_a_function_of_its_own_are_right():
    model, x, y = made("parts")
    seen = watch(model, x, y, F.cross_entropy, torch.optim.SGD(model.parameters(), lr=0.1))
    h = model.layer(x)
    a, b = h[:, :2], h[:, 2:]
    s = a.sigmoid()
    c = torch.cat([s, b], dim=1)
    d = h + c
    e = d * 2
    f = torch.cat([e[:, :1] + 1, e[:, 1:]], dim=1)
    g = f * torch.tensor([3.0, 3.0, 1.0, 1.0])
    out = model.out(g / 2)
    loss = F.cross_entropy(out, y)
    expected = {"layer.linear": h, "chunk": a, "chunk@2": b, "sigmoid": s, "cat": c, "add": d}
    expected |= {"mul_": e, "setitem": f, "mul_@3": g, "out.linear": out}
    gradients = torch.autograd.grad(loss, list(expected.values()))
    for (name, tensor), gradient in zip(expected.items(), gradients, strict=True):
        torch.testing.assert_close(seen[name].value, tensor.detach())
        torch.testing.assert_close(seen[name].gradient, gradient)
    assert [row.name for row in seen.rows if row.remark == "in the whole"] == [
        "getitem@2",
        "mul_@2",
    ]
    torch.testing.assert_close(seen["mul_@2"].value, g[:, :2].detach())
    half = seen["HalfBackward"]
    torch.testing.assert_close(half.value, g.detach() / 2)
    assert [row.name for row in seen.rows if row.cut] == []
    torch.testing.assert_close(half.gradient, 2 * seen["mul_@3"].gradient)


@pytest.mark.parametrize("name", MODELS)
def test_every_node_has_a_row_with_its_gradient_and_every_edge_joins_two(name):
    model, x, y = made(name)
    seen = watch(model, x, y, F.cross_entropy, torch.optim.SGD(model.parameters(), lr=0.1))
    torch.manual_seed(0)
    nodes = [F.cross_entropy(model(x), y).grad_fn]
    for node in nodes:
        nodes += [each for each, _ in node.next_functions if each and each not in nodes]
    counted = sorted(each.name() for each in nodes if "AccumulateGrad" not in each.name())
    used = {end for pair in seen.edges for end in pair}
    reached = [row for index, row in enumerate(seen.rows) if index in used]
    inner = {row.operation for row in reached if row.kind != "parameter"}
    assert inner == set(counted)
    assert sum(row.kind == "parameter" for row in reached) == len(nodes) - len(counted)
    assert all(row.gradient is not None and row.gradient.shape == row.shape for row in reached)
    if name != "parts":  # there one node has two results
        assert len(reached) == len(nodes)
        assert len(seen.edges) == sum(
            each is not None for node in nodes for each, _ in node.next_functions
        )
    assert len({row.name for row in seen.rows}) == len(seen.rows)


def test_results_come_after_what_they_were_computed_from():
    for name in MODELS:
        model, x, y = made(name)
        seen = watch(model, x, y, F.cross_entropy, torch.optim.SGD(model.parameters(), lr=0.1))
        assert all(start > end for start, end in seen.edges), name
        assert seen.rows[-1] is seen.loss


def test_the_path_tells_the_module_and_which_call_of_it():
    model, x, y = made("twice")
    seen = watch(model, x, y, F.cross_entropy, torch.optim.SGD(model.parameters(), lr=0.1))
    calls = {row.name: row.path for row in seen.rows if row.value is not None and row.path}
    assert calls == {
        "layer.linear": "layer",
        "layer#2.linear": "layer#2",
        "out.linear": "out",
    }
    assert [row.name for row in seen.rows if row.name.startswith("tanh")] == ["tanh", "tanh@2"]


def test_a_parameter_under_two_names_has_one_row_with_both_and_those_of_a_criterion_have_theirs():
    class Scaled(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.ones(()))

        def forward(self, out, y):
            return F.cross_entropy(out * self.scale, y)

    model = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 4))
    model[2].weight = model[0].weight
    criterion = Scaled()
    optimizer = torch.optim.SGD([*model.parameters(), *criterion.parameters()], lr=0.1)
    x, y = rows_of(6, 4)
    seen = watch(model, x, y, criterion, optimizer)
    F.cross_entropy(model(x), y).backward()
    assert torch.equal(seen["0.weight = 2.weight"].gradient, model[0].weight.grad)
    scale = seen["criterion.scale"]
    assert scale.after.item() == pytest.approx(1 - 0.1 * scale.gradient.item())
    assert criterion.scale.item() == 1


def test_several_outputs_and_an_input_that_asks_for_a_gradient():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(4, 3)

        def forward(self, x):
            h = self.layer(x)
            return {"logits": h, "unused": h.exp()}

    model = Two()
    x, y = rows_of(6, 4)
    doubled = (2 * x).requires_grad_() * 1  # computed, with a graph of its own
    seen = watch(
        model,
        doubled,
        y,
        lambda out, y: F.cross_entropy(out["logits"], y),
        torch.optim.SGD(model.parameters(), lr=0.1),
    )
    loss = F.cross_entropy(model(doubled)["logits"], y)
    assert torch.equal(seen["x"].gradient, torch.autograd.grad(loss, doubled)[0])
    assert (seen["x"].kind, seen["x"].after) == ("input", None)
    assert seen["exp"].remark == "no gradient"


def test_sparse_gradients_and_complex_numbers_have_sizes():
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.words = nn.Embedding(10, 3, sparse=True)

        def forward(self, x):
            return torch.fft.fft(self.words(x)).abs()

    model = Odd()
    x = torch.tensor([1, 2, 1])
    seen = watch(model, x, x % 3, F.cross_entropy, torch.optim.SGD(model.parameters(), lr=0.1))
    F.cross_entropy(model(x), x % 3).backward()
    assert torch.equal(seen["words.weight"].gradient, model.words.weight.grad.to_dense())
    value = seen["fft_fft"].value
    assert seen["fft_fft"].mean == pytest.approx(torch.view_as_real(value).mean().item())
    assert "x" not in {row.name for row in seen.rows}


def test_the_recorder_alone_notes_each_result_once_and_where_it_was_computed():
    model, x, _ = made("twice")
    given = [x, *model.parameters()]
    with Recorder(model, given) as recorder:
        out = model(x)
    assert [(row.name, row.path, row.operation) for row in recorder.rows] == [
        ("layer.linear", "layer", "AddmmBackward0"),
        ("tanh", "", "TanhBackward0"),
        ("layer#2.linear", "layer#2", "AddmmBackward0"),
        ("tanh", "", "TanhBackward0"),
        ("out.linear", "out", "AddmmBackward0"),
    ]
    assert recorder.by_node[out.grad_fn] == {0: recorder.rows[-1]}
    recorder.note(out, "again")
    assert len(recorder.rows) == 5


# What one sees at a glance


def numbers(row):
    return row.mean, row.spread, row.gradient_size, row.update_size, row.ratio


def test_the_numbers_of_a_row():
    value, gradient = torch.tensor([3.0, -5.0]), torch.tensor([1.0, 7.0])
    row = Row("w", "parameter", "", "leaf", (2,), value, gradient, value - 0.1 * gradient)
    assert numbers(row) == pytest.approx((-1, 4, 5, 0.5, 0.5 / math.sqrt(17)))
    assert rms(gradient) == 5
    row.value = torch.zeros(2)
    assert row.ratio == float("inf")
    row.after = torch.zeros(2)
    assert (row.ratio, row.update_size) == (0, 0)
    empty = Row("h", "intermediate", "", "", (2,))
    assert all(math.isnan(number) for number in numbers(empty))
    part = Row("h", "intermediate", "", "", (2,), value, None, value + 1)
    assert math.isnan(part.ratio)
    assert part.update_size == 1
    part.value = part.after = torch.zeros(0)
    assert math.isnan(part.mean)


def remarks(model, optimizer=None, x=None, y=None):
    rows = rows_of(6, 4)
    x, y = rows[0] if x is None else x, rows[1] if y is None else y
    optimizer = optimizer or torch.optim.SGD(model.parameters(), lr=0.1)
    seen = watch(model, x, y, F.cross_entropy, optimizer)
    return {row.name: row.remark for row in seen.rows if row.remark}


class Cut(nn.Module):
    def __init__(self, how):
        super().__init__()
        self.layer, self.out, self.how = nn.Linear(4, 4), nn.Linear(4, 3), how

    def forward(self, x):
        return self.out(self.how(self.layer(x)))


def without_grad(h):
    with torch.no_grad():
        return 2 * h


@pytest.mark.parametrize(
    ("how", "name"),
    [
        (lambda h: h.detach(), "detach"),
        (lambda h: h.data + 1, "data"),
        (lambda h: 2 * h.detach().tanh(), "detach"),
        (without_grad, "mul"),
    ],
)
def test_where_the_graph_was_cut_and_what_gets_nothing_because_of_it(how, name):
    assert remarks(Cut(how)) == {
        "layer.weight": "no gradient",
        "layer.bias": "no gradient",
        "layer.linear": "no gradient",
        name: "cut",
    }


def test_frozen_layers_say_so_and_what_comes_before_a_weight_is_no_cut():
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 3), nn.Linear(3, 3))
    model[1].requires_grad_(False)
    assert remarks(model) == {"1.weight": "frozen", "1.bias": "frozen"}
    assert remarks(Cut(lambda h: h + torch.zeros_like(h) + h.new_zeros(4))) == {}


def test_dead_units_numbers_that_are_none_and_parameters_that_nobody_moves():
    model = small()
    nn.init.constant_(model[0].bias, -100.0)
    dead = remarks(model)
    assert {name for name, text in dead.items() if text == "gradient 0"} == {
        *("0.weight", "0.bias", "2.weight", "0.TBackward0", "2.TBackward0", "0.linear")
    }
    model = small()
    assert remarks(model, torch.optim.SGD([model[2].weight, model[2].bias], lr=0.1)) == {
        "0.weight": "not moved",
        "0.bias": "not moved",
    }
    assert remarks(model, x=torch.full((6, 4), torch.inf))["2.weight"] == "not finite"


# The table, the graph and the frame


def test_the_table_has_a_line_for_each_row():
    model = nn.Linear(1, 1, bias=False)
    nn.init.constant_(model.weight, 2.0)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    seen = watch(model, torch.tensor([[3.0]]), torch.tensor([[5.0]]), nn.MSELoss(), optimizer)
    assert str(seen).splitlines() == [
        "            shape  mean  spread  gradient  update  ratio",
        "weight      (1,1)     2       0         6     0.6    0.3",
        "x           (1,1)     3       0         –       –      –",
        "TBackward0  (1,1)     –       –         6       –      –",
        "linear      (1,1)     6       0         2     1.8      –",
        "loss           ()     1       0         1    0.36      –",
    ]
    texts, edges = seen.graph()
    assert texts == [
        "weight\n(1, 1)\nvalue 2\ngrad 6",
        "TBackward0\n(1, 1)\nvalue –\ngrad 6",
        "linear\n(1, 1)\nvalue 6\ngrad 2",
        "loss\n()\nvalue 1\ngrad 1",
    ]
    assert edges == [(3, 2), (2, 1), (1, 0)]
    model.weight.requires_grad_(False)
    stuck = nn.Sequential(model, nn.Linear(1, 1))
    text = str(
        watch(
            stuck,
            torch.ones(1, 1),
            torch.ones(1, 1),
            nn.MSELoss(),
            torch.optim.SGD(stuck.parameters(), lr=0.1),
        )
    )
    assert text.splitlines()[1].endswith("  frozen")


def test_the_frame_has_the_numbers_of_the_rows():
    model, x, y = made("small")
    seen = watch(model, x, y, F.cross_entropy, torch.optim.SGD(model.parameters(), lr=0.1))
    frame = pd.DataFrame(seen.columns()).set_index("name")
    assert list(frame.index) == [row.name for row in seen.rows]
    row = seen["2.weight"]
    assert list(frame.loc["2.weight"]) == [
        *("parameter", "", "leaf", (3, 5), row.mean, row.spread),
        *(row.gradient_size, row.update_size, row.ratio, ""),
    ]
    assert list(frame.columns) == [
        *("kind", "path", "operation", "shape", "mean", "spread"),
        *("gradient", "update", "ratio", "remark"),
    ]


def test_a_name_that_is_not_there_is_answered_with_those_that_are():
    model = nn.Linear(4, 3, bias=False)
    seen = watch(model, *rows_of(6, 4), F.cross_entropy, torch.optim.SGD(model.parameters(), lr=0))
    with pytest.raises(KeyError, match="no row 'bias': there are weight, x, TBackward0, linear,"):
        seen["bias"]


# What is refused, by name


def refusal(kind, message, model, criterion=F.cross_entropy, optimizer=None, x=None):
    rows = rows_of(6, 4)
    optimizer = optimizer or torch.optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(kind, match=message):
        watch(model, rows[0] if x is None else x, rows[1], criterion, optimizer)


def test_what_a_copy_would_not_do_is_refused():
    model = small()
    adam = torch.optim.Adam(model.parameters())
    refusal(TypeError, exactly("model is a function: give an nn.Module"), F.relu, optimizer=adam)
    message = "LBFGS takes several passes for a step: give an optimizer that takes one"
    refusal(TypeError, exactly(message), model, optimizer=torch.optim.LBFGS(model.parameters()))
    adam.register_step_pre_hook(lambda *_: None)
    message = "the optimizer has hooks before its step, which a copy would not run"
    refusal(ValueError, exactly(message), model, optimizer=adam)
    hook = model[2].bias.register_hook(lambda gradient: 2 * gradient)
    message = "2.bias has hooks of its own, which a copy would not run: remove them"
    refusal(ValueError, exactly(message), model)
    hook.remove()
    model[0].bias.register_post_accumulate_grad_hook(lambda parameter: None)
    refusal(ValueError, "^0.bias has hooks of its own", model)


def test_what_cannot_be_copied_is_refused():
    lazy = nn.Sequential(nn.LazyLinear(3))
    message = "0.weight has no shape yet: call the model once with such inputs"
    sgd = torch.optim.SGD(small().parameters(), lr=0.1)
    refusal(ValueError, exactly(message), lazy, optimizer=sgd)
    model = small()
    model[0].last = model[0].weight * 2
    message = "0.last keeps a result with its graph: keep last.detach()"
    refusal(ValueError, exactly(message), model)
    del model[0].last
    model.last = model[0].weight * 2
    refusal(ValueError, exactly(message.removeprefix("0.")), model)
    model.last = [model.last]
    message = "what was given cannot be copied, and the step is taken by a copy: "
    refusal(TypeError, f"^{message}Only Tensors created explicitly", model)


def test_a_loss_that_cannot_be_followed_back_is_refused():
    model = small()
    refusal(
        ValueError,
        exactly("the loss is a float: the criterion has to return a tensor"),
        model,
        lambda out, y: F.cross_entropy(out, y).item(),
    )
    refusal(
        ValueError,
        exactly("the loss has shape (6,): give a scalar, as by .mean()"),
        model,
        nn.CrossEntropyLoss(reduction="none"),
    )
    model.requires_grad_(False)
    message = (
        "the loss has no graph: no parameter that asks for a gradient leads to it. Look for "
        "detach(), no_grad() and frozen parameters"
    )
    refusal(ValueError, exactly(message), model)


def test_a_tensor_that_belongs_to_nobody_is_refused_before_it_gets_a_gradient():
    model, stranger = small(), torch.ones(3, requires_grad=True)
    message = (
        "the loss depends on a tensor of shape (3,) that asks for a gradient and is neither a "
        "parameter of model or criterion nor x: register it, as nn.Parameter"
    )
    refusal(ValueError, exactly(message), model, lambda out, y: F.cross_entropy(out * stranger, y))
    assert stranger.grad is None
    refusal(
        ValueError,
        "shape ",
        model,
        lambda out, y: F.cross_entropy(model(out @ torch.ones(3, 4)), y),
    )
    assert model[0].weight.grad is None
