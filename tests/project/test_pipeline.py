import itertools
import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference
from sklearn.linear_model import LogisticRegression
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from course.project.evidence import p_value, shuffled_scores
from course.project.pipeline import (
    STRENGTHS,
    Judgement,
    LogisticModel,
    constant_columns,
    cross_entropy,
    develop,
    fit_model,
    judge,
    tune,
)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def exactly(message):
    return f"^{re.escape(message)}$"


def made_up(n=60, d=3, seed=0, signal=1.0):
    """Return inputs of several sizes, and answers that follow from the first of them."""
    generator = seeded(seed)
    x = torch.randn(n, d, generator=generator, dtype=torch.float64)
    y = x[:, 0] * signal + torch.randn(n, generator=generator, dtype=torch.float64) > 0
    y[:2] = torch.tensor([False, True])
    return x * 10 ** torch.arange(d) + 5, y.double()


# LogisticModel


def test_the_model_scales_by_its_own_mean_and_deviation():
    mean, std = torch.tensor([10.0, -2.0]), torch.tensor([5.0, 0.5])
    model = LogisticModel(mean, std)
    with torch.no_grad():
        model.weight.copy_(torch.tensor([2.0, -3.0]))
        model.bias.fill_(0.5)
    x = torch.tensor([[10.0, -2.0], [15.0, -2.0], [10.0, -1.5]])
    assert model(x).tolist() == [0.5, 2.5, -2.5]
    assert set(model.state_dict()) == {"mean", "std", "weight", "bias"}
    assert [name for name, _ in model.named_parameters()] == ["weight", "bias"]


def test_a_model_that_was_not_fitted_says_one_half_and_draws_nothing():
    before = torch.get_rng_state()
    model = LogisticModel(torch.zeros(3), torch.ones(3))
    assert model(torch.randn(4, 3, generator=seeded())).sigmoid().tolist() == [0.5] * 4
    assert torch.equal(torch.get_rng_state(), before)


# fit_model


