"""Dropout is PyTorch's, mask by mask; networks side by side learn what each would alone."""

import itertools
import math
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F  # noqa: N812, the name it has everywhere

from course.networks.dropout import Dropout, SideBySide, drop

seeds = st.integers(0, 2**32)
shapes = st.lists(st.integers(0, 5), min_size=1, max_size=3).map(tuple)
chances = st.sampled_from([0.0, 0.1, 0.5, 0.9])


def exactly(message):
    return f"^{re.escape(message)}$"


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def generators(count, first=0):
    return [seeded(first + number) for number in range(count)]


# drop


@pytest.mark.parametrize("p", [0.0, 0.2, 0.5, 0.9])
def test_the_mean_over_all_masks_is_what_came_in(p):
    x = torch.tensor([3.0, -1.0, 0.5, 4.0], dtype=torch.float64)
    mean = torch.zeros_like(x)
    for bits in itertools.product([False, True], repeat=4):
        keep = torch.tensor(bits)
        chance = math.prod(1 - p if bit else p for bit in bits)
        mean += chance * drop(x, keep, p)
    torch.testing.assert_close(mean, x)


@given(shapes, seeds, chances)
def test_for_the_mask_of_torch_it_is_dropout_of_torch(shape, seed, p):
    x = torch.randn(shape, generator=seeded(seed), dtype=torch.float64)
    theirs = F.dropout(x, p)
    torch.testing.assert_close(drop(x, theirs != 0, p), theirs)


@given(shapes, seeds, chances)
def test_relu_may_stand_before_it_or_behind_it(shape, seed, p):
    generator = seeded(seed)
    x = torch.randn(shape, generator=generator)
    keep = torch.rand(shape, generator=generator) < 0.5
    torch.testing.assert_close(drop(x.relu(), keep, p), drop(x, keep, p).relu())


def test_a_mask_of_another_shape_is_refused_because_it_would_broadcast():
    message = "keep has shape (2,), x (3, 2): give each number a place of its own in it"
    with pytest.raises(ValueError, match=exactly(message)):
        drop(torch.zeros(3, 2), torch.ones(2), 0.5)


@pytest.mark.parametrize("p", [-0.1, 1, 1.5, math.nan])
def test_a_probability_that_leaves_nothing_or_is_none_is_refused(p):
    message = (
        f"p is {p}: give the probability with which a number is dropped, from 0 up to, but not, 1, "
        "where nothing would be left"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        drop(torch.zeros(2), torch.ones(2), p)
    with pytest.raises(ValueError, match=exactly(message)):
        Dropout(p)


# Dropout


@given(shapes, seeds, chances)
def test_with_the_same_seed_it_draws_the_masks_of_torch(shape, seed, p):
    x = torch.randn(shape, generator=seeded(seed), dtype=torch.float64).transpose(0, -1)
    ours, theirs = Dropout(p, seeded(seed)), nn.Dropout(p)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for _ in range(2):
            torch.testing.assert_close(ours(x), theirs(x))


def test_without_a_generator_the_global_one_draws():
    x = torch.ones(100)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        expected = Dropout(0.3, seeded(3))(x)
        assert torch.equal(Dropout(0.3)(x), expected)


def test_its_gradient_goes_where_a_number_was_kept():
    x = torch.ones(50, requires_grad=True)
    outputs = Dropout(0.2, seeded())(x)
    outputs.sum().backward()
    assert torch.equal(x.grad, outputs.detach())
    assert set(x.grad.tolist()) == {0.0, 1.25}


def test_each_call_draws_anew_and_eval_draws_nothing():
    layer = Dropout(generator=seeded())
    x = torch.ones(100)
    assert layer.p == 0.5
    assert not torch.equal(layer(x), layer(x))
    state = layer.generator.get_state()
    assert layer.eval()(x) is x
    assert torch.equal(layer.generator.get_state(), state)
    with torch.no_grad():
        assert not torch.equal(layer.train()(x), layer(x)), "no_grad is no mode"


@pytest.mark.parametrize("p", [0.1, 0.5])
def test_about_the_part_p_is_dropped(p):
    dropped = (Dropout(p, seeded())(torch.ones(100_000)) == 0).double().mean().item()
    assert abs(dropped - p) < 4 * math.sqrt(p * (1 - p) / 100_000)


def test_it_prints_as_the_layer_of_torch():
    assert repr(Dropout(0.2)) == repr(nn.Dropout(0.2)).replace(", inplace=False", "")


# SideBySide


def test_each_network_is_a_linear_layer_of_torch():
    together = SideBySide(generators(3), 4, 2).double()
    x = torch.randn(5, 4, 3, generator=seeded(), dtype=torch.float64)
    outputs = together(x)
    assert outputs.shape == (5, 2, 3)
    for k in range(3):
        alone = F.linear(x[:, :, k], together.weight[k], together.bias[k])
        torch.testing.assert_close(outputs[:, :, k], alone)


def test_a_network_starts_from_its_own_seed_whatever_stands_beside_it():
    one, many = SideBySide(generators(1, first=2), 4, 2), SideBySide(generators(5), 4, 2)
    assert torch.equal(one.weight[0], many.weight[2])
    assert torch.equal(one.bias[0], many.bias[2])
    assert not torch.equal(many.weight[0], many.weight[1])


def test_it_starts_as_linear_of_torch_does():
    layer = SideBySide(generators(2), 100, 400)
    theirs = nn.Linear(100, 400)
    for name in ("weight", "bias"):
        ours = getattr(layer, name)
        assert ours.abs().max() <= 0.1
        assert ours.std().item() == pytest.approx(0.1 / math.sqrt(3), rel=0.1)
        assert ours.mean().item() == pytest.approx(0, abs=0.01)
        assert ours[0].shape == getattr(theirs, name).shape


@pytest.mark.parametrize("weight_decay", [0.0, 1.0])
def test_together_they_learn_what_each_would_learn_alone(weight_decay):
    def trained(numbers):
        layers = [seeded(number) for number in numbers]
        first = SideBySide(layers, 3, 6).double()
        last = SideBySide(layers, 6, 4).double()
        model = nn.Sequential(first, nn.ReLU(), last)
        x = torch.stack([torch.randn(8, 3, generator=seeded(9 + k)) for k in numbers], dim=-1)
        labels = torch.stack([torch.randint(4, (8,), generator=seeded(k)) for k in numbers], dim=-1)
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=weight_decay)
        for _ in range(300):
            optimizer.zero_grad()
            losses = F.cross_entropy(model(x.double()), labels, reduction="none").mean(dim=0)
            losses.sum().backward()
            optimizer.step()
        return losses.detach(), last.weight.detach()

    losses, weight = trained(range(3))
    alone, its_weight = trained([2])
    torch.testing.assert_close(losses[2:], alone)
    torch.testing.assert_close(weight[2:], its_weight)
    assert torch.equal(trained(range(3))[1], weight), "the same seeds give the same weights"
    if weight_decay == 0:
        assert (losses < 0.3).all(), "they learn a small batch by heart"


@pytest.mark.parametrize("shape", [(5, 3, 4), (5, 4, 2), (4, 3), (5, 4, 3, 1)])
def test_inputs_of_another_shape_are_refused(shape):
    message = f"x has shape {shape}: give (n, 4, 3), 4 inputs in each row for each of 3 networks"
    with pytest.raises(ValueError, match=exactly(message)):
        SideBySide(generators(3), 4, 2)(torch.zeros(shape))


def test_no_networks_are_refused():
    message = "generators is empty: give one for each network"
    with pytest.raises(ValueError, match=exactly(message)):
        SideBySide([], 4, 2)
