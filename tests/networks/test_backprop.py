"""Gradients by hand are autograd's by every name, for networks of all sizes."""

import re
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F  # noqa: N812, the name it has everywhere
from torch.utils.flop_counter import FlopCounterMode

from course.autograd.engine import Value
from course.autograd.partial import partial_differences
from course.networks.backprop import (
    PARAMETERS,
    backward,
    forward,
    gradient_table,
    multiplications,
    one_unit,
)

numbers = st.floats(-5, 5)
sizes = st.integers(1, 5)
seeds = st.integers(0, 2**32)


def exactly(message):
    return f"^{re.escape(message)}$"


def network(n=7, d=4, units=5, k=3, seed=0):
    """Return rows, labels and parameters, all of which ask for a gradient."""
    generator = torch.Generator().manual_seed(seed)

    def drawn(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64).requires_grad_()

    shapes = {"W1": (units, d), "b1": (units,), "W2": (k, units), "b2": (k,)}
    parameters = {name: drawn(*shape) for name, shape in shapes.items()}
    return drawn(n, d), torch.randint(k, (n,), generator=generator), parameters


# one_unit


@given(numbers, numbers, numbers, numbers, numbers, numbers)
def test_one_unit_finds_what_autograd_finds_for_each_node(x, y, w1, b1, w2, b2):
    given_numbers = {"x": x, "y": y, "w1": w1, "b1": b1, "w2": w2, "b2": b2}
    t = {
        name: torch.tensor(value, dtype=torch.float64, requires_grad=True)
        for name, value in given_numbers.items()
    }
    t["a"] = t["w1"] * t["x"] + t["b1"]
    t["h"] = torch.relu(t["a"])
    t["z"] = t["w2"] * t["h"] + t["b2"]
    t["loss"] = (t["z"] - t["y"]) ** 2
    nodes = one_unit(**given_numbers)
    gradients = torch.autograd.grad(t["loss"], [t[node.name] for node in nodes])
    for node, gradient in zip(nodes, gradients, strict=True):
        assert node.value == pytest.approx(t[node.name].item(), abs=1e-12)
        assert node.gradient == pytest.approx(gradient.item(), abs=1e-9)


def test_each_gradient_is_the_local_derivative_times_the_gradient_of_the_node_above():
    nodes = {node.name: node for node in one_unit(2.0, 9.5, 3.0, -1.0, -2.0, 1.0)}
    above = {"z": "loss", "w2": "z", "h": "z", "b2": "z", "a": "h", "w1": "a", "x": "a", "b1": "a"}
    assert list(nodes) == ["loss", *above]
    assert nodes["loss"].local == nodes["loss"].gradient == 1
    for name, parent in above.items():
        assert nodes[name].gradient == nodes[name].local * nodes[parent].gradient != 0


def test_the_engine_of_the_course_agrees_with_the_smallest_case():
    x, w1, b1, w2, b2 = (Value(number) for number in (2, 3, -1, 2, 1))
    (((w2 * (w1 * x + b1).relu() + b2) - 9) ** 2).backward()
    found = {node.name: node.gradient for node in one_unit(x=2, y=9, w1=3, b1=-1, w2=2, b2=1)}
    expected = {"x": x, "w1": w1, "b1": b1, "w2": w2, "b2": b2}
    assert {name: found[name] for name in expected} == {
        name: value.grad for name, value in expected.items()
    }


@pytest.mark.parametrize("b1", [-5.9, -5, 1])
def test_a_unit_that_is_on_passes_all_of_it_on(b1):
    nodes = {node.name: node for node in one_unit(x=2, y=9, w1=3, b1=b1, w2=2, b2=1)}
    assert nodes["a"].local == 1
    assert nodes["a"].gradient == nodes["h"].gradient != 0


@pytest.mark.parametrize("b1", [-6, -9])
def test_a_unit_that_is_off_passes_nothing_on(b1):
    nodes = {node.name: node for node in one_unit(x=2, y=9, w1=3, b1=b1, w2=2, b2=1)}
    assert nodes["a"].value == 6 + b1
    assert nodes["h"].value == nodes["a"].local == nodes["a"].gradient == 0
    assert [name for name, node in nodes.items() if node.gradient] == ["loss", "z", "h", "b2"]


# forward and backward


