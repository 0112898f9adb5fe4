import math
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course.autograd.engine import Value, trace_values


def exactly(message):
    return f"^{re.escape(message)}$"


def torch_value(number):
    return torch.tensor(float(number), dtype=torch.float64, requires_grad=True)


def hold_equal(function, *numbers):
    """Compare value and gradients of a function of values with those of the function of tensors."""
    values, tensors = [Value(n) for n in numbers], [torch_value(n) for n in numbers]
    ours, torchs = function(*values), function(*tensors)
    ours.backward()
    torchs.backward()
    assert ours.data == pytest.approx(torchs.item(), rel=1e-9, abs=1e-12)
    for value, tensor in zip(values, tensors, strict=True):
        expected = 0.0 if tensor.grad is None else tensor.grad.item()
        assert value.grad == pytest.approx(expected, rel=1e-9, abs=1e-12)


number = st.floats(-5, 5).map(lambda x: round(x, 3))
positive = st.floats(0.01, 5).map(lambda x: round(x, 3))

BINARY = {
    "a + b": lambda a, b: a + b,
    "a - b": lambda a, b: a - b,
    "a * b": lambda a, b: a * b,
    "a / b": lambda a, b: a / b,
}
UNARY = {
    "-a": lambda a: -a,
    "a + 3": lambda a: a + 3,
    "3 + a": lambda a: 3 + a,
    "a - 3": lambda a: a - 3,
    "3 - a": lambda a: 3 - a,
    "a * 3": lambda a: a * 3,
    "3 * a": lambda a: 3 * a,
    "a / 3": lambda a: a / 3,
    "3 / a": lambda a: 3 / a,
    "a ** 3": lambda a: a**3,
    "a ** 2.5": lambda a: a**2.5,
    "a ** -1.5": lambda a: a**-1.5,
    "a ** 0": lambda a: a**0,
    "exp": lambda a: a.exp(),
    "log": lambda a: a.log(),
    "relu": lambda a: a.relu(),
}


@pytest.mark.parametrize("function", BINARY.values(), ids=BINARY)
@given(a=number, b=positive)
def test_an_operation_of_two_is_that_of_torch(function, a, b):
    hold_equal(function, a, b)
    hold_equal(function, b, -b)


@pytest.mark.parametrize("function", UNARY.values(), ids=UNARY)
@given(a=positive)
def test_an_operation_of_one_is_that_of_torch(function, a):
    hold_equal(function, a)


@pytest.mark.parametrize("name", ["-a", "3 - a", "a / 3", "3 / a", "a ** 3", "exp", "relu"])
@given(a=positive)
def test_so_it_is_for_negative_numbers(name, a):
    hold_equal(UNARY[name], -a)


@pytest.mark.parametrize("name", ["-a", "a * 3", "a ** 3", "a ** 0", "exp", "relu"])
def test_so_it_is_at_zero(name):
    hold_equal(UNARY[name], 0)


def test_the_power_one_has_the_derivative_one_at_zero_too():
    hold_equal(lambda a: a**1, 0)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x + x,
        lambda x: x * x,
        lambda x: x - x,
        lambda x: x / x,
        lambda x: x * x + x,
        lambda x: (x * x) * (x * x).exp(),
        lambda x: (x + 1) * (x + 2).log() - x,
    ],
)
def test_a_value_used_more_than_once_gets_the_sum_of_its_gradients(function):
    hold_equal(function, 1.5)


def test_an_intermediate_value_used_twice_passes_on_all_that_arrives():
    def function(x, y):
        shared = x * y
        left = shared * 2
        right = left.exp() + shared  # the turn of `shared` comes after `left`, on every way
        return right * left + shared

    hold_equal(function, 0.3, -0.7)


@st.composite
def programs(draw):
    """Return the steps of a random program: an operation, and the positions of what it takes."""
    steps = []
    for length in range(3, 3 + draw(st.integers(1, 12))):
        name = draw(st.sampled_from(["+", "-", "*", "relu", "square", "tame"]))
        steps.append((name, draw(st.integers(0, length - 1)), draw(st.integers(0, length - 1))))
    return steps


@given(programs(), number, number, number)
def test_a_random_program_has_the_gradients_of_torch(steps, a, b, c):
    def function(*given):
        values = list(given)
        for name, i, j in steps:
            x, y = values[i], values[j]
            values.append(
                {
                    "+": lambda x=x, y=y: x + y,
                    "-": lambda x=x, y=y: x - y,
                    "*": lambda x=x, y=y: 0.1 * x * y,
                    "relu": lambda x=x, y=y: x.relu(),
                    "square": lambda x=x, y=y: 0.1 * x**2,
                    "tame": lambda x=x, y=y: 1 / (1 + x * x),
                }[name]()
            )
        return values[-1] + 0 * sum(given)

    hold_equal(function, a, b, c)


def test_every_value_on_the_way_gets_its_gradient():
    x, y = torch_value(2), torch_value(3)
    product = x * y
    product.retain_grad()
    (product.exp() + product).backward()
    a, b = Value(2), Value(3)
    ours = a * b
    result = ours.exp() + ours
    result.backward()
    assert ours.grad == pytest.approx(product.grad.item())
    assert result.grad == 1


