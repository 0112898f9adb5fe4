"""One hidden layer is what torch makes of it; many trained at once are as one by one."""

import math
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from torch import nn
from torch.nn import functional as F  # noqa: N812, the name it has everywhere

from course.networks.hidden import (
    OneHidden,
    border_between,
    hidden_values,
    share_interval,
    train_many,
)

XOR_X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR_Y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])


def exactly(message):
    return f"^{re.escape(message)}$"


def seeded(seed):
    return torch.Generator().manual_seed(seed)


# OneHidden


@pytest.mark.parametrize("activation", [torch.relu, torch.tanh, nn.Identity()])
def test_the_network_is_a_linear_layer_an_activation_and_a_linear_layer(activation):
    model = OneHidden(3, 5, 2, activation, seeded(0)).double()
    x = torch.randn(7, 3, generator=seeded(1), dtype=torch.float64)
    first = F.linear(x, model.hidden.weight, model.hidden.bias)
    expected = F.linear(activation(first), model.output.weight, model.output.bias)
    torch.testing.assert_close(model(x), expected)
    assert model(x).shape == (7, 2)


def test_it_starts_where_torch_starts_its_layers_and_fills_that_range():
    model = OneHidden(16, 400, 100, torch.relu, seeded(0))
    for layer, inputs in ((model.hidden, 16), (model.output, 400)):
        theirs = nn.Linear(layer.in_features, layer.out_features)
        bound = 1 / math.sqrt(inputs)
        for ours, known in zip(layer.parameters(), theirs.parameters(), strict=True):
            assert ours.shape == known.shape
            assert ours.abs().max() <= bound
            assert ours.max() > 0.9 * bound
            assert ours.min() < -0.9 * bound
            torch.testing.assert_close(ours.std(), known.std(), rtol=0.25, atol=0)


def test_the_same_seed_gives_the_same_start_and_another_seed_another():
    one, same, other = (OneHidden(2, 3, 1, torch.relu, seeded(seed)) for seed in (0, 0, 1))
    for mine, twin, stranger in zip(
        one.parameters(), same.parameters(), other.parameters(), strict=True
    ):
        assert torch.equal(mine, twin)
        assert not torch.equal(mine, stranger)


def test_without_a_generator_that_of_torch_draws():
    torch.manual_seed(3)
    one = OneHidden(2, 3, 1, torch.relu)
    torch.manual_seed(3)
    assert torch.equal(OneHidden(2, 3, 1, torch.relu).hidden.weight, one.hidden.weight)


# hidden_values


@given(st.integers(0, 4), st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**32))
def test_hidden_values_are_what_the_layer_and_relu_of_torch_give(n, d, k, seed):
    generator = seeded(seed)
    x, weight, bias = (
        torch.randn(shape, generator=generator, dtype=torch.float64)
        for shape in ((n, d), (k, d), (k,))
    )
    torch.testing.assert_close(hidden_values(x, weight, bias), F.relu(F.linear(x, weight, bias)))


