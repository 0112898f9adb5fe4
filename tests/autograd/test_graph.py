import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.autograd import gradcheck, gradgradcheck

from course.autograd.graph import Softplus, backward_order, softplus, trace


def exactly(message):
    return f"^{re.escape(message)}$"


# backward_order


@st.composite
def graphs(draw):
    """Return for each number those below it that it was computed from; every one is used."""
    count = draw(st.integers(1, 12))
    inputs = {
        node: draw(st.lists(st.integers(0, node - 1))) if node else [] for node in range(count)
    }
    for node in range(count - 1):
        inputs[draw(st.integers(node + 1, count - 1))].append(node)
    return inputs


@given(graphs())
def test_everything_comes_once_and_after_all_that_was_computed_from_it(inputs):
    order = backward_order(len(inputs) - 1, inputs.__getitem__)
    assert sorted(order) == list(range(len(inputs)))
    place = {node: index for index, node in enumerate(order)}
    assert all(place[node] < place[each] for node in inputs for each in inputs[node])


def test_what_the_result_does_not_need_is_left_out():
    inputs = {"f": ["x"], "g": ["f", "y"], "x": [], "y": []}
    assert backward_order("f", inputs.__getitem__) == ["f", "x"]


@pytest.mark.parametrize(
    "inputs", [{0: [0]}, {0: [1], 1: [0]}, {0: [1], 1: [2], 2: [1]}, {0: [1, 1], 1: [2], 2: [2]}]
)
def test_a_graph_with_a_circle_is_refused(inputs):
    message = "a value comes from itself: give a graph without circles"
    with pytest.raises(ValueError, match=exactly(message)):
        backward_order(0, inputs.__getitem__)


def test_ten_thousand_nodes_deep_is_no_problem():
    order = backward_order(10_000, lambda node: [node - 1, node - 1] if node else [])
    assert order == list(range(10_000, -1, -1))


# trace


def test_the_graph_has_the_nodes_that_torch_recorded_and_the_names_that_were_given():
    w = torch.ones(3, requires_grad=True)
    b = torch.zeros((), requires_grad=True)
    x, y = torch.ones(4, 3), torch.ones(4)
    predictions = x @ w + b
    loss = (predictions - y).square().mean()
    names = {"x": x, "w": w, "b": b, "predictions": predictions, "loss": loss}
    nodes, edges = trace(loss, names)
    assert set(nodes) == {
        "loss\nMeanBackward0",
        "PowBackward0",
        "SubBackward0",
        "predictions\nAddBackward0",
        "MvBackward0",
        "w\n(3,)",
        "b\n()",
    }
    assert {(nodes[start].split("\n")[-1], nodes[end]) for start, end in edges} == {
        ("MeanBackward0", "PowBackward0"),
        ("PowBackward0", "SubBackward0"),
        ("SubBackward0", "predictions\nAddBackward0"),
        ("AddBackward0", "MvBackward0"),
        ("AddBackward0", "b\n()"),
        ("MvBackward0", "w\n(3,)"),
    }


def test_edges_lead_down_the_list():
    w = torch.ones(3, requires_grad=True)
    nodes, edges = trace((w * w.exp() + w).sum())
    assert nodes[0] == "SumBackward0"
    assert all(start < end for start, end in edges)
    assert len(edges) == 6


def test_a_leaf_without_a_name_says_so_and_one_with_two_names_has_both():
    w = torch.ones(3, 2, requires_grad=True)
    assert trace(w.exp())[0] == ["ExpBackward0", "leaf\n(3, 2)"]
    assert trace(w.exp(), {"w": w, "weight": w})[0][1] == "w, weight\n(3, 2)"


def test_a_tensor_used_twice_is_one_node_with_two_edges():
    w = torch.ones(3, requires_grad=True)
    assert trace(w * w, {"w": w}) == (["MulBackward0", "w\n(3,)"], [(0, 1), (0, 1)])


def test_both_results_of_one_operation_are_one_node():
    w = torch.ones(2, requires_grad=True)
    a, b = w.unbind()
    nodes, edges = trace(a * b, {"a": a, "b": b})
    assert nodes == ["MulBackward0", "a, b\nUnbindBackward0", "leaf\n(2,)"]
    assert edges == [(0, 1), (0, 1), (1, 2)]


