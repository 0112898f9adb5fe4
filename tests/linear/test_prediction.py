import io
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from course.linear.prediction import Line, predict

numbers = st.floats(-100, 100)


def double(value):
    return torch.tensor(value, dtype=torch.float64)


def exactly(message):
    return f"^{re.escape(message)}$"


# predict


@given(xs=st.lists(numbers, max_size=20), weight=numbers, bias=numbers)
def test_the_predictions_are_the_polynomial_of_numpy(xs, weight, bias):
    predictions = predict(double(xs), double(weight), double(bias))
    np.testing.assert_allclose(predictions, np.polyval([weight, bias], xs), atol=1e-12)


@given(xs=st.lists(numbers, min_size=2, max_size=2), weight=numbers, bias=numbers)
def test_a_step_in_x_changes_the_prediction_by_the_slope_times_the_step(xs, weight, bias):
    here, there = predict(double(xs), double(weight), double(bias))
    assert (there - here).item() == pytest.approx(weight * (xs[1] - xs[0]), abs=1e-9)


@pytest.mark.parametrize(("weight", "bias"), [((3,), ()), ((), (3,)), ((1,), ()), ((3, 1), (2,))])
def test_a_weight_or_a_bias_that_would_broadcast_is_refused(weight, bias):
    message = f"weight has shape {weight}, bias {bias}: one line has one of each, of shape ()"
    with pytest.raises(ValueError, match=exactly(message)):
        predict(torch.zeros(3), torch.zeros(weight), torch.zeros(bias))


# Line


@given(xs=st.lists(numbers, max_size=20), weight=numbers, bias=numbers)
def test_the_module_predicts_what_the_function_predicts(xs, weight, bias):
    model = Line(weight, bias).double()
    expected = predict(double(xs), model.weight, model.bias)
    assert torch.equal(model(double(xs)), expected)


def test_the_module_is_a_linear_layer_with_one_input_and_one_output():
    x = torch.linspace(-3, 3, 13, dtype=torch.float64)
    model, layer = Line(2.5, -1.25).double(), nn.Linear(1, 1).double()
    layer.load_state_dict({"weight": double([[2.5]]), "bias": double([-1.25])})
    torch.testing.assert_close(model(x), layer(x.unsqueeze(-1)).squeeze(-1))


def test_slope_and_bias_are_its_parameters_and_start_where_they_are_told():
    names = {name: parameter.item() for name, parameter in Line(3, -8).named_parameters()}
    assert names == {"weight": 3.0, "bias": -8.0}
    assert [parameter.item() for parameter in Line().parameters()] == [0.0, 0.0]
    assert all(parameter.requires_grad for parameter in Line(3, -8).parameters())


def test_the_gradients_of_the_parameters_are_those_of_the_line():
    x = torch.linspace(-3, 5, 9, dtype=torch.float64)
    model = Line(2, 1).double()
    model(x).sum().backward()
    assert model.weight.grad.item() == pytest.approx(x.sum().item())
    assert model.bias.grad.item() == len(x)


def test_a_saved_line_comes_back_the_same():
    file = io.BytesIO()
    torch.save(Line(3, 8).state_dict(), file)
    file.seek(0)
    other = Line()
    other.load_state_dict(torch.load(file, weights_only=True))
    assert (other.weight.item(), other.bias.item()) == (3.0, 8.0)
