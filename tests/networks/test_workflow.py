import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

from course.networks.workflow import (
    Classifier,
    accuracy,
    check_shapes,
    column_statistics,
    split_rows,
    train,
)
from course.training.loop import fit


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def exactly(message):
    return f"^{re.escape(message)}$"


def made_up_data(n=23, d=3, seed=0):
    generator = seeded(seed)
    x = torch.randn(n, d, generator=generator, dtype=torch.float64)
    return x, torch.rand(n, generator=generator).round().double()


class Linear(nn.Module):
    """A logit that is linear in the inputs, so that its gradient has a closed form."""

    def __init__(self, d):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(d, dtype=torch.float64))

    def forward(self, x):
        return x @ self.weight


class Recorder(nn.Module):
    """Notes in which mode it is called; its logits are the first column."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))
        self.seen = []

    def forward(self, x):
        self.seen.append((self.training, torch.is_grad_enabled()))
        return x[:, 0] * self.scale


# split_rows


@given(n=st.integers(2, 300), fraction=st.floats(0.01, 0.99), seed=st.integers(0, 1000))
def test_every_row_is_in_exactly_one_of_the_two_sets(n, fraction, seed):
    n_test = round(n * fraction)
    if not 0 < n_test < n:
        with pytest.raises(ValueError, match="rows to test on"):
            split_rows(n, fraction, seeded(seed))
        return
    train_rows, test_rows = split_rows(n, fraction, seeded(seed))
    assert len(test_rows) == n_test
    assert sorted(torch.cat([train_rows, test_rows]).tolist()) == list(range(n))


def test_the_split_is_the_one_that_torch_draws():
    test, train = random_split(range(50), [10, 40], seeded(3))
    train_rows, test_rows = split_rows(50, 0.2, seeded(3))
    assert train_rows.tolist() == train.indices
    assert test_rows.tolist() == test.indices


@pytest.mark.parametrize(
    ("fraction", "test", "train"), [(0.01, 0, 10), (0.99, 10, 0), (-1, -10, 20)]
)
def test_a_split_that_leaves_a_set_empty_says_what_to_choose(fraction, test, train):
    message = (
        f"test_fraction {fraction} of 10 rows gives {test} rows to test on "
        f"and {train} to train on: give each at least one"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        split_rows(10, fraction)


# column_statistics


@given(n=st.integers(2, 40), d=st.integers(1, 5), seed=st.integers(0, 1000))
def test_the_statistics_are_those_of_scikit_learn(n, d, seed):
    x = 100 * torch.rand(n, d, generator=seeded(seed), dtype=torch.float64)
    mean, std = column_statistics(x)
    scaler = StandardScaler().fit(x.numpy())
    np.testing.assert_allclose(mean, scaler.mean_)
    np.testing.assert_allclose(std, scaler.scale_)


def test_a_vector_has_no_columns_to_scale():
    message = "x has shape (3,): give it the shape (n, d)"
    with pytest.raises(ValueError, match=exactly(message)):
        column_statistics(torch.arange(3.0))


def test_constant_columns_are_named():
    x = torch.rand(7, 4, generator=seeded())
    x[:, 1] = 0.1  # its standard deviation, computed in float32, need not be exactly zero
    x[:, 3] = -2
    message = "columns [1, 3] hold a single value: drop them"
    with pytest.raises(ValueError, match=exactly(message)):
        column_statistics(x)


# Classifier


def test_the_logits_are_those_of_the_formula():
    x, _ = made_up_data(d=3)
    model = Classifier(3, 5, seeded()).double()
    w1, b1, w2, b2 = (parameter.detach().numpy() for parameter in model.parameters())
    b1 += np.linspace(-1, 1, 5)  # so that the biases are seen; they start at zero
    b2 += 0.5
    expected = np.maximum(x.numpy() @ w1.T + b1, 0) @ w2[0] + b2
    np.testing.assert_allclose(model(x).detach(), expected)


def test_the_first_weights_are_those_of_he_and_the_biases_zero():
    model = Classifier(200, 300, seeded())
    for layer, inputs in ((model.hidden, 200), (model.output, 300)):
        bound = (6 / inputs) ** 0.5  # of a uniform distribution with variance 2 / inputs
        assert layer.weight.abs().max() <= bound
        assert layer.weight.std().item() == pytest.approx((2 / inputs) ** 0.5, rel=0.15)
        assert not layer.bias.any()


def test_the_seed_alone_decides_the_first_weights():
    torch.manual_seed(1)
    one = Classifier(4, 3, seeded(7)).state_dict()
    torch.manual_seed(2)
    same = Classifier(4, 3, seeded(7)).state_dict()
    other = Classifier(4, 3, seeded(8)).state_dict()
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(one["hidden.weight"], other["hidden.weight"])
    assert not torch.equal(one["output.weight"], other["output.weight"])


# train


def test_each_step_is_the_one_computed_by_hand():
    x, y = made_up_data(n=7)
    batches = [(x[:3], y[:3]), (x[3:6], y[3:6]), (x[6:], y[6:])]
    model = Linear(3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)

    weight = np.zeros(3)
    for _ in range(4):
        losses = []
        for inputs, targets in ((a.numpy(), b.numpy()) for a, b in batches):
            probability = 1 / (1 + np.exp(-inputs @ weight))
            losses.extend(-np.log(np.where(targets == 1, probability, 1 - probability)))
            weight -= 0.3 * inputs.T @ (probability - targets) / len(targets)

        history = train(model, batches, nn.BCEWithLogitsLoss(), optimizer, epochs=1)
        assert history == pytest.approx([np.mean(losses)])
        np.testing.assert_allclose(model.weight.detach(), weight)


def test_epochs_repeat_and_each_adds_one_mean():
    x, y = made_up_data()
    once, together = Linear(3), Linear(3)
    optimizer = torch.optim.SGD(once.parameters(), lr=0.3)
    criterion = nn.BCEWithLogitsLoss()
    one_by_one = [train(once, [(x, y)], criterion, optimizer, epochs=1)[0] for _ in range(5)]
    optimizer = torch.optim.SGD(together.parameters(), lr=0.3)
    assert train(together, [(x, y)], criterion, optimizer, epochs=5) == one_by_one
    assert train(together, [(x, y)], criterion, optimizer, epochs=0) == []


def test_the_mean_is_over_rows_not_over_batches():
    x, y = made_up_data(n=7)
    model = Linear(3)
    model.weight.data += 1
    still = torch.optim.SGD(model.parameters(), lr=0.0)
    criterion = nn.BCEWithLogitsLoss()
    history = train(model, [(x[:6], y[:6]), (x[6:], y[6:])], criterion, still, epochs=1)
    assert history == pytest.approx([criterion(model(x), y).item()])


def test_the_classifier_learns_a_small_batch_by_heart():
    x, y = made_up_data(n=12)
    model = Classifier(3, 32, seeded()).double()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    history = train(model, [(x, y)], nn.BCEWithLogitsLoss(), optimizer, epochs=300)
    assert history[-1] < 0.01
    assert accuracy(model, x, y) == 1


def test_the_same_seed_gives_the_same_training():
    def run(seed):
        x, y = made_up_data()
        generator = seeded(seed)
        model = Classifier(3, 8, generator).double()
        dataset = TensorDataset(x, y)
        batches = DataLoader(dataset, batch_size=5, shuffle=True, generator=generator)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        losses = train(model, batches, nn.BCEWithLogitsLoss(), optimizer, epochs=3)
        return losses, torch.cat([parameter.flatten() for parameter in model.parameters()])

    (losses, weights), (again, same), (_, other) = run(0), run(0), run(1)
    assert losses == again
    assert torch.equal(weights, same)
    assert not torch.equal(weights, other)


def test_the_loop_of_the_one_page_program_is_that_of_all_other_lessons():
    def run(loop):
        x, y = made_up_data(n=23)
        generator = seeded(4)
        model = Classifier(3, 8, generator).double()
        dataset = TensorDataset(x, y)
        batches = DataLoader(dataset, batch_size=5, shuffle=True, generator=generator)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        losses = loop(model, batches, nn.BCEWithLogitsLoss(), optimizer, epochs=4)
        return losses, torch.cat([parameter.flatten() for parameter in model.parameters()])

    (losses, weights), (history, same) = run(train), run(fit)
    assert losses == pytest.approx(history.training, rel=0, abs=1e-12)
    assert torch.equal(weights, same)


def test_training_is_done_in_training_mode():
    x, y = made_up_data()
    model = Recorder().eval()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    train(model, [(x, y)], nn.BCEWithLogitsLoss(), optimizer, epochs=2)
    assert model.seen == [(True, True)] * 2


def test_training_refuses_a_column_of_logits_before_it_broadcasts():
    x, y = made_up_data(n=6)
    model = nn.Linear(3, 1).double()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    message = "logits have shape (6, 1), targets (6,): give both (n,), n at least 1"
    with pytest.raises(ValueError, match=exactly(message)):
        train(model, [(x, y)], nn.MSELoss(), optimizer, epochs=1)


def test_batches_that_can_be_read_only_once_are_refused_in_the_second_epoch():
    x, y = made_up_data()
    model = Linear(3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    message = "no batches: give a list or DataLoader, not an iterator"
    with pytest.raises(ValueError, match=exactly(message)):
        train(model, iter([(x, y)]), nn.BCEWithLogitsLoss(), optimizer, epochs=2)


# accuracy


@given(n=st.integers(1, 50), seed=st.integers(0, 1000))
def test_the_accuracy_is_that_of_scikit_learn(n, seed):
    x, y = made_up_data(n, seed=seed)
    model = Classifier(3, 4, seeded(seed)).double()
    expected = accuracy_score(y, torch.sigmoid(model(x)).detach() >= 0.5)
    assert accuracy(model, x, y) == pytest.approx(expected)


def test_a_logit_of_zero_is_a_yes():
    zero = torch.zeros(1, 1)
    assert accuracy(nn.Flatten(0), zero, torch.tensor([1])) == 1
    assert accuracy(nn.Flatten(0), zero, torch.tensor([0])) == 0


def test_accuracy_is_measured_in_evaluation_mode_and_without_gradients():
    x, y = made_up_data()
    model = Recorder()
    accuracy(model, x, y)
    assert model.seen == [(False, False)]


def test_accuracy_refuses_a_column_of_logits_before_it_broadcasts():
    x, y = made_up_data(n=6)
    message = "logits have shape (6, 1), targets (6,): give both (n,), n at least 1"
    with pytest.raises(ValueError, match=exactly(message)):
        accuracy(nn.Linear(3, 1).double(), x, y)


# check_shapes


def test_two_vectors_of_the_same_length_pass():
    check_shapes(torch.zeros(1), torch.ones(1))
    check_shapes(torch.zeros(5), torch.ones(5))


@pytest.mark.parametrize(
    ("logits", "targets"),
    [((4, 1), (4,)), ((4,), (4, 1)), ((4, 1), (4, 1)), ((), ()), ((0,), (0,))],
)
def test_all_other_shapes_are_refused(logits, targets):
    message = f"logits have shape {logits}, targets {targets}: give both (n,), n at least 1"
    with pytest.raises(ValueError, match=exactly(message)):
        check_shapes(torch.zeros(logits), torch.zeros(targets))