def test_a_function_of_your_own_is_a_node_even_if_it_keeps_something_as_variable():
    class Keeps(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.variable = "mine"
            return x.clone()

        @staticmethod
        def backward(ctx, gradient):
            return gradient

    w = torch.ones(2, requires_grad=True)
    assert trace(Keeps.apply(w))[0] == ["KeepsBackward", "leaf\n(2,)"]
    assert trace(softplus(w))[0] == ["SoftplusBackward", "leaf\n(2,)"]


def test_every_parameter_of_a_model_is_a_leaf():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
    nodes, edges = trace(model(torch.ones(5, 3)).mean(), dict(model.named_parameters()))
    ends = set(range(len(nodes))) - {start for start, _ in edges}
    expected = {f"{name}\n{tuple(each.shape)}" for name, each in model.named_parameters()}
    assert {nodes[end] for end in ends} == expected


def test_the_graph_can_be_read_after_backward_and_ten_thousand_nodes_deep():
    w = torch.ones(2, requires_grad=True)
    deep = w
    for _ in range(10_000):
        deep = deep + 1
    deep.sum().backward()
    nodes, edges = trace(deep, {"w": w})
    assert len(nodes) == len(edges) + 1 == 10_001
    assert nodes[-1] == "w\n(2,)"


@pytest.mark.parametrize(
    "make",
    [
        lambda w: torch.ones(3),
        lambda w: (2 * w).detach(),
        lambda w: torch.no_grad()(lambda: 2 * w)(),
    ],
)
def test_a_tensor_without_a_graph_is_refused(make):
    message = (
        "the tensor has no grad_fn: compute it from a tensor with requires_grad=True, "
        "outside torch.no_grad() and without detach()"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        trace(make(torch.ones(3, requires_grad=True)))


def test_a_leaf_is_refused():
    message = "the tensor is a leaf, and has no grad_fn: give one that was computed from it"
    with pytest.raises(ValueError, match=exactly(message)):
        trace(torch.ones(3, requires_grad=True))


# Softplus


def made_up_inputs(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return 3 * torch.randn(*shape, generator=generator, dtype=torch.float64)


@given(seed=st.integers(0, 1000), n=st.integers(0, 7))
def test_value_and_derivative_are_those_of_torch(seed, n):
    x = made_up_inputs(2, n, seed=seed).requires_grad_()
    same = x.detach().clone().requires_grad_()
    weights = made_up_inputs(2, n, seed=seed + 1)
    ours, torchs = softplus(x), nn.functional.softplus(same)
    torch.testing.assert_close(ours, torchs)
    (weights * ours).sum().backward()
    (weights * torchs).sum().backward()
    torch.testing.assert_close(x.grad, same.grad)


def test_first_and_second_derivative_agree_with_differences():
    x = torch.cat([made_up_inputs(5), torch.zeros(1, dtype=torch.float64)]).requires_grad_()
    assert gradcheck(softplus, (x,))
    assert gradgradcheck(softplus, (x,))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_far_out_and_at_the_corner_it_is_finite_and_right(dtype):
    infinity = float("inf")
    x = torch.tensor([-infinity, -1e4, 0, 1e4, infinity], dtype=dtype, requires_grad=True)
    y = softplus(x)
    assert y.dtype == dtype
    y.sum().backward()
    expected = torch.tensor([0, 0, 2, 1e4, infinity], dtype=dtype)
    expected[2] = torch.tensor(2.0, dtype=dtype).log()
    torch.testing.assert_close(y.detach(), expected)
    assert x.grad.tolist() == [0, 0, 0.5, 1, 1]


def test_nan_stays_nan():
    x = torch.tensor([float("nan")], requires_grad=True)
    y = softplus(x)
    y.backward()
    assert y.isnan()
    assert x.grad.isnan()


def test_the_input_may_have_any_shape_and_be_a_view():
    x = made_up_inputs(3, 4).T.requires_grad_()
    softplus(x).sum().backward()
    torch.testing.assert_close(x.grad, x.detach().sigmoid())
    assert softplus(torch.zeros(())).shape == ()


@pytest.mark.parametrize("dtype", [torch.int64, torch.bool, torch.complex64])
def test_what_is_no_floating_point_number_is_refused(dtype):
    message = f"x holds {dtype}: give floating-point numbers, as x.float()"
    with pytest.raises(TypeError, match=exactly(message)):
        softplus(torch.zeros(3, dtype=dtype))


def test_the_input_stays_as_it_is():
    x = made_up_inputs(4)
    before = x.clone()
    Softplus.apply(x)
    assert torch.equal(x, before)
