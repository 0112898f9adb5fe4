"""Softmax and its loss are PyTorch's, for all logits, with every kind of target."""

import math
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from torch import nn
from torch.nn import functional as F  # noqa: N812, the name it has everywhere

from course.logistic import entropy
from course.networks.softmax import (
    class_weights,
    cross_entropy,
    cross_entropy_gradient,
    cross_entropy_of,
    log_softmax,
    one_hot,
    smooth,
    softmax,
    weighted_cross_entropy,
)

LARGEST = 1e4
sizes = st.tuples(st.integers(1, 6), st.integers(1, 7))
seeds = st.integers(0, 2**32)
scales = st.sampled_from([0.1, 3.0, 1000.0])


def exactly(message):
    return f"^{re.escape(message)}$"


@st.composite
def tables(draw):
    """Return logits (n, k) and labels (n,), of all sizes that a row of logits can have."""
    n, k = draw(sizes)
    generator = torch.Generator().manual_seed(draw(seeds))
    logits = draw(scales) * torch.randn(n, k, generator=generator, dtype=torch.float64)
    return logits, torch.randint(k, (n,), generator=generator)


def probabilities_like(logits, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(logits.shape, generator=generator, dtype=logits.dtype).softmax(dim=1)


# softmax and log_softmax


@given(tables())
def test_softmax_and_its_logarithm_are_those_of_torch(table):
    logits, _ = table
    torch.testing.assert_close(softmax(logits), torch.softmax(logits, dim=1))
    torch.testing.assert_close(log_softmax(logits), torch.log_softmax(logits, dim=1))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_logits_of_any_size_give_finite_probabilities_and_gradients(dtype):
    logits = torch.tensor([[LARGEST, 0, -LARGEST], [-1.0, 88.0, 90.0]], dtype=dtype)
    for function in (softmax, log_softmax):
        z = logits.clone().requires_grad_()
        values = function(z)
        values.sum().backward()
        assert values.isfinite().all()
        assert z.grad.isfinite().all()
    assert log_softmax(logits)[0].tolist() == [0, -LARGEST, -2 * LARGEST]


@given(tables(), st.floats(-100, 100))
def test_what_is_added_to_all_logits_of_a_row_changes_nothing(table, number):
    logits, _ = table
    torch.testing.assert_close(softmax(logits + number), softmax(logits), atol=1e-9, rtol=1e-9)


def test_two_classes_are_the_sigmoid_of_the_difference():
    logits = torch.tensor([[0.3, -2.0], [1.0, 5.0], [-700.0, 10.0]], dtype=torch.float64)
    yes = torch.sigmoid(logits[:, 1] - logits[:, 0])
    torch.testing.assert_close(softmax(logits)[:, 1], yes)


@pytest.mark.parametrize("function", [softmax, log_softmax])
def test_logits_must_be_a_table_of_floats(function):
    with pytest.raises(
        TypeError,
        match=exactly("logits are torch.int64: give floating-point numbers, as with float()"),
    ):
        function(torch.zeros(2, 3, dtype=torch.int64))
    for shape in [(3,), (2, 0), (2, 3, 4)]:
        message = (
            f"logits have shape {shape}: give (n, k), a row for each example and a column for "
            "each class"
        )
        with pytest.raises(ValueError, match=exactly(message)):
            function(torch.zeros(shape))


# cross_entropy


@given(tables())
def test_the_loss_and_its_gradient_are_those_of_torch(table):
    logits, labels = table
    theirs = logits.clone().requires_grad_()
    loss = F.cross_entropy(theirs, labels)
    loss.backward()
    torch.testing.assert_close(cross_entropy(logits, labels), loss.detach())
    torch.testing.assert_close(cross_entropy_gradient(logits, labels), theirs.grad)
    ours = logits.clone().requires_grad_()
    cross_entropy(ours, labels).backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_of_equal_logits_it_is_the_logarithm_of_the_number_of_classes():
    for k in (2, 3, 10):
        loss = cross_entropy(torch.full((4, k), 7.0), torch.zeros(4, dtype=torch.int64))
        assert loss.item() == pytest.approx(math.log(k))


@given(st.lists(st.tuples(st.floats(-50, 50), st.booleans()), min_size=1, max_size=8))
def test_with_two_classes_it_is_the_loss_of_logistic_regression(rows):
    z = torch.tensor([row[0] for row in rows], dtype=torch.float64)
    yes = torch.tensor([row[1] for row in rows])
    two = torch.stack([torch.zeros_like(z), z], dim=1)
    torch.testing.assert_close(
        cross_entropy(two, yes.long()), entropy.cross_entropy(z, yes.double())
    )


def test_it_is_minus_the_mean_log_likelihood_of_a_categorical_distribution():
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(20, 5, generator=generator, dtype=torch.float64)
    labels = torch.randint(5, (20,), generator=generator)
    likelihood = torch.distributions.Categorical(logits=logits).log_prob(labels).mean()
    torch.testing.assert_close(cross_entropy(logits, labels), -likelihood)


def test_descent_on_it_arrives_where_scikit_learn_does():
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(200, 3, generator=generator, dtype=torch.float64)
    noisy = x + torch.randn(200, 3, generator=generator, dtype=torch.float64)
    labels = noisy.argmax(dim=1)
    layer = nn.Linear(3, 3).double()
    optimizer = torch.optim.LBFGS(layer.parameters(), max_iter=500, tolerance_grad=1e-10)

    def closure():
        optimizer.zero_grad()
        loss = cross_entropy(layer(x), labels)
        loss.backward()
        return loss

    for _ in range(5):
        optimizer.step(closure)
    known = LogisticRegression(C=torch.inf, tol=1e-10, max_iter=10_000).fit(x, labels)
    theirs = torch.tensor(known.predict_proba(x))
    torch.testing.assert_close(softmax(layer(x)).detach(), theirs, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("function", [cross_entropy, cross_entropy_gradient])
def test_labels_are_numbers_of_classes_one_for_each_row(function):
    logits = torch.zeros(2, 3)
    message = "labels are torch.float32: give the numbers of classes, as with long()"
    with pytest.raises(TypeError, match=exactly(message)):
        function(logits, torch.zeros(2))
    for n, labels in [
        (2, torch.zeros(2, 1).long()),
        (2, torch.zeros(3).long()),
        (0, torch.zeros(0).long()),
    ]:
        message = (
            f"labels have shape {tuple(labels.shape)}, logits ({n}, 3): give (n,) and (n, k), n at "
            "least 1"
        )
        with pytest.raises(ValueError, match=exactly(message)):
            function(torch.zeros(n, 3), labels)
    for low, high in [(-1, 2), (0, 3)]:
        message = f"labels go from {low} to {high}: the classes are numbered from 0 to 2"
        with pytest.raises(ValueError, match=exactly(message)):
            function(logits, torch.tensor([low, high]))


def test_logits_are_looked_at_before_the_labels():
    with pytest.raises(ValueError, match=r"logits have shape \(3,\)"):
        cross_entropy(torch.zeros(3), torch.zeros(3).long())


# other targets


def test_one_hot_is_that_of_torch():
    labels = torch.tensor([2, 0, 1, 2])
    assert torch.equal(one_hot(labels, 4), F.one_hot(labels, 4).float())
    assert one_hot(torch.zeros(0).long(), 3).shape == (0, 3)
    with pytest.raises(
        ValueError, match=exactly("labels go from 0 to 2: the classes are numbered from 0 to 1")
    ):
        one_hot(labels, 2)


@given(tables(), st.sampled_from([0.0, 0.1, 1.0]))
def test_smoothed_labels_are_torchs_label_smoothing(table, amount):
    logits, labels = table
    targets = smooth(labels, logits.shape[1], amount).double()
    torch.testing.assert_close(
        cross_entropy_of(logits, targets),
        F.cross_entropy(logits, labels, label_smoothing=amount),
        rtol=1e-5,
        atol=1e-5,
    )


@pytest.mark.parametrize("amount", [-0.1, 1.5, math.nan])
def test_an_amount_that_is_no_part_is_refused(amount):
    message = f"amount is {amount}: give a part of the probability, from 0 to 1"
    with pytest.raises(ValueError, match=exactly(message)):
        smooth(torch.tensor([0]), 2, amount)


@given(tables())
def test_targets_may_be_probabilities_as_in_torch(table):
    logits, _ = table
    targets = probabilities_like(logits)
    torch.testing.assert_close(cross_entropy_of(logits, targets), F.cross_entropy(logits, targets))


def test_targets_that_are_no_probabilities_are_refused():
    logits = torch.zeros(2, 2)
    with pytest.raises(
        ValueError,
        match=exactly(
            "probabilities have shape (2,), logits (2, 2): give both (n, k), n at least 1"
        ),
    ):
        cross_entropy_of(logits, torch.zeros(2))
    with pytest.raises(ValueError, match="n at least 1"):
        cross_entropy_of(torch.zeros(0, 2), torch.zeros(0, 2))
    for row, text in [
        ([0.5, 0.6], "1 up to 1.1, the least number is 0.5"),
        ([-0.5, 1.5], "1 up to 1, the least number is -0.5"),
    ]:
        message = (
            f"the rows of the targets sum to {text}: give probabilities, each row with the sum 1"
        )
        with pytest.raises(ValueError, match=exactly(message)):
            cross_entropy_of(logits, torch.tensor([row, [0.5, 0.5]]))


@given(tables(), seeds)
def test_weights_of_classes_and_rows_to_leave_out_are_as_in_torch(table, seed):
    logits, labels = table
    generator = torch.Generator().manual_seed(seed)
    weight = 0.1 + torch.rand(logits.shape[1], generator=generator, dtype=torch.float64)
    gone = torch.cat([logits, torch.zeros_like(logits[:1])])
    for ignored in (-100, -1):
        marked = torch.cat([labels, torch.tensor([ignored])])
        torch.testing.assert_close(
            weighted_cross_entropy(gone, marked, weight, ignored),
            F.cross_entropy(gone, marked, weight, ignore_index=ignored),
        )


def test_weights_that_cannot_be_are_refused():
    logits, labels = torch.zeros(2, 2), torch.tensor([0, 1])
    with pytest.raises(ValueError, match=exactly("all 2 labels are -100: give one that counts")):
        weighted_cross_entropy(logits, torch.tensor([-100, -100]), torch.ones(2))
    for weight, text in [
        (torch.ones(3), "(3,), its least is 1"),
        (-torch.ones(2), "(2,), its least is -1"),
    ]:
        message = (
            f"weight has shape {text}: give one number for each of the 2 classes, none below 0"
        )
        with pytest.raises(ValueError, match=exactly(message)):
            weighted_cross_entropy(logits, labels, weight)
    with pytest.raises(
        ValueError, match=exactly("the weight of every label is 0: give one that counts")
    ):
        weighted_cross_entropy(logits, torch.tensor([0, 0]), torch.tensor([0.0, 1.0]))
    with pytest.raises(ValueError, match="labels go from 1 to 2"):
        weighted_cross_entropy(logits, labels + 1, torch.ones(2))


# class_weights


def test_centred_weights_give_the_same_probabilities_and_are_the_smallest():
    torch.manual_seed(0)
    layer = nn.Linear(6, 4)
    images = class_weights(layer, (2, 3))
    x = torch.randn(5, 6)
    centred = x @ images.flatten(1).T + layer.bias
    torch.testing.assert_close(softmax(centred), softmax(layer(x)), atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(images.sum(dim=0), torch.zeros(2, 3), atol=1e-6, rtol=0)
    assert images.square().sum() < layer.weight.square().sum()
    assert not images.requires_grad
    torch.testing.assert_close(images[1, 1, 2], layer.weight[1, 5] - layer.weight[:, 5].mean())


def test_an_image_of_another_size_is_refused():
    message = (
        "the layer has 6 inputs, the image 2 × 4 pixels: give the shape of the images that it was "
        "trained on"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        class_weights(nn.Linear(6, 4), (2, 4))


# training


def test_a_linear_layer_learns_a_small_batch_by_heart_and_the_same_seed_the_same_weights():
    def trained():
        generator = torch.Generator().manual_seed(0)
        x = torch.randn(10, 20, generator=generator)
        labels = torch.randint(3, (10,), generator=generator)
        layer = nn.Linear(20, 3)
        nn.init.zeros_(layer.weight), nn.init.zeros_(layer.bias)
        optimizer = torch.optim.SGD(layer.parameters(), lr=1.0)
        for _ in range(200):
            optimizer.zero_grad()
            loss = cross_entropy(layer(x), labels)
            loss.backward()
            optimizer.step()
        return loss.item(), layer.weight

    loss, weight = trained()
    assert loss < 0.05
    assert torch.equal(weight, trained()[1])