@pytest.mark.parametrize(
    "shapes", [((2,), (3, 2), (3,)), ((4, 2), (3, 3), (3,)), ((4, 2), (2, 2), (3,))]
)
def test_parameters_that_do_not_belong_to_the_inputs_are_refused(shapes):
    message = (
        f"x, weight, bias have shapes {', '.join(map(str, shapes))}: give (n, d), (k, d), (k,)"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        hidden_values(*(torch.zeros(shape) for shape in shapes))


def test_a_bias_that_is_a_table_is_refused():
    with pytest.raises(ValueError, match=re.escape("(4, 2), (3, 2), (3, 1): give")):
        hidden_values(torch.zeros(4, 2), torch.zeros(3, 2), torch.zeros(3, 1))


# border_between


@st.composite
def pairs(draw):
    """Return four points, some in one place, some apart, some with crossed pairs."""
    points = torch.randn(4, 2, generator=seeded(draw(st.integers(0, 2**32))), dtype=torch.float64)
    kind = draw(st.sampled_from(["as they are", "apart", "one place", "whole numbers"]))
    if kind == "apart":
        points[2:] += torch.tensor([4.0, 1.0])
    if kind == "one place":
        points[1] = points[0]
    if kind == "whole numbers":
        points = points.round()
    return points[:2], points[2:]


TURNS = torch.linspace(0, 2 * math.pi, 20_001, dtype=torch.float64)
WAYS = torch.stack([TURNS.cos(), TURNS.sin()], dim=1)


@given(pairs())
def test_no_other_direction_has_the_pairs_farther_apart(four):
    no, yes = four
    apart = (yes @ WAYS.T).amin(dim=0) - (no @ WAYS.T).amax(dim=0)
    weight, bias, gap = border_between(no, yes)
    assert gap > apart.max() - 1e-9
    if apart.max() > 0.01:
        torch.testing.assert_close(gap, apart.max(), rtol=0, atol=5e-3)
        torch.testing.assert_close(weight / gap, WAYS[apart.argmax()], atol=2e-2, rtol=0)
    if gap == 0:
        assert [*weight.tolist(), bias.item()] == [0, 0, 0]
    else:
        torch.testing.assert_close(weight.norm(), gap)
        sides = torch.cat([no, yes]) @ weight + bias
        torch.testing.assert_close(-sides[:2].max(), sides[2:].min())


def test_the_weight_reaches_from_the_one_pair_to_the_other():
    no, yes = torch.tensor([[0.0, 0.0], [2.0, 0.0]]), torch.tensor([[0.0, 4.0], [2.0, 2.0]])
    weight, bias, gap = border_between(no, yes)
    assert (weight.tolist(), bias.item(), gap.item()) == ([0, 2], -2, 2)
    weight, bias, gap = border_between(yes, no)
    assert (weight.tolist(), bias.item(), gap.item()) == ([0, -2], 2, 2)


def test_the_way_may_lead_to_the_inside_of_a_pair_or_to_either_end():
    no = torch.tensor([[0.0, 0.0], [4.0, 0.0]])
    for yes, wanted in (
        ([[1.0, 1.0], [1.0, 5.0]], [0.0, 1.0]),  # above the inside
        ([[-3.0, 4.0], [-9.0, 4.0]], [-3.0, 4.0]),  # beyond the first end
        ([[7.0, 4.0], [9.0, 9.0]], [3.0, 4.0]),  # beyond the last end
    ):
        weight, _, gap = border_between(no, torch.tensor(yes))
        assert weight.tolist() == wanted
        assert gap == pytest.approx(math.hypot(*wanted))


@pytest.mark.parametrize(
    ("no", "yes"),
    [
        ([[0, 0], [1, 1]], [[0, 1], [1, 0]]),  # the rows of XOR
        ([[0, 0], [2, 0]], [[1, 0], [1, 3]]),  # one touches the other
        ([[1, 1], [1, 1]], [[1, 1], [1, 1]]),  # all in one place
        ([[0, 0], [2, 0]], [[1, 0], [3, 0]]),  # on one line, mixed
    ],
)
def test_pairs_that_meet_have_no_border(no, yes):
    weight, bias, gap = border_between(torch.tensor(no).double(), torch.tensor(yes).double())
    assert weight.tolist() == [0, 0]
    assert (bias.item(), gap.item()) == (0, 0)


@pytest.mark.parametrize(("no", "yes"), [((2,), (2, 2)), ((2, 2), (3, 2)), ((2, 3), (2, 2))])
def test_other_than_two_pairs_of_points_is_refused(no, yes):
    message = f"no and yes have shapes {no} and {yes}: give two points each"
    with pytest.raises(ValueError, match=exactly(message)):
        border_between(torch.zeros(no), torch.zeros(yes))


# train_many


def test_trained_at_once_each_takes_the_steps_that_it_takes_alone():
    x = torch.randn(6, 3, generator=seeded(0), dtype=torch.float64)
    y = torch.randint(2, (6, 2), generator=seeded(1)).double()
    seeds = [4, 0, 9]
    models, losses = train_many(x, y, 5, torch.tanh, seeds, lr=0.03, steps=20)
    criterion = nn.BCEWithLogitsLoss()
    for seed, model, loss in zip(seeds, models, losses, strict=True):
        alone = OneHidden(3, 5, 2, torch.tanh, seeded(seed)).double()
        optimizer = torch.optim.Adam(alone.parameters(), lr=0.03)
        for _ in range(20):
            optimizer.zero_grad()
            criterion(alone(x), y).backward()
            optimizer.step()
        for mine, known in zip(model.parameters(), alone.parameters(), strict=True):
            torch.testing.assert_close(mine, known)
        torch.testing.assert_close(loss, criterion(alone(x), y).detach())
        torch.testing.assert_close(loss, criterion(model(x), y).detach())
    assert not losses.requires_grad
    assert all(each.requires_grad for each in models[0].parameters())


def test_the_defaults_are_300_steps_of_a_tenth():
    short = XOR_X.double(), XOR_Y.double()
    _, losses = train_many(*short, 2, torch.tanh, range(2))
    _, told = train_many(*short, 2, torch.tanh, range(2), lr=0.1, steps=300)
    assert torch.equal(losses, told)


def test_eight_units_learn_the_four_rows_by_heart_and_the_same_seeds_give_the_same_weights():
    models, losses = train_many(XOR_X, XOR_Y, 8, torch.tanh, seeds=range(3))
    again, _ = train_many(XOR_X, XOR_Y, 8, torch.tanh, seeds=range(3))
    assert (losses < 0.05).all()
    for model, twin in zip(models, again, strict=True):
        assert torch.equal((model(XOR_X) > 0).float(), XOR_Y)
        assert torch.equal(model.hidden.weight, twin.hidden.weight)


def test_one_unit_never_solves_xor_and_without_an_activation_no_number_of_them_does():
    _, losses = train_many(XOR_X, XOR_Y, 1, torch.tanh, seeds=range(5), steps=150)
    assert (losses > 0.4).all()
    _, losses = train_many(XOR_X, XOR_Y, 8, nn.Identity(), seeds=range(5), steps=150)
    assert (losses > math.log(2) - 1e-5).all()


@pytest.mark.parametrize(
    ("seeds", "shape"), [([], (4, 1)), ([0], (4,)), ([0], (3, 1)), (range(0), (4, 1))]
)
def test_no_seeds_and_answers_that_do_not_belong_to_the_rows_are_refused(seeds, shape):
    message = (
        f"{len(seeds)} seeds, x has shape (4, 2), y {shape}: give a seed or more, (n, d), and "
        "(n, k)"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        train_many(XOR_X, torch.zeros(shape), 2, torch.relu, seeds)


# share_interval


@pytest.mark.parametrize(("count", "runs"), [(0, 1), (1, 1), (0, 20), (20, 20), (7, 20), (95, 100)])
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.99])
def test_the_interval_of_a_share_is_wilsons(count, runs, confidence):
    known = stats.binomtest(count, runs).proportion_ci(confidence, method="wilson")
    assert share_interval(count, runs, confidence) == pytest.approx((known.low, known.high))


def test_it_stays_between_0_and_1_and_is_95_percent_if_nothing_is_said():
    for runs in range(1, 300, 7):
        low, _ = share_interval(0, runs)
        _, high = share_interval(runs, runs)
        assert low == 0
        assert high == pytest.approx(1)
        assert high <= 1
    assert share_interval(3, 9) == share_interval(3, 9, 0.95)


@pytest.mark.parametrize(
    ("count", "runs", "confidence"),
    [(-1, 5, 0.95), (6, 5, 0.95), (0, 0, 0.95), (1, 5, 0.0), (1, 5, 1.0), (1, 5, math.nan)],
)
def test_counts_and_confidences_that_cannot_be_are_refused(count, runs, confidence):
    message = (
        f"count is {count}, runs {runs}, confidence {confidence}: give a count from 0 to runs, at "
        "least 1 run, and a confidence between 0 and 1"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        share_interval(count, runs, confidence)