@given(st.integers(1, 6), sizes, sizes, sizes, seeds)
def test_by_every_name_the_gradient_is_autograds_within_1e_12(n, d, units, k, seed):
    x, y, parameters = network(n, d, units, k, seed)
    cache = forward(x, y, parameters)
    ours = backward(cache)
    assert [*ours] == ["loss", "log_p", "z", "b2", "W2", "h", "a", "b1", "W1", "x"]
    assert cache.keys() - ours.keys() == {"y"}
    asked = torch.autograd.grad(cache["loss"], [cache[name] for name in ours])
    rows = gradient_table(ours, dict(zip(ours, asked, strict=True)))
    assert all(row.difference <= 1e-12 for row in rows)


def test_the_way_forward_is_that_of_torchs_modules():
    x, y, parameters = network()
    model = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3)).double()
    with torch.no_grad():
        for ours, theirs in zip(PARAMETERS, model.parameters(), strict=True):
            theirs.copy_(parameters[ours])
    cache = forward(x, y, parameters)
    torch.testing.assert_close(cache["a"], model[0](x))
    torch.testing.assert_close(cache["h"], model[:2](x))
    torch.testing.assert_close(cache["z"], model(x))
    torch.testing.assert_close(cache["log_p"], F.log_softmax(model(x), dim=1))
    torch.testing.assert_close(cache["loss"], F.cross_entropy(model(x), y))
    for name, tensor in {"x": x, "y": y, **parameters}.items():
        assert cache[name] is tensor


def test_central_differences_find_the_same_by_every_parameter():
    x, y, parameters = network()
    cache = forward(x, y, parameters)
    ours = backward(cache)
    for name, value in parameters.items():

        def loss_of(flat, name=name, shape=value.shape):
            return forward(x, y, parameters | {name: flat.reshape(shape)})["loss"].detach()

        found = partial_differences(loss_of, value.detach().flatten(), 1e-6).reshape(value.shape)
        torch.testing.assert_close(found, ours[name].detach(), atol=1e-8, rtol=0)


def test_at_0_relu_has_the_derivative_0_as_in_torch():
    x, y, parameters = network()
    parameters = parameters | {"b1": torch.zeros(5, dtype=torch.float64, requires_grad=True)}
    nothing = torch.zeros_like(x).requires_grad_()
    cache = forward(nothing, y, parameters)
    ours = backward(cache)
    assert (cache["a"] == 0).all()
    assert ours["h"].abs().min() > 0
    names = ["a", "b1", "W1", "x"]
    for name, theirs in zip(
        names, torch.autograd.grad(cache["loss"], [cache[name] for name in names]), strict=True
    ):
        assert torch.equal(ours[name], theirs)
        assert not ours[name].any()


def test_twice_the_same_rows_have_the_same_parameter_gradients():
    x, y, parameters = network()
    once = backward(forward(x, y, parameters))
    twice = backward(forward(torch.cat([x, x]), torch.cat([y, y]), parameters))
    for name in PARAMETERS:
        torch.testing.assert_close(once[name], twice[name])
    torch.testing.assert_close(once["x"], 2 * twice["x"][:7])


def test_training_by_hand_gives_the_parameters_of_torchs_sgd_and_learns_a_batch_by_heart():
    x, y, parameters = network(n=10, units=20)
    model = nn.Sequential(nn.Linear(4, 20), nn.ReLU(), nn.Linear(20, 3)).double()
    with torch.no_grad():
        for ours, theirs in zip(PARAMETERS, model.parameters(), strict=True):
            theirs.copy_(parameters[ours])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
    x, parameters = x.detach(), {name: each.detach() for name, each in parameters.items()}
    for _ in range(200):
        d = backward(forward(x, y, parameters))
        parameters = {name: parameters[name] - 0.2 * d[name] for name in parameters}
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
    for ours, theirs in zip(parameters.values(), model.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs.detach(), atol=1e-9, rtol=0)
    assert forward(x, y, parameters)["loss"] < 0.05


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x": (4,)}, "x has shape (4,), W1 (5, 4), W2 (3, 5): give tables, "),
        ({"W1": (5,)}, "x has shape (7, 4), W1 (5,), W2 (3, 5): give tables, "),
        ({"W2": (5,)}, "x has shape (7, 4), W1 (5, 4), W2 (5,): give tables, "),
    ],
)
def test_what_is_no_table_is_refused(changes, message):
    x, y, parameters = network()
    given_tensors = {"x": x, **parameters} | {
        name: torch.zeros(shape) for name, shape in changes.items()
    }
    with pytest.raises(ValueError, match=exactly(f"{message}(n, d), (units, d) and (k, units)")):
        forward(given_tensors["x"], y, given_tensors)


