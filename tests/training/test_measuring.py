import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics as reference
from torch import nn

from course.training.measuring import (
    Constant,
    check_shapes,
    device_of,
    evaluate,
    predict,
    weighted_mean,
)
from course.training.metrics import accuracy, r_squared, roc_auc

numbers = st.floats(-1e6, 1e6, allow_subnormal=False)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def exactly(message):
    return f"^{re.escape(message)}$"


class Recorder(nn.Module):
    """Notes how it is called; its outputs are the first column."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))
        self.dropout = nn.Dropout()
        self.seen = []

    def forward(self, x):
        self.seen.append((self.training, self.dropout.training, torch.is_grad_enabled()))
        if x.isnan().any():
            raise RuntimeError("a nan")
        return x[:, 0] * self.scale


# weighted_mean


@st.composite
def rows_in_batches(draw):
    rows = draw(st.lists(numbers, min_size=1, max_size=40))
    cuts = draw(st.sets(st.integers(1, len(rows)), max_size=8))
    sizes = np.diff([0, *sorted({*cuts, len(rows)})]).tolist()
    return torch.tensor(rows, dtype=torch.float64), sizes


@given(rows_in_batches())
def test_the_weighted_mean_of_any_batches_is_the_mean_of_all_rows(drawn):
    rows, sizes = drawn
    means = torch.stack([batch.mean() for batch in rows.split(sizes)])
    expected = math.fsum(rows.tolist()) / len(rows)
    assert weighted_mean(means, sizes) == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_the_average_of_batch_averages_is_another_number():
    means = torch.tensor([1.0, 6.0])
    assert weighted_mean(means, [4, 1]) == 2
    assert means.mean() == 3.5


def test_sizes_may_come_from_an_iterator_and_a_batch_may_be_empty():
    assert weighted_mean(torch.tensor([1.0, 7.0, 3.0]), iter([1, 0, 1])) == 2


def test_short_floats_are_averaged_as_long_ones():
    means = torch.tensor([1.0, 1e8], dtype=torch.float32)
    assert weighted_mean(means, [10**8, 1]) == pytest.approx(2e8 / (1e8 + 1), rel=1e-12)


@pytest.mark.parametrize(
    ("values", "sizes", "says"),
    [
        (torch.zeros(3), [4, 1], "values have shape (3,), for 5 rows in 2 batches"),
        (torch.zeros(2, 1), [4, 1], "values have shape (2, 1), for 5 rows in 2 batches"),
        (torch.zeros(2), [0, 0], "values have shape (2,), for 0 rows in 2 batches"),
        (torch.zeros(0), [], "values have shape (0,), for 0 rows in 0 batches"),
    ],
)
def test_means_without_rows_or_without_a_size_are_refused(values, sizes, says):
    message = f"{says}: give one mean per batch, and at least one row"
    with pytest.raises(ValueError, match=exactly(message)):
        weighted_mean(values, sizes)


# device_of


def test_a_model_is_where_its_parameters_are_or_else_its_buffers():
    assert device_of(nn.Linear(1, 1, device="meta")) == torch.device("meta")
    assert device_of(Constant(torch.zeros((), device="meta"))) == torch.device("meta")
    assert device_of(nn.Flatten()) == torch.device("cpu")


def test_parameters_say_where_a_model_is_before_its_buffers_do():
    model = nn.Sequential(Constant(torch.zeros(())), nn.Linear(1, 1, device="meta"))
    assert device_of(model) == torch.device("meta")


# predict


@given(n=st.integers(1, 30), size=st.integers(1, 30), seed=st.integers(0, 1000))
def test_the_outputs_are_those_of_all_rows_in_their_order(n, size, seed):
    x, y = torch.randn(n, 3, generator=seeded(seed)), torch.arange(n)
    model = nn.Linear(3, 2)
    outputs, targets = predict(model, zip(x.split(size), y.split(size), strict=True))
    torch.testing.assert_close(outputs, model(x).detach())
    assert targets.tolist() == list(range(n))


@pytest.mark.parametrize("mode", [True, False])
def test_models_predict_in_evaluation_mode_and_return_to_theirs(mode):
    model = Recorder().train(mode)
    predict(model, [(torch.ones(2, 1), torch.ones(2))] * 2)
    assert model.seen == [(False, False, False)] * 2
    assert model.training is model.dropout.training is mode


def test_a_part_that_was_frozen_stays_frozen():
    model = Recorder().train()
    model.dropout.eval()
    predict(model, [(torch.ones(2, 1), torch.ones(2))])
    assert model.training
    assert not model.dropout.training


def test_the_mode_returns_even_if_the_model_fails():
    model = Recorder().train()
    with pytest.raises(RuntimeError, match="a nan"):
        predict(model, [(torch.full((2, 1), torch.nan), torch.ones(2))])
    assert model.training
    assert model.dropout.training
    assert torch.is_grad_enabled()


def test_predictions_remember_no_gradients():
    outputs, targets = predict(Recorder(), [(torch.ones(2, 1), torch.ones(2))])
    assert not outputs.requires_grad
    assert not targets.requires_grad


def test_batches_move_to_the_device_of_the_model():
    batches = [(torch.ones(2, 3), torch.ones(2))]
    outputs, targets = predict(nn.Linear(3, 1, device="meta"), batches)
    assert outputs.is_meta
    assert targets.is_meta


def test_without_batches_there_is_nothing_to_predict():
    message = "no batches: give a list or a DataLoader, not an iterator that is used up"
    with pytest.raises(ValueError, match=exactly(message)):
        predict(nn.Linear(1, 1), [])


# evaluate


def made_up_case(n, seed):
    """Return scores and targets of both classes, in batches of four."""
    generator = seeded(seed)
    x = torch.randn(n, 1, generator=generator, dtype=torch.float64)
    y = torch.cat([torch.tensor([0.0, 1.0]), torch.rand(n - 2, generator=generator).round()])
    return x, y.double(), list(zip(x.split(4), y.double().split(4), strict=True))


@given(n=st.integers(3, 30), seed=st.integers(0, 1000))
def test_losses_and_metrics_are_those_of_scikit_learn_on_all_rows(n, seed):
    x, y, batches = made_up_case(n, seed)
    metrics = {"accuracy": accuracy, "R²": r_squared, "AUC": roc_auc}
    assert evaluate(nn.Flatten(0), batches, nn.MSELoss(), metrics) == pytest.approx(
        {
            "loss": reference.mean_squared_error(y, x[:, 0]),
            "accuracy": reference.accuracy_score(y, x[:, 0] > 0),
            "R²": reference.r2_score(y, x[:, 0]),
            "AUC": reference.roc_auc_score(y, x[:, 0]),
        }
    )


def test_metrics_that_are_no_averages_differ_from_an_average_over_batches():
    x, y = torch.tensor([1.0, 2.0, 8.0, 9.0]), torch.tensor([1.0, 3.0, 7.0, 9.0])
    batches = [(x[:2, None], y[:2]), (x[2:, None], y[2:])]
    whole = evaluate(nn.Flatten(0), batches, nn.MSELoss(), {"R²": r_squared})["R²"]
    parts = [r_squared(inputs[:, 0], targets).item() for inputs, targets in batches]
    assert whole == pytest.approx(0.95)
    assert parts == pytest.approx([0.5, 0.5])


def test_class_numbers_are_targets_of_logits():
    x, y = torch.eye(3), torch.tensor([0, 1, 1])
    measured = evaluate(nn.Identity(), [(x, y)], nn.CrossEntropyLoss(), {"accuracy": accuracy})
    assert measured["accuracy"] == pytest.approx(2 / 3)
    assert list(measured) == ["loss", "accuracy"]
    assert all(isinstance(value, float) for value in measured.values())


def test_evaluation_refuses_outputs_that_would_broadcast():
    message = (
        "targets have shape (3,), outputs (3, 1): give both the same shape, for example with "
        "squeeze(-1), or they broadcast"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        evaluate(nn.Linear(2, 1), [(torch.zeros(3, 2), torch.zeros(3))], nn.MSELoss())


# check_shapes


@pytest.mark.parametrize(
    ("outputs", "targets"), [((4,), (4,)), ((4, 3), (4, 3)), ((1, 1), (1, 1)), ((), ())]
)
def test_the_same_shape_passes(outputs, targets):
    check_shapes(torch.zeros(outputs), torch.zeros(targets))
    check_shapes(torch.zeros(outputs), torch.zeros(targets, dtype=torch.int64))


@pytest.mark.parametrize(
    ("outputs", "targets"), [((4, 3), (4,)), ((1, 2), (1,)), ((4, 3, 5, 6), (4, 5, 6))]
)
def test_one_class_number_per_row_or_pixel_passes_beside_logits(outputs, targets):
    check_shapes(torch.zeros(outputs), torch.zeros(targets, dtype=torch.int64))


@pytest.mark.parametrize(
    ("outputs", "targets", "dtype"),
    [
        ((4, 1), (4,), torch.float32),
        ((4,), (4, 1), torch.float32),
        ((4, 4), (4,), torch.float32),
        ((4,), (), torch.float32),
        ((4, 1), (4,), torch.int64),
        ((4,), (4, 1), torch.int64),
        ((4,), (), torch.int64),
        ((4, 3), (5,), torch.int64),
        ((4, 3), (3,), torch.int64),
        ((4, 3, 5), (4,), torch.int64),
    ],
)
def test_other_shapes_are_refused(outputs, targets, dtype):
    message = (
        f"targets have shape {targets}, outputs {outputs}: give both the same shape, for example "
        "with squeeze(-1), or they broadcast"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        check_shapes(torch.zeros(outputs), torch.zeros(targets, dtype=dtype))


# Constant


@given(st.lists(numbers, min_size=2, max_size=20).filter(lambda drawn: np.ptp(drawn) > 1e-3))
def test_the_mean_is_the_baseline_with_an_r_squared_of_zero(drawn):
    y = torch.tensor(drawn, dtype=torch.float64)
    batches = [(torch.zeros(len(y), 2), y)]
    measured = evaluate(Constant(y.mean()), batches, nn.MSELoss(), {"R²": r_squared})
    assert measured["loss"] == pytest.approx(np.var(drawn))
    assert measured["R²"] == pytest.approx(0, abs=1e-9)


def test_the_mean_of_other_rows_is_no_better_than_zero():
    y = torch.tensor([1.0, 2.0, 3.0])
    assert r_squared(Constant(torch.tensor(2.5))(y), y) < 0


@given(st.lists(st.integers(1, 50), min_size=2, max_size=5))
def test_log_counts_answer_the_most_frequent_class_with_its_frequency(counts):
    labels = torch.arange(len(counts)).repeat_interleave(torch.tensor(counts))
    answer = labels.bincount().double().log()
    batches = [(torch.zeros(len(labels), 2), labels)]
    measured = evaluate(Constant(answer), batches, nn.CrossEntropyLoss(), {"accuracy": accuracy})
    assert measured["accuracy"] == pytest.approx(max(counts) / sum(counts))
    assert measured["loss"] == pytest.approx(stats.entropy(counts))


def test_a_constant_has_nothing_to_learn_and_is_saved_with_its_answer():
    model = Constant(torch.tensor([1.0, 2.0]))
    assert list(model.parameters()) == []
    assert model.state_dict()["answer"].tolist() == [1, 2]
    assert model(torch.zeros(3, 8, 8)).tolist() == [[1, 2]] * 3
