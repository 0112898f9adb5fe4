"""What depth does to signals: predicted, measured, and equal to torch's ways to start."""

import math
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F  # noqa: N812, the name it has everywhere

from course.networks.depth import Deep, Residual, initialise, predicted_signals, signals

HE, XAVIER, LINEAR = 2**0.5, 1.0, 3**-0.5
sizes = st.lists(st.integers(1, 5), min_size=3, max_size=5)


def exactly(message):
    return f"^{re.escape(message)}$"


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def rows(n=4, d=3):
    return torch.randn(n, d, generator=seeded(1), dtype=torch.float64)


# Deep and Residual


@given(sizes)
def test_a_deep_model_is_the_same_as_layers_in_a_sequential(sizes):
    model = Deep(sizes, torch.tanh).double()
    first, *others = model.layers
    stacked = nn.Sequential(first, *(each for layer in others for each in (nn.Tanh(), layer)))
    x = rows(d=sizes[0])
    torch.testing.assert_close(model(x), stacked(x))
    assert model(x).shape == (4, sizes[-1])


def test_every_layer_is_found_by_the_optimizer_the_file_and_the_device():
    model = Deep([3, 4, 5, 2])
    assert [tuple(each.shape) for each in model.parameters()] == [
        (4, 3), (4,), (5, 4), (5,), (2, 5), (2,)
    ]  # fmt: skip
    assert len(model.state_dict()) == 6
    assert {each.device.type for each in model.to("meta").parameters()} == {"meta"}


def test_between_two_layers_stands_relu_unless_another_is_given():
    model, x = Deep([3, 4, 2]).double(), rows()
    first, second = model.outputs(x)
    torch.testing.assert_close(first, model.layers[0](x))
    torch.testing.assert_close(second, model.layers[1](first.clamp(min=0)))
    assert torch.equal(second, model(x))


@pytest.mark.parametrize("kind", [Deep, Residual])
@pytest.mark.parametrize("given", [[], [3], [3, 0, 2]])
def test_too_few_sizes_and_empty_layers_are_refused(kind, given):
    message = f"sizes are {given}: give two or more, each at least 1"
    with pytest.raises(ValueError, match=exactly(message)):
        kind(given)


def test_a_residual_layer_adds_what_came_in():
    model, x = Residual([3, 4, 4, 4, 2], torch.tanh).double(), rows()
    first, second, third, last = model.layers
    z = first(x)
    found = [z]
    for layer in (second, third):
        z = z + layer(z.tanh())
        found.append(z)
    found.append(last(z.tanh()))
    for ours, theirs in zip(model.outputs(x), found, strict=True):
        torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(model(x), found[-1])


def test_residual_layers_that_make_nothing_are_not_there():
    model = Residual([3, 4, 4, 4, 2])
    for layer in model.layers[1:-1]:
        nn.init.zeros_(layer.weight), nn.init.zeros_(layer.bias)
    x = torch.randn(5, 3, generator=seeded())
    short = model.layers[-1](torch.relu(model.layers[0](x)))
    torch.testing.assert_close(model(x), short)


@pytest.mark.parametrize("given", [[3, 2], [3, 4, 5, 2]])
def test_hidden_layers_that_cannot_be_added_are_refused(given):
    message = f"sizes are {given}: give hidden layers, all of one size"
    with pytest.raises(ValueError, match=exactly(message)):
        Residual(given)


# initialise


@pytest.mark.parametrize("seed", range(3))
def test_the_gains_of_he_and_xavier_give_what_torch_gives(seed):
    model = Deep([30, 20, 20])
    for gain, fill in (
        (HE, lambda w, g: nn.init.kaiming_normal_(w, nonlinearity="relu", generator=g)),
        # Xavier divides by the mean of inputs and outputs, so these have to be as many.
        (XAVIER, lambda w, g: nn.init.xavier_normal_(w, generator=g)),
    ):
        initialise(model, gain, seeded(seed))
        generator = seeded(seed)
        for layer in model.layers:
            expected = torch.empty_like(layer.weight)
            fill(expected, generator)
            if gain == HE or layer.in_features == layer.out_features:
                torch.testing.assert_close(layer.weight.detach(), expected)
            assert not layer.bias.any()


def test_nn_linear_draws_as_with_a_gain_that_is_smaller_than_hes_by_the_root_of_six():
    torch.manual_seed(0)
    weight = nn.Linear(400, 1000).weight
    assert weight.abs().max() <= 400**-0.5
    assert weight.std().item() == pytest.approx(LINEAR / 20, rel=0.01)
    assert math.isclose(HE / LINEAR, 6**0.5)


def test_layers_deep_inside_are_drawn_and_a_bias_may_be_missing():
    model = nn.Sequential(nn.Sequential(nn.Linear(50, 400, bias=False)), nn.ReLU())
    initialise(model, 3.0, seeded())
    assert model[0][0].weight.std().item() == pytest.approx(3 / 50**0.5, rel=0.02)
    assert model[0][0].weight.requires_grad


@pytest.mark.parametrize("gain", [0, -1.0, math.nan])
def test_a_gain_that_is_not_above_zero_is_refused(gain):
    with pytest.raises(ValueError, match=exactly(f"gain is {gain}: give one above 0")):
        initialise(Deep([2, 2]), gain)
    message = f"gain is {gain}, depth 3: give a gain above 0 and a depth from 1"
    with pytest.raises(ValueError, match=exactly(message)):
        predicted_signals(gain, torch.relu, 3)