@settings(max_examples=20)
@given(
    seed=st.integers(0, 1000),
    strength=st.sampled_from([10.0, 0.3, 0.01, 1e-4]),
    d=st.integers(1, 5),
)
def test_the_weights_are_those_of_scikit_learn_at_the_same_penalty(seed, strength, d):
    x, y = made_up(50, d, seed)
    scaled = ((x - x.mean(dim=0)) / x.std(dim=0)).numpy()
    c = 1 / (2 * len(y) * strength)
    expected = LogisticRegression(C=c, tol=1e-10, max_iter=10_000).fit(scaled, y.numpy())
    model = fit_model(x, y, strength)
    assert model.weight.tolist() == pytest.approx(expected.coef_[0].tolist(), rel=1e-4, abs=1e-5)
    assert model.bias.item() == pytest.approx(expected.intercept_[0], rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("strength", STRENGTHS)
def test_the_gradient_of_the_penalised_loss_is_zero(strength):
    x, y = made_up()
    model = fit_model(x, y, strength)
    loss = binary_cross_entropy_with_logits(model(x), y) + strength * model.weight.square().sum()
    loss.backward()
    assert model.weight.grad.abs().max() < 1e-9
    assert model.bias.grad.abs() < 1e-9


def test_the_bias_is_free_so_that_the_mean_probability_is_the_base_rate():
    x, y = made_up()
    for strength in (100.0, 0.01):
        assert fit_model(x, y, strength)(x).sigmoid().mean().item() == pytest.approx(
            y.mean().item()
        )


def test_a_penalty_without_end_leaves_the_base_rate_alone():
    x, y = made_up()
    model = fit_model(x, y, strength=1e6)
    assert model.weight.abs().max() < 1e-5
    assert model.bias.item() == pytest.approx(y.mean().logit().item(), rel=1e-4)


def test_separated_rows_and_repeated_columns_have_an_answer_too():
    x = torch.arange(20.0).double().unsqueeze(1)
    x = torch.cat([x, x, 3 * x], dim=1)
    y = (x[:, 0] > 9.5).double()
    model = fit_model(x, y, strength=1e-4)
    assert model.weight.tolist() == pytest.approx([model.weight[0].item()] * 3)
    assert ((model(x) > 0) == y.bool()).all()


def test_a_step_that_goes_too_far_is_halved():
    x = torch.cat([torch.zeros(30), torch.tensor([100.0, 120.0])]).unsqueeze(1)
    y = torch.cat([torch.zeros(16), torch.ones(16)])
    loose = fit_model(x, y, strength=1e-7)
    assert loose.weight.isfinite().all()
    loss = binary_cross_entropy_with_logits(loose(x.double()), y.double())
    (loss + 1e-7 * loose.weight.square().sum()).backward()
    assert loose.weight.grad.abs().max() < 1e-8


def test_units_change_nothing():
    x, y = made_up()
    model = fit_model(x, y, 0.1)
    other = fit_model(1000 * x - 7, y, 0.1)
    torch.testing.assert_close(other(1000 * x - 7), model(x))


def test_short_floats_and_whole_numbers_are_computed_as_long_floats():
    x, y = made_up()
    model = fit_model(x.round().float(), y.long(), 0.1)
    assert model.weight.dtype == model.mean.dtype == torch.float64
    torch.testing.assert_close(model.weight, fit_model(x.round(), y, 0.1).weight)
    torch.testing.assert_close(fit_model(x.round().long(), y, 0.1).weight, model.weight)


def test_rows_stay_as_they_are():
    x, y = made_up()
    before = x.clone(), y.clone()
    fit_model(x, y, 0.1)
    assert torch.equal(x, before[0])
    assert torch.equal(y, before[1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x, y: (x[:, 0], y), "x has shape (60,), y (60,): give (n, d) and (n,), d above 0"),
        (lambda x, y: (x, y[:9]), "x has shape (60, 3), y (9,): give (n, d) and (n,), d above 0"),
        (
            lambda x, y: (x[:, :0], y),
            "x has shape (60, 0), y (60,): give (n, d) and (n,), d above 0",
        ),
        (
            lambda x, y: (x[:0], y[:0]),
            "y holds []: give rows of both answers, 0 and 1, and no others",
        ),
        (
            lambda x, y: (x, y * 0),
            "y holds [0.0]: give rows of both answers, 0 and 1, and no others",
        ),
        (
            lambda x, y: (x, y + 1),
            "y holds [1.0, 2.0]: give rows of both answers, 0 and 1, and no others",
        ),
        (
            lambda x, y: (torch.tensor([[-1.7e308]] + [[1.7e308]] * 59, dtype=torch.float64), y),
            "column 0 of x, counted from 0, has no deviation in float64: its numbers are too "
            "extreme: leave it out",
        ),
        (
            lambda x, y: (x * torch.tensor([1, 1, math.nan]), y),
            "x holds NaN or infinity: see which cells with course.project.table",
        ),
    ],
)
def test_rows_that_cannot_be_fitted_are_refused(change, message):
    with pytest.raises(ValueError, match=exactly(message)):
        fit_model(*change(*made_up()), 0.1)


@pytest.mark.parametrize("strength", [0.0, -1.0, math.inf, math.nan])
def test_a_strength_is_above_zero(strength):
    message = f"strength is {strength}: give a finite number above 0"
    with pytest.raises(ValueError, match=exactly(message)):
        fit_model(*made_up(), strength)


# tune


def test_strengths_go_down_in_steps_of_about_a_half_of_a_power_of_ten():
    ratios = [high / low for high, low in itertools.pairwise(STRENGTHS)]
    assert all(2.9 < ratio < 3.5 for ratio in ratios)
    assert (STRENGTHS[0], STRENGTHS[-1]) == (1, 0.001)


def test_the_strength_with_the_lowest_loss_on_validation_rows_is_chosen():
    x, y = made_up(90, 6)
    training, validation = torch.arange(50), torch.arange(50, 90)
    tuned = tune(x, y, training, validation)
    assert list(tuned.losses) == list(STRENGTHS)
    for strength, loss in tuned.losses.items():
        model = fit_model(x[:50], y[:50], strength)
        expected = reference.log_loss(y[50:], model(x[50:]).sigmoid().detach())
        assert loss == pytest.approx(expected)
    assert tuned.losses[tuned.strength] == min(tuned.losses.values())
    chosen = fit_model(x[:50], y[:50], tuned.strength)
    assert torch.equal(tuned.model.weight, chosen.weight)
    assert torch.equal(tuned.training, training)
    assert torch.equal(tuned.validation, validation)