def test_gradients_add_up_over_several_calls_as_in_torch():
    x, value = torch_value(2), Value(2)
    shared, ours = x * x, value * value
    for result in (shared, 3 * shared, shared):
        result.backward(retain_graph=True)
    for result in (ours, 3 * ours, ours):
        result.backward()
    assert value.grad == x.grad.item() == 20


def test_ten_thousand_nodes_deep_and_wide_is_no_problem():
    x = total = Value(1)
    for _ in range(10_000):
        total = total + x * 0.5
    total.backward()
    assert x.grad == 5001
    many = Value(0)
    for _ in range(10_000):
        many = many + many * 0
    many.backward()
    assert many.inputs[0][0].grad == 1


def test_a_chain_of_doublings_costs_a_visit_per_value_not_one_per_way():
    x = value = Value(1)
    for _ in range(200):  # as many ways as 1 followed by 60 zeros
        value = value + value
    value.backward()
    assert x.grad == 2.0**200


def test_a_value_is_a_float_and_starts_without_a_gradient():
    value = Value(True)
    assert (type(value.data), value.data, value.grad) == (float, 1.0, 0.0)
    assert (value.inputs, value.operation) == ((), "")
    assert repr(Value(2)) == "Value(2.0, grad=0.0)"


def test_nan_goes_through():
    value = Value(math.nan)
    (value * 2 + 1).backward()
    assert value.grad == 2


# what it refuses


@pytest.mark.parametrize(
    "mix",
    [
        lambda value, tensor: value + tensor,
        lambda value, tensor: tensor + value,
        lambda value, tensor: value - tensor,
        lambda value, tensor: tensor - value,
        lambda value, tensor: value * tensor,
        lambda value, tensor: tensor * value,
        lambda value, tensor: value / tensor,
        lambda value, tensor: tensor / value,
    ],
)
def test_values_and_tensors_do_not_mix(mix):
    message = "got a Tensor: give a Python number, as tensor.item()"
    with pytest.raises(TypeError, match=exactly(message)):
        mix(Value(2), torch.tensor(3.0))


@pytest.mark.parametrize("data", [torch.tensor(1.0), "1", None, 1j, [1.0], Value(1)])
def test_what_is_no_number_is_refused(data):
    message = f"got a {type(data).__name__}: give a Python number, as tensor.item()"
    with pytest.raises(TypeError, match=exactly(message)):
        Value(data)


@pytest.mark.parametrize("exponent", [Value(2), torch.tensor(2.0), "2"])
def test_an_exponent_that_is_no_number_is_refused(exponent):
    message = f"the exponent is a {type(exponent).__name__}: give a Python number"
    with pytest.raises(TypeError, match=exactly(message)):
        Value(2) ** exponent


@pytest.mark.parametrize(
    ("make", "call"),
    [
        (lambda: Value(0).log(), "log(0.0)"),
        (lambda: Value(-1).log(), "log(-1.0)"),
        (lambda: Value(1000).exp(), "exp(1000.0)"),
        (lambda: 1 / Value(0), "pow(0.0, -2)"),
        (lambda: Value(1) / 0, "pow(0.0, -2)"),
        (lambda: Value(-8) ** (1 / 3), f"pow(-8.0, {1 / 3 - 1})"),
        (lambda: Value(0) ** 0.5, "pow(0.0, -0.5)"),
        (lambda: Value(1e200) ** 2, "pow(1e+200, 2)"),
    ],
)
def test_where_there_is_no_finite_number_it_says_so(make, call):
    message = f"{call} is no finite number: change the input, or use torch, which gives inf or nan"
    with pytest.raises(ValueError, match=exactly(message)):
        make()


# trace_values


def test_the_graph_has_numbers_gradients_and_on_each_edge_the_derivative():
    x, y = Value(2), Value(3)
    product = x * y
    result = product + x
    result.backward()
    nodes, edges, notes = trace_values(result, {"x": x, "y": y, "p": product})
    assert set(nodes) == {"+\n8\ngrad 1", "×\np = 6\ngrad 1", "x = 2\ngrad 4", "y = 3\ngrad 2"}
    found = {
        (nodes[start].split("\n")[0], nodes[end].split("\n")[0], note)
        for (start, end), note in zip(edges, notes, strict=True)
    }
    assert found == {("+", "×", "1"), ("+", "x = 2", "1"), ("×", "x = 2", "3"), ("×", "y = 3", "2")}


def test_a_leaf_alone_is_a_graph_and_operations_are_named():
    assert trace_values(Value(2)) == (["2\ngrad 0"], [], [])
    x = Value(1)
    for result, operation in [(x.exp(), "exp"), (x.log(), "log"), (x.relu(), "relu")]:
        assert trace_values(result)[0][0].startswith(operation)
    assert trace_values(x**2.5)[0][0] == "** 2.5\n1\ngrad 0"


def test_a_tensor_has_no_graph_of_values():
    message = "got a Tensor: give a Value; trace draws tensors"
    with pytest.raises(TypeError, match=exactly(message)):
        trace_values(torch.tensor(1.0))