def test_a_model_whose_layers_are_not_found_is_refused():
    model = nn.Module()
    model.layers = [nn.Linear(2, 2)]
    message = "the model has no linear layer: keep layers as attributes or a ModuleList"
    with pytest.raises(ValueError, match=exactly(message)):
        initialise(model, 1.0)


# signals


@pytest.mark.parametrize("kind", [Deep, Residual])
def test_signals_are_the_sizes_of_outputs_and_of_retained_gradients(kind):
    model, x, labels = kind([3, 4, 4, 2]).double(), rows(), torch.tensor([0, 1, 1, 0])
    spread, gradient = signals(model, x, labels)
    assert not spread.requires_grad
    assert all(each.grad is None for each in model.parameters())

    outputs = model.outputs(x)
    for each in outputs:
        each.retain_grad()
    F.cross_entropy(outputs[-1], labels).backward()
    for k, each in enumerate(outputs):
        assert spread[k].item() == pytest.approx(each.pow(2).mean().sqrt().item())
        assert gradient[k].item() == pytest.approx(each.grad.pow(2).mean().sqrt().item())
    assert spread.shape == gradient.shape == (3,)


# predicted_signals


@pytest.mark.parametrize("gain", [LINEAR, XAVIER, HE, 3.0])
def test_relu_keeps_half_of_the_squares(gain):
    spread, gradient = predicted_signals(gain, torch.relu, 6)
    factor = gain / 2**0.5
    layers = torch.arange(6, dtype=torch.float64)
    torch.testing.assert_close(spread, gain * factor**layers)
    torch.testing.assert_close(gradient, factor ** (5 - layers))
    spread, gradient = predicted_signals(gain, torch.relu, 6, skip=1.0)
    torch.testing.assert_close(spread, gain * (1 + gain**2 / 2) ** (layers / 2))
    torch.testing.assert_close(gradient, (1 + gain**2 / 2) ** ((5 - layers) / 2))


@pytest.mark.parametrize(("gain", "skip"), [(0.7, 0.0), (1.0, 0.0), (2.0, 0.0), (1.3, 0.5)])
def test_tanh_is_what_a_fine_integral_over_the_normal_density_gives(gain, skip):
    points = torch.linspace(-12, 12, 20_001, dtype=torch.float64)
    density = torch.exp(-(points**2) / 2) / math.sqrt(2 * math.pi)

    def mean(values):
        return torch.trapezoid(values * density, points).item()

    q, squares, factors = gain**2, [], []
    for _ in range(5):
        squares.append(q)
        a = torch.tanh(q**0.5 * points)
        factors.append(skip**2 + gain**2 * mean((1 - a**2) ** 2))
        q = skip**2 * q + gain**2 * mean(a**2)
    spread, gradient = predicted_signals(gain, torch.tanh, 5, skip)
    torch.testing.assert_close(spread, torch.tensor(squares).double().sqrt(), rtol=1e-7, atol=0)
    back = [math.prod(factors[k:4]) ** 0.5 for k in range(5)]
    torch.testing.assert_close(gradient, torch.tensor(back).double(), rtol=1e-7, atol=0)


def test_with_xaviers_gain_tanh_falls_as_one_by_the_root_of_twice_the_layer():
    spread, _ = predicted_signals(1.0, torch.tanh, 5000)
    assert spread[-1].item() * (2 * 5000) ** 0.5 == pytest.approx(1, rel=0.01)


def test_without_an_activation_the_gain_itself_is_the_factor():
    spread, gradient = predicted_signals(0.5, lambda z: z * 1, 3)
    torch.testing.assert_close(spread, torch.tensor([0.5, 0.25, 0.125]).double())
    torch.testing.assert_close(gradient, torch.tensor([0.25, 0.5, 1.0]).double())


def test_one_layer_has_nothing_before_it_and_none_is_refused():
    spread, gradient = predicted_signals(0.5, torch.relu, 1)
    assert (spread.tolist(), gradient.tolist()) == ([0.5], [1.0])
    message = "gain is 1.0, depth 0: give a gain above 0 and a depth from 1"
    with pytest.raises(ValueError, match=exactly(message)):
        predicted_signals(1.0, torch.relu, 0)


@pytest.mark.parametrize(
    ("kind", "activation", "gain"),
    [(Deep, torch.relu, HE), (Deep, torch.tanh, XAVIER), (Residual, torch.relu, LINEAR)],
)
def test_in_wide_layers_the_prediction_comes_true(kind, activation, gain):
    model = kind([100, *[512] * 5, 10], activation)
    initialise(model, gain, seeded())
    x = torch.randn(300, 100, generator=seeded(1))
    measured = signals(model, x, torch.arange(300) % 10)
    spread, gradient = predicted_signals(gain, activation, 5, float(kind is Residual))
    torch.testing.assert_close(measured[0][:-1].double(), spread, rtol=0.12, atol=0)
    back = (measured[1][:-1] / measured[1][-2]).double()
    torch.testing.assert_close(back, gradient, rtol=0.12, atol=0)


# training


def test_a_deep_model_learns_a_small_batch_by_heart_and_the_same_seed_the_same_weights():
    def trained(kind):
        generator = seeded()
        model = kind([8, *[16] * 6, 3])
        initialise(model, HE if kind is Deep else LINEAR, generator)
        x = torch.randn(12, 8, generator=generator)
        labels = torch.arange(12) % 3
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        for _ in range(150):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), labels)
            loss.backward()
            optimizer.step()
        return loss.item(), model.layers[0].weight

    for kind in (Deep, Residual):
        loss, weight = trained(kind)
        assert loss < 0.05
        assert torch.equal(weight, trained(kind)[1])