def test_of_equal_strengths_the_first_is_chosen():
    x = torch.tensor([[-1.0], [1.0], [-1.0], [1.0], [0.0], [0.0]])
    y = torch.tensor([0.0, 1.0, 1.0, 0.0, 0.0, 1.0])  # the weight is 0 at every strength
    for strengths in ((0.1, 1.0), (1.0, 0.1)):
        assert tune(x, y, torch.arange(4), torch.tensor([4, 5]), strengths).strength == strengths[0]


@pytest.mark.parametrize(
    ("strengths", "at_edge"),
    [((0.1, 0.001, 1e-6), False), (STRENGTHS, True), ((0.001, 0.01, 0.1), True), ((0.1,), True)],
)
def test_a_chosen_strength_at_the_edge_of_those_tried_says_so(strengths, at_edge):
    x, y = made_up(60, 6)
    tuned = tune(x, y, torch.arange(50), torch.arange(50, 60), strengths)
    assert tuned.at_edge is at_edge


@pytest.mark.parametrize(
    ("strengths", "rows", "says"),
    [((), 10, "0 strengths, 10 validation rows"), ((1.0,), 0, "1 strengths, 0 validation rows")],
)
def test_nothing_to_choose_from_or_on_is_refused(strengths, rows, says):
    x, y = made_up()
    with pytest.raises(ValueError, match=exactly(f"{says}: give at least one")):
        tune(x, y, torch.arange(50), torch.arange(rows), strengths)


# develop


def test_three_of_four_rows_of_each_answer_are_for_training():
    x, y = made_up(80)
    tuned = develop(x, y, seeded())
    both = torch.cat([tuned.training, tuned.validation])
    assert both.sort().values.tolist() == list(range(80))
    assert len(tuned.training) == 60
    assert y[tuned.training].mean().item() == pytest.approx(y.mean().item(), abs=0.02)


def test_the_same_seed_gives_the_same_model_and_another_seed_another():
    x, y = made_up()
    first, again, other = (develop(x, y, seeded(seed)) for seed in (0, 0, 1))
    assert torch.equal(first.model.weight, again.model.weight)
    assert not torch.equal(first.model.weight, other.model.weight)
    straight = tune(x, y, first.training, first.validation)
    assert first.losses == straight.losses


# cross_entropy and judge


def test_the_cross_entropy_is_that_of_scikit_learn():
    x, y = made_up()
    model = fit_model(x, y, 0.1)
    expected = reference.log_loss(y, model(x).sigmoid().detach())
    assert cross_entropy(model, x, y) == pytest.approx(expected)
    assert cross_entropy(model, x, y.long()) == pytest.approx(expected)


@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.8])
def test_judgements_are_those_of_scikit_learn(threshold):
    x, y = made_up()
    model = fit_model(x, y, 0.1)
    p = model(x).sigmoid().detach().numpy()
    judged = judge(model, x, y, threshold)
    assert judged.matrix.tolist() == reference.confusion_matrix(y, p >= threshold).tolist()
    assert judged.accuracy == pytest.approx(reference.accuracy_score(y, p >= threshold))
    assert judged.auc == pytest.approx(reference.roc_auc_score(y, p))
    assert judged.base_rate == pytest.approx(max(np.mean(y.numpy()), 1 - np.mean(y.numpy())))


def test_one_half_is_the_threshold_and_what_reaches_it_is_a_yes():
    x, y = torch.tensor([[-1.0], [0.0], [1.0]]), torch.tensor([0.0, 1.0, 0.0])
    assert judge(nn.Flatten(0), x, y).matrix.tolist() == [[1, 1], [0, 1]]


def test_the_base_rate_is_that_of_the_more_frequent_answer():
    assert Judgement(torch.tensor([[1, 2], [3, 4]]), 0.5).base_rate == pytest.approx(0.7)
    assert Judgement(torch.tensor([[5, 3], [1, 1]]), 0.5).base_rate == pytest.approx(0.8)
    assert Judgement(torch.tensor([[1, 2], [3, 4]]), 0.5).accuracy == pytest.approx(0.5)


def test_measuring_records_no_gradients():
    x, y = made_up()
    model = fit_model(x, y, 0.1)
    assert isinstance(cross_entropy(model, x, y), float)
    assert isinstance(judge(model, x, y).auc, float)
    assert model.weight.grad is None