@pytest.mark.parametrize(
    ("name", "shape", "expected"),
    [
        ("W1", (5, 3), (5, 4)),
        ("b1", (7, 5), (5,)),
        ("b1", (1,), (5,)),
        ("W2", (3, 4), (3, 5)),
        ("b2", (7, 3), (3,)),
        ("b2", (1,), (3,)),
    ],
)
def test_a_parameter_that_would_broadcast_or_not_fit_is_refused(name, shape, expected):
    x, y, parameters = network()
    message = f"{name} has shape {shape}: with the others it must be {expected}"
    with pytest.raises(ValueError, match=exactly(message)):
        forward(x, y, parameters | {name: torch.zeros(shape)})


def test_labels_and_parameters_that_cannot_be_are_refused():
    x, y, parameters = network()
    message = "y holds torch.float32: give the numbers of classes, as with long()"
    with pytest.raises(TypeError, match=exactly(message)):
        forward(x, y.float(), parameters)
    for rows, labels in [(x, y[:3]), (x, y.unsqueeze(1)), (x[:0], y[:0])]:
        message = (
            f"y has shape {tuple(labels.shape)}, x {tuple(rows.shape)}: give (n,) and (n, d), n at "
            "least 1"
        )
        with pytest.raises(ValueError, match=exactly(message)):
            forward(rows, labels, parameters)
    for low, high in [(-1, 2), (0, 3)]:
        labels = torch.tensor([low, high])
        message = f"y goes from {low} to {high}: the classes are numbered from 0 to 2"
        with pytest.raises(ValueError, match=exactly(message)):
            forward(x[:2], labels, parameters)
    del parameters["b1"], parameters["W2"]
    message = "parameters lack b1, W2: give all of W1, b1, W2 and b2"
    with pytest.raises(ValueError, match=exactly(message)):
        forward(x, y, parameters)


# gradient_table


def test_the_table_shows_the_largest_difference_of_each_name_in_the_order_of_ours():
    ours = {"z": torch.tensor([[1.0, -5.0]]), "b": torch.tensor([1.0, 2.0])}
    theirs = {"b": torch.tensor([1.5, -2.0]), "z": torch.tensor([[1.0, -5.0]])}
    first, second = gradient_table(ours, theirs)
    assert first == ("z", (1, 2), 5.0, 0.0)
    assert second == ("b", (2,), 2.0, 4.0)


def test_a_table_of_different_names_or_shapes_is_refused():
    one, two = torch.zeros(2), torch.zeros(3)
    for ours, theirs in [({"a": one, "b": one}, {"a": one}), ({"a": one}, {"a": one, "b": one})]:
        with pytest.raises(
            ValueError, match=exactly("only one of the two has b: give the same names twice")
        ):
            gradient_table(ours, theirs)
    message = "b has shape (4, 2), expected (2,): a gradient has the shape of what it belongs to"
    with pytest.raises(ValueError, match=exactly(message)):
        gradient_table({"a": two, "b": torch.zeros(4, 2)}, {"a": two, "b": one})


# multiplications


@given(st.integers(1, 20), st.lists(st.integers(1, 6), min_size=2, max_size=5))
def test_torch_multiplies_as_often_as_the_formula_says(rows, sizes):
    layers = [nn.Linear(*pair) for pair in pairwise(sizes)]
    with FlopCounterMode(display=False) as ahead:
        outputs = nn.Sequential(*layers)(torch.randn(rows, sizes[0]))
    with FlopCounterMode(display=False) as back:
        outputs.sum().backward()
    # torch counts an addition for each multiplication
    counted = ahead.get_total_flops() // 2, back.get_total_flops() // 2
    assert multiplications(rows, sizes) == counted


@given(st.integers(1, 20), st.lists(st.integers(1, 9), min_size=2, max_size=6))
def test_the_way_back_costs_at_least_as_much_as_the_way_forward_and_less_than_twice(rows, sizes):
    ahead, back = multiplications(rows, sizes)
    assert ahead <= back < 2 * ahead


@pytest.mark.parametrize(("rows", "sizes"), [(10, [4]), (10, []), (0, [4, 3]), (10, [4, 0, 3])])
def test_a_network_without_layers_rows_or_units_is_refused(rows, sizes):
    message = f"got {rows} rows, sizes {sizes}: give two sizes or more, none below 1"
    with pytest.raises(ValueError, match=exactly(message)):
        multiplications(rows, sizes)
