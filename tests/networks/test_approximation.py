"""Hinges are ReLU units, and fitted ones are the best chain of straight pieces."""

import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course.networks.approximation import fit_hinges, hinges
from course.networks.hidden import OneHidden

X = torch.linspace(0, 3, 61, dtype=torch.float64)
KNOTS = torch.tensor([0.0, 1.0, 1.7, 2.5], dtype=torch.float64)


def exactly(message):
    return f"^{re.escape(message)}$"


def test_hinges_are_the_hidden_values_of_a_network():
    model = OneHidden(1, 4, 4, torch.relu).double()
    with torch.no_grad():
        model.hidden.weight.fill_(1)
        model.hidden.bias.copy_(-KNOTS)
        model.output.weight.copy_(torch.eye(4))
        model.output.bias.zero_()
    torch.testing.assert_close(hinges(X, KNOTS), model(X.unsqueeze(1)).detach())


@given(st.lists(st.floats(-5, 5), max_size=5), st.lists(st.floats(-5, 5), max_size=5))
def test_a_hinge_is_0_up_to_its_knot_and_how_far_it_is_since(inputs, knots):
    x, places = (torch.tensor(each, dtype=torch.float64) for each in (inputs, knots))
    table = hinges(x, places)
    assert table.shape == (len(inputs), len(knots))
    assert table.tolist() == [[max(x - knot, 0.0) for knot in knots] for x in inputs]


@pytest.mark.parametrize(("x", "knots"), [((3, 1), (2,)), ((3,), (2, 1)), ((), (2,))])
def test_other_than_vectors_is_refused(x, knots):
    message = f"x and knots have shapes {x} and {knots}: give (n,) and (m,)"
    with pytest.raises(ValueError, match=exactly(message)):
        hinges(torch.zeros(x), torch.zeros(knots))


def test_the_weights_are_those_of_numpys_least_squares():
    y = (2 * X).sin()
    weight, bias = fit_hinges(X, y, KNOTS)
    table = np.column_stack([np.maximum(X.numpy()[:, None] - KNOTS.numpy(), 0), np.ones(len(X))])
    known, *_ = np.linalg.lstsq(table, y.numpy(), rcond=None)
    np.testing.assert_allclose([*weight.tolist(), bias.item()], known, rtol=1e-8)
    assert (weight.shape, bias.shape) == ((4,), ())


@given(st.integers(0, 2**32))
def test_a_chain_with_joints_at_the_knots_is_found_again(seed):
    generator = torch.Generator().manual_seed(seed)
    heights = torch.randn(5, generator=generator, dtype=torch.float64)
    ends = torch.cat([KNOTS, X[-1:]])
    y = torch.from_numpy(np.interp(X.numpy(), ends.numpy(), heights.numpy()))
    weight, bias = fit_hinges(X, y, KNOTS)
    torch.testing.assert_close(hinges(X, KNOTS) @ weight + bias, y)
    slopes = heights.diff() / ends.diff()
    torch.testing.assert_close(weight.cumsum(0), slopes, msg="at a knot the slope changes by it")
    torch.testing.assert_close(bias, heights[0])


@given(st.integers(2, 40), st.floats(0.5, 3))
def test_no_error_is_above_the_bound_of_straight_lines_between_the_knots(m, frequency):
    x = torch.linspace(0, 4, 801, dtype=torch.float64)
    y = (frequency * x).cos()
    knots = torch.linspace(0, 4, m + 1, dtype=torch.float64)[:-1]
    weight, bias = fit_hinges(x, y, knots)
    error = (hinges(x, knots) @ weight + bias - y).square().mean().sqrt()
    assert error <= (4 / m) ** 2 * frequency**2 / 8


def test_twice_as_many_hinges_divide_the_error_by_four():
    x = torch.linspace(0, math.pi, 2001, dtype=torch.float64)
    errors = []
    for m in (32, 64):
        knots = torch.linspace(0, math.pi, m + 1, dtype=torch.float64)[:-1]
        weight, bias = fit_hinges(x, x.sin(), knots)
        errors.append((hinges(x, knots) @ weight + bias - x.sin()).square().mean().sqrt())
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.05)


@pytest.mark.parametrize("shape", [(61, 1), (60,), ()])
def test_targets_of_another_shape_are_refused(shape):
    message = f"y has shape {shape}, x (61,): give both the shape (n,)"
    with pytest.raises(ValueError, match=exactly(message)):
        fit_hinges(X, torch.zeros(shape, dtype=torch.float64), KNOTS)


@pytest.mark.parametrize(
    ("x", "knots", "told"),
    [
        (X, [0.0, 1.0, 1.0], "3 of 4"),  # twice the same
        (X, [0.0, 3.0], "2 of 3"),  # nothing behind the last
        (X[:3], [0.0, 0.01, 0.02], "3 of 4"),  # fewer rows than parameters
    ],
)
def test_rows_that_do_not_determine_the_weights_are_refused(x, knots, told):
    message = (
        f"the rows determine {told} parameters: give fewer knots, all different, with rows between "
        "every two and behind the last"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        fit_hinges(x, x.sin(), torch.tensor(knots).double())