@pytest.mark.parametrize("threshold", [-0.1, 1.1, 50, math.nan])
def test_a_threshold_of_a_judgement_is_a_probability(threshold):
    x, y = made_up()
    message = f"threshold is {threshold}: give a probability, from 0 to 1"
    with pytest.raises(ValueError, match=exactly(message)):
        judge(fit_model(x, y, 0.1), x, y, threshold)


def test_a_column_that_differs_only_in_the_validation_rows_has_no_weight_and_is_named():
    x, y = made_up()
    x = x.double()
    x[:50, 1] = 0.1
    training, validation = torch.arange(50), torch.arange(50, 60)
    tuned = tune(x, y, training, validation)
    assert tuned.constant == [1]
    assert tuned.model.weight[1] == 0
    assert (tuned.model.mean[1], tuned.model.std[1]) == (0.1, 1)
    without = tune(x[:, [0, 2]], y, training, validation)
    assert without.constant == []
    assert tuned.losses == pytest.approx(without.losses, rel=1e-9)
    torch.testing.assert_close(tuned.model(x), without.model(x[:, [0, 2]]))
    assert tuned.model.state_dict().keys() == without.model.state_dict().keys()


def test_constant_columns_are_found_exactly():
    x = torch.tensor([[0.1, 1.0, 0.0], [0.1, 1.0 + 1e-7, 0.0], [0.1, 1.0, -0.0]])
    assert constant_columns(x) == [0, 2]
    assert constant_columns(x[:1]) == [0, 1, 2]


def test_a_model_of_constant_columns_says_how_frequent_the_answers_are():
    model = fit_model(torch.ones(8, 2), torch.tensor([0, 0, 0, 1] * 2), 0.1)
    assert model.weight.tolist() == [0, 0]
    torch.testing.assert_close(model(torch.zeros(1, 2)).sigmoid(), torch.tensor([0.25]).double())


def rare(n=120, categories=15):
    """Return inputs with a column of 0 and 1 for each of many rare categories, and answers."""
    generator = torch.Generator().manual_seed(0)
    number = torch.randn(n, 1, generator=generator)
    held = torch.full((n,), categories)  # most rows hold none of them
    held[:categories] = torch.arange(categories)
    one_hot = torch.nn.functional.one_hot(held)[:, :categories]
    y = (number[:, 0] + torch.randn(n, generator=generator) > 0).long()
    return torch.cat([number, one_hot], dim=1), y


def test_rare_categories_stop_no_split_no_permutation_test_and_no_cross_validation():
    x, y = rare()
    generator = torch.Generator().manual_seed(1)
    named = set()

    def score(answers):
        tuned = develop(x, answers, generator)
        once = x[tuned.training].sum(dim=0) == 0
        assert tuned.constant == once.nonzero().flatten().tolist()
        named.update(tuned.constant)
        return judge(tuned.model, x[tuned.validation], answers[tuned.validation]).auc

    shuffled = shuffled_scores(score, y, 5, torch.Generator().manual_seed(2))
    assert p_value(score(y), shuffled) == 1 / 6
    assert len(named) > 8, "most are missing in one split or another"
    for fold in torch.arange(len(y)).chunk(10):
        rest = torch.ones(len(y), dtype=torch.bool)
        rest[fold] = False
        assert fit_model(x[rest], y[rest], 0.1)(x[fold]).isfinite().all()


@pytest.mark.parametrize("scale", [1e-320, 1e-200, 1e-30, 1e30, 1e200, 1e300])
def test_the_unit_of_a_column_does_not_matter(scale):
    x, y = made_up()
    x = x.double()
    expected = fit_model(x, y, 0.1)
    model = fit_model(x * torch.tensor([1, scale, 1], dtype=torch.float64), y, 0.1)
    close = {"rtol": 1e-3, "atol": 1e-6} if scale == 1e-320 else {"rtol": 1e-9, "atol": 1e-12}
    torch.testing.assert_close(model.weight, expected.weight, **close)


def test_rows_of_one_answer_cannot_be_judged():
    with pytest.raises(ValueError, match="give rows of both classes"):
        judge(nn.Flatten(0), torch.ones(3, 1), torch.ones(3))
