import copy
import io
import re
import sys

import numpy as np
import pytest
import torch
import tqdm
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course import plotting
from course.device import available
from course.training.loop import History, fit
from course.training.measuring import evaluate


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def exactly(message):
    return f"^{re.escape(message)}$"


def made_up_inputs(n=11, d=3, seed=0):
    return torch.randn(n, d, generator=seeded(seed), dtype=torch.float64)


def line(d=3, seed=0):
    """Return a model that answers `(n,)`, with drawn weights."""
    model = nn.Sequential(nn.Linear(d, 1), nn.Flatten(0)).double()
    return draw_weights(model, seed)


def network(d=3, k=1, seed=0, p=0.0):
    model = nn.Sequential(nn.Linear(d, 6), nn.Tanh(), nn.Dropout(p), nn.Linear(6, k)).double()
    return draw_weights(model if k > 1 else model.append(nn.Flatten(0)), seed)


def draw_weights(model, seed):
    generator = seeded(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(generator=generator)
    return model


def sgd(model, lr=0.1, momentum=0.0):
    return torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)


def ragged(x, y, size=4):
    return list(zip(x.split(size), y.split(size), strict=True))


def numbers(n=11, seed=0):
    x = made_up_inputs(n, seed=seed)
    return x, x.sum(dim=1) + torch.randn(n, generator=seeded(seed + 1), dtype=torch.float64)


def weights_of(model):
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


# The formulas of three losses, and targets for each.


def squared(outputs, targets):
    return ((outputs - targets) ** 2).sum() / len(targets)


def logistic(outputs, targets):
    probabilities = 1 / (1 + torch.exp(-outputs))
    likelihoods = torch.where(targets == 1, probabilities, 1 - probabilities)
    return -torch.log(likelihoods).sum() / len(targets)


def softmax(outputs, targets):
    powers = torch.exp(outputs)
    probabilities = powers / powers.sum(dim=1, keepdim=True)
    likelihoods = torch.stack([row[c] for row, c in zip(probabilities, targets, strict=True)])
    return -torch.log(likelihoods).sum() / len(targets)


LOSSES = {
    "numbers": (nn.MSELoss(), squared, lambda x: x.sum(dim=1), 1),
    "yes or no": (nn.BCEWithLogitsLoss(), logistic, lambda x: (x[:, 0] > 0).double(), 1),
    "classes": (nn.CrossEntropyLoss(), softmax, lambda x: x.argmax(dim=1), 3),
}
all_losses = pytest.mark.parametrize(
    ("criterion", "formula", "answers", "k"), LOSSES.values(), ids=LOSSES
)


# Every step


@all_losses
def test_every_step_is_that_of_a_loop_written_by_hand(criterion, formula, answers, k):
    x = made_up_inputs()
    batches = ragged(x, answers(x))
    model = network(k=k)
    weights = {name: value.detach().clone() for name, value in model.named_parameters()}

    expected = []
    for _ in range(3):
        total = 0.0
        for inputs, targets in batches:
            leaves = {name: value.requires_grad_() for name, value in weights.items()}
            loss = formula(torch.func.functional_call(model, leaves, inputs), targets)
            slopes = torch.autograd.grad(loss, list(leaves.values()))
            weights = {
                name: value.detach() - 0.1 * slope
                for (name, value), slope in zip(leaves.items(), slopes, strict=True)
            }
            total += loss.item() * len(targets)
        expected.append(total / len(x))

    history = fit(model, batches, criterion, sgd(model), epochs=3)
    assert history.training == pytest.approx(expected, rel=1e-12)
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(parameter.detach(), weights[name], rtol=1e-12, atol=1e-12)


def test_with_adam_and_a_data_loader_it_is_the_loop_that_everybody_writes():
    def data():
        return DataLoader(TensorDataset(*numbers()), 4, shuffle=True, generator=seeded(5))

    ours, plain = network(), network()
    history = fit(ours, data(), nn.MSELoss(), torch.optim.Adam(ours.parameters()), epochs=3)

    optimizer = torch.optim.Adam(plain.parameters())
    batches = data()
    for _ in range(3):
        for x, y in batches:
            optimizer.zero_grad()
            nn.functional.mse_loss(plain(x), y).backward()
            optimizer.step()
    assert torch.equal(weights_of(ours), weights_of(plain))
    assert history.epochs == 3


def test_gradients_from_before_do_not_count():
    x, y = numbers()
    clean, dirty = line(), line()
    for parameter in dirty.parameters():
        parameter.grad = torch.full_like(parameter, 1e6)
    for model in (clean, dirty):
        fit(model, [(x, y)], nn.MSELoss(), sgd(model), epochs=1)
    assert torch.equal(weights_of(clean), weights_of(dirty))


@given(n=st.integers(1, 20), size=st.integers(1, 20), seed=st.integers(0, 1000))
def test_the_training_loss_is_the_mean_over_rows_however_they_are_batched(n, size, seed):
    x, y = numbers(n, seed=seed)
    model = line(seed=seed)
    history = fit(model, ragged(x, y, size), nn.MSELoss(), sgd(model, lr=0.0), epochs=1)
    assert history.training == pytest.approx([squared(model(x), y).item()], rel=1e-12)


def test_a_batch_counts_with_its_loss_before_the_step():
    x, y = numbers()
    model = line()
    before = squared(model(x), y).item()
    history = fit(model, [(x, y)], nn.MSELoss(), sgd(model), epochs=1)
    assert history.training == [pytest.approx(before)]
    assert squared(model(x), y).item() < before


def test_a_small_batch_is_learned_by_heart():
    x = made_up_inputs(n=8)
    y = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])
    model = network(k=3)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    history = fit(model, [(x, y)], nn.CrossEntropyLoss(), optimizer, epochs=200)
    assert history.training[-1] < 0.01
    assert torch.equal(model(x).argmax(dim=1), y)


def test_the_same_seed_gives_the_same_weights():
    def run(seed):
        model = network(seed=seed)
        dataset = TensorDataset(*numbers())
        batches = DataLoader(dataset, 4, shuffle=True, generator=seeded(seed))
        history = fit(model, batches, nn.MSELoss(), sgd(model), epochs=3)
        return history.training, weights_of(model)

    (losses, weights), (again, same), (_, other) = run(0), run(0), run(1)
    assert losses == again
    assert torch.equal(weights, same)
    assert not torch.equal(weights, other)


# Modes, validation and metrics


class Recorder(nn.Module):
    """Notes in which mode it is called; its answer is the first column."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones((), dtype=torch.float64))
        self.seen = []

    def forward(self, x):
        self.seen.append((self.training, torch.is_grad_enabled()))
        return x[:, 0] * self.scale


def test_it_trains_in_training_mode_and_validates_without_it_and_without_gradients():
    x, y = numbers()
    model = Recorder().eval()
    fit(model, [(x, y)], nn.MSELoss(), sgd(model), epochs=2, validation=[(x, y)])
    assert model.seen == [(True, True), (False, False)] * 2
    assert model.training


def test_a_callback_that_leaves_evaluation_mode_on_does_no_harm():
    x, y = numbers()
    model = Recorder()
    callbacks = [lambda history: model.eval()]
    fit(model, [(x, y)], nn.MSELoss(), sgd(model), epochs=2, callbacks=callbacks)
    assert model.seen == [(True, True)] * 2


def test_validation_and_metrics_are_those_of_all_rows_at_once():
    x, y = numbers()
    x_val, y_val = numbers(7, seed=9)
    model = line()
    shapes = []

    def largest(outputs, targets):
        shapes.append((outputs.shape, targets.shape))
        return (outputs - targets).abs().max()

    expected = {"loss": [], "largest": []}

    def measure(history):
        residuals = model(x_val) - y_val
        expected["loss"].append((residuals**2).mean().item())
        expected["largest"].append(residuals.abs().max().item())

    history = fit(
        model,
        ragged(x, y),
        nn.MSELoss(),
        sgd(model),
        epochs=3,
        validation=ragged(x_val, y_val),
        metrics={"largest": largest},
        callbacks=[measure],
    )
    assert list(history.validation) == ["loss", "largest"]
    for name, values in expected.items():
        assert history.validation[name] == pytest.approx(values, rel=1e-12)
    assert shapes == [((7,), (7,))] * 3, "called once per epoch, with all rows"


def test_dropout_is_on_in_training_and_off_in_validation():
    x, y = numbers()
    model = network(p=1.0)  # with dropout nothing is left but the last bias
    still = sgd(model, lr=0.0)
    history = fit(model, [(x, y)], nn.MSELoss(), still, epochs=1, validation=[(x, y)])
    assert history.training == [pytest.approx(squared(model[-2].bias, y).item())]
    assert history.validation["loss"] == [pytest.approx(squared(model.eval()(x), y).item())]
    assert history.validation["loss"] != history.training


def test_validation_changes_neither_the_weights_nor_the_training():
    def run(validation):
        model = network()
        history = fit(model, batches, nn.MSELoss(), sgd(model), epochs=3, validation=validation)
        return history.training, weights_of(model)

    batches = ragged(*numbers())
    (losses, weights), (same, equal) = run(None), run(ragged(*numbers(7, seed=9)))
    assert losses == same
    assert torch.equal(weights, equal)


# History


def test_the_history_maps_the_names_of_its_curves_to_them():
    alone = History(training=[3.0, 2.0], seconds=[0.1, 0.1])
    both = History(training=[3.0], validation={"accuracy": [0.5], "loss": [4.0]})
    assert (dict(alone), len(alone), alone.epochs) == ({"training": [3.0, 2.0]}, 1, 2)
    assert (dict(both), len(both), both.epochs) == ({"training": [3.0], "validation": [4.0]}, 2, 1)
    assert "validation" in both
    assert "validation" not in alone
    assert "accuracy" not in both


def test_histories_do_not_share_their_lists():
    History().training.append(1.0)
    History().seconds.append(1.0)
    History().validation["loss"] = [1.0]
    assert History() == History(training=[], validation={}, seconds=[])


def test_the_curves_of_a_history_are_drawn():
    x, y = numbers()
    model = line()
    history = fit(model, [(x, y)], nn.MSELoss(), sgd(model), epochs=4, validation=[(x, y)])
    lines = plotting.curves(history).axes[0].lines
    assert [each.get_label() for each in lines] == ["training", "validation"]
    assert lines[0].get_ydata() == pytest.approx(history.training)
    assert lines[1].get_ydata() == pytest.approx(history.validation["loss"])


def test_the_history_counts_the_seconds_of_each_epoch_with_its_validation(monkeypatch):
    clock = iter([100.0, 103.0, 200.0, 207.0])
    monkeypatch.setattr("time.perf_counter", lambda: next(clock))
    x, y = numbers()
    model = line()
    history = fit(model, [(x, y)], nn.MSELoss(), sgd(model), epochs=2)
    assert history.seconds == [3.0, 7.0]


def test_no_epochs_leave_everything_as_it_was():
    model = line()
    before = weights_of(model)
    assert fit(model, [numbers()], nn.MSELoss(), sgd(model), epochs=0) == History()
    assert torch.equal(weights_of(model), before)


# Device


@pytest.mark.parametrize("device", available())
def test_on_every_device_it_computes_what_it_computes_on_the_cpu(device):
    x, y = (each.float() for each in numbers())
    batches, validation = ragged(x, y), ragged(*(each.float() for each in numbers(7, seed=9)))
    there, here = network().float(), network().float()
    optimizer = sgd(there, momentum=0.9)
    arguments = {"criterion": nn.MSELoss(), "validation": validation}
    expected = fit(here, batches, optimizer=sgd(here, momentum=0.9), epochs=4, **arguments)

    first = fit(there, batches, optimizer=optimizer, epochs=2, device=device, **arguments)
    assert {p.device for p in there.parameters()} == {torch.device(device)}
    found = fit(there, batches, optimizer=optimizer, epochs=4, history=first, **arguments)
    assert found.training == pytest.approx(expected.training, rel=1e-4)
    assert found["validation"] == pytest.approx(expected["validation"], rel=1e-4)
    torch.testing.assert_close(weights_of(there).cpu(), weights_of(here), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("device", available())
def test_what_an_optimizer_remembers_moves_with_the_model(device):
    batches = [tuple(each.float() for each in numbers())]
    model = line().float()
    optimizer = sgd(model, momentum=0.9)
    history = fit(model, batches, nn.MSELoss(), optimizer, epochs=1)
    fit(model, batches, nn.MSELoss(), optimizer, epochs=2, device=device, history=history)
    remembered = {state["momentum_buffer"].device for state in optimizer.state.values()}
    assert remembered == {torch.device(device)}


class Stopped(Exception):  # noqa: N818, it is none
    """Ends a training where it is."""


def test_batches_go_to_where_the_model_is():
    def criterion(outputs, targets):
        assert outputs.device == targets.device == torch.device("meta")
        raise Stopped

    model = line().to("meta")
    with pytest.raises(Stopped):
        fit(model, [numbers()], criterion, sgd(model), epochs=1)


def test_a_device_that_needs_new_parameters_is_noticed():
    model = line()
    with pytest.raises(ValueError, match="the optimizer holds none of the model's parameters"):
        fit(model, [numbers()], nn.MSELoss(), sgd(model), epochs=1, device="meta")


# Callbacks


def test_callbacks_come_after_each_epoch_in_their_order_and_see_all_of_it():
    seen = []

    def first(history):
        seen.append(("first", history.epochs, len(history["validation"]), len(history.seconds)))

    def second(history):
        seen.append(("second", history.epochs))

    model = line()
    data = [numbers()]
    callbacks = [first, second]
    fit(model, data, nn.MSELoss(), sgd(model), 2, validation=data, callbacks=callbacks)
    assert seen == [("first", 1, 1, 1), ("second", 1), ("first", 2, 2, 2), ("second", 2)]


@pytest.mark.parametrize(
    "answer",
    [
        1,
        12.5,
        "yes",
        [True],
        False,
        None,
        np.False_,
        np.float64(1),
        torch.tensor(False),
        torch.tensor(1.0),
        np.array([[False]]),
    ],
)
@pytest.mark.parametrize(
    "true", [True, np.True_, torch.tensor(True), torch.tensor([[True]]), np.array([True])]
)
def test_nothing_but_true_ends_the_training_be_it_pythons_numpys_or_a_tensor(true, answer):
    def stop(history):
        return true if history.epochs == 3 else answer

    seen = []
    model = line()
    history = fit(
        model, [numbers()], nn.MSELoss(), sgd(model), epochs=5, callbacks=[stop, seen.append]
    )
    assert history.epochs == 3
    assert len(seen) == 3, "the callbacks after the one that stops are called once more"


@pytest.mark.parametrize(
    "answer", [torch.tensor([True, True]), np.array([0.5, 0.25]), torch.zeros(0), torch.ones(2, 1)]
)
def test_an_answer_of_several_values_is_refused(answer):
    model = line()
    message = (
        f"a callback returned values of shape {tuple(answer.shape)}: return one truth value, with "
        ".all() or .any(), or nothing"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        fit(model, [numbers()], nn.MSELoss(), sgd(model), 5, callbacks=[lambda history: answer])


def test_metrics_without_a_validation_set_are_refused_before_anything_is_learned():
    model = line()
    before = [parameter.clone() for parameter in model.parameters()]
    message = (
        "there are metrics, error, and no validation set to measure them on: give validation, or "
        "evaluate(model, batches, criterion, metrics) after training"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        fit(model, [numbers()], nn.MSELoss(), sgd(model), 2, metrics={"error": nn.L1Loss()})
    assert all(map(torch.equal, before, model.parameters()))
    assert fit(model, [numbers()], nn.MSELoss(), sgd(model), 1, metrics={}).epochs == 1


def test_a_metric_that_would_replace_the_loss_is_refused_before_anything_is_learned():
    model, data = line(), [numbers()]
    before = [parameter.clone() for parameter in model.parameters()]
    message = "^a metric is called 'loss', as the criterion is: give it another name$"
    for measure in (
        lambda: fit(
            model, data, nn.MSELoss(), sgd(model), 2, validation=data, metrics={"loss": nn.L1Loss()}
        ),
        lambda: evaluate(model, data, nn.MSELoss(), {"loss": nn.L1Loss()}),
    ):
        with pytest.raises(ValueError, match=message):
            measure()
    assert all(map(torch.equal, before, model.parameters()))


# Going on


def test_going_on_from_a_history_is_as_if_nothing_had_interrupted():
    data, validation = numbers(), [numbers(7, seed=9)]

    def run(*stops):
        generator = seeded(3)
        model = network(p=0.0)
        batches = DataLoader(TensorDataset(*data), 4, shuffle=True, generator=generator)
        optimizer = sgd(model, momentum=0.9)
        history = History()
        for epochs in stops:
            same = fit(
                model,
                batches,
                nn.MSELoss(),
                optimizer,
                epochs=epochs,
                validation=validation,
                history=history,
            )
            assert same is history
        assert len(history.seconds) == history.epochs == stops[-1]
        return history.training, history.validation, weights_of(model)

    (training, measured, weights), (same, equal, identical) = run(5), run(2, 3, 5)
    assert training == same
    assert measured == equal
    assert torch.equal(weights, identical)


def test_a_history_that_is_long_enough_ends_it_before_it_begins():
    model = line()
    before = weights_of(model)
    history = History(training=[3.0, 2.0])
    fit(model, [numbers()], nn.MSELoss(), sgd(model), epochs=2, history=history)
    assert history == History(training=[3.0, 2.0])
    assert torch.equal(weights_of(model), before)


# What is refused


def test_outputs_that_would_broadcast_against_the_targets_are_refused_before_a_step():
    x, y = numbers(6)
    model = nn.Linear(3, 1).double()
    before = weights_of(model)
    message = (
        "targets have shape (6,), outputs (6, 1): give both the same shape, "
        "for example with squeeze(-1), or they broadcast"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        fit(model, [(x, y)], nn.MSELoss(), sgd(model), epochs=1)
    assert torch.equal(weights_of(model), before)


@pytest.mark.parametrize("validation", [None, [numbers()]])
def test_an_epoch_without_batches_is_refused(validation):
    model = line()
    message = (
        "no batches in epoch {}: give a list or a DataLoader, not an iterator, which is used up "
        "after one epoch"
    )
    with pytest.raises(ValueError, match=exactly(message.format(1))):
        fit(model, [], nn.MSELoss(), sgd(model), epochs=1, validation=validation)
    with pytest.raises(ValueError, match=exactly(message.format(2))):
        fit(model, iter([numbers()]), nn.MSELoss(), sgd(model), epochs=2, validation=validation)


def test_a_validation_set_without_batches_is_refused():
    model = line()
    with pytest.raises(ValueError, match="no batches: give a list or a DataLoader"):
        fit(model, [numbers()], nn.MSELoss(), sgd(model), epochs=1, validation=[])


def test_an_optimizer_of_another_model_is_refused():
    model = line()
    message = (
        "the optimizer holds none of the model's parameters, so nothing would be learned: "
        "make the optimizer anew, after the model"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        fit(model, [numbers()], nn.MSELoss(), sgd(copy.deepcopy(model)), epochs=1)


@pytest.mark.parametrize("held", [0, 3], ids=["the first layer", "the last layer"])
def test_an_optimizer_may_hold_a_part_of_the_parameters_in_any_group(held):
    model = network()
    other = nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([{"params": [other]}, {"params": model[held].parameters()}], lr=0.1)
    before = [layer.weight.detach().clone() for layer in (model[0], model[3])]
    fit(model, [numbers()], nn.MSELoss(), optimizer, epochs=1)
    changed = [
        not torch.equal(layer.weight, old)
        for layer, old in zip((model[0], model[3]), before, strict=True)
    ]
    assert changed == [held == 0, held == 3]


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_a_loss_that_is_not_finite_says_where_and_what_to_try(value):
    x, y = numbers(6)
    spoilt = y.clone()
    spoilt[4] = float(value)
    good, bad = ragged(x, y, 2), ragged(x, spoilt, 2)
    model = line()
    optimizer = torch.optim.SGD(
        [{"params": [model[0].weight]}, {"params": [model[0].bias], "lr": 1e-7}], lr=0.25
    )
    history = fit(model, good, nn.MSELoss(), optimizer, epochs=1)
    seen = []
    message = (
        f"the loss is {value} in epoch 2, batch 3, at learning rate 0.25, 1e-07: try a learning "
        "rate ten times smaller, bring the inputs to mean 0 and standard deviation 1, and look for "
        "nan in that batch; the model has to be made anew"
    )
    with pytest.raises(FloatingPointError, match=exactly(message)):
        fit(model, bad, nn.MSELoss(), optimizer, 2, callbacks=[seen.append], history=history)
    assert history.epochs == 1, "the epoch that failed is not part of the history"
    assert not seen


def test_the_first_batch_that_is_not_finite_is_the_one_that_is_named():
    x, y = numbers(6)
    model = line()
    with pytest.raises(FloatingPointError, match="the loss is inf in epoch 1, batch 2, at learn"):
        fit(model, ragged(x, y, 1), nn.MSELoss(), sgd(model, lr=1e200), epochs=1)


# Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def bars(monkeypatch):
    """Return what trains on a given stderr while a given time passes at every look at the clock."""

    def train(stderr, seconds):
        times = (i * seconds for i in range(10_000))
        monkeypatch.setattr(tqdm.std, "time", lambda: next(times))
        monkeypatch.setattr(tqdm.tqdm, "monitor_interval", 0)  # no thread
        monkeypatch.setattr(sys, "stderr", stderr)
        model = line()
        return fit(model, ragged(*numbers()), nn.MSELoss(), sgd(model), epochs=3)

    return train


def test_on_a_terminal_long_work_shows_bars_for_epochs_and_batches_and_clears_them(bars):
    terminal = Terminal()
    assert bars(terminal, seconds=0.8).epochs == 3
    shown = terminal.getvalue()
    assert re.search(r"epochs: +33%.*1/3", shown)
    assert re.search(r"epoch 2: +67%.*2/3", shown)
    assert shown.endswith("\r")
    assert not shown.rpartition("\r")[0].rpartition("\r")[2].strip(), "the last line is blank"


def test_on_a_terminal_short_work_shows_nothing(bars):
    terminal = Terminal()
    bars(terminal, seconds=0.01)
    assert terminal.getvalue() == ""


def test_a_page_shows_nothing_however_long_it_takes(bars):
    page = io.StringIO()
    bars(page, seconds=100)
    assert page.getvalue() == ""


def test_without_any_stderr_it_trains(bars):
    assert bars(None, seconds=100).epochs == 3


def test_without_tqdm_it_trains(bars, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    terminal = Terminal()
    assert bars(terminal, seconds=100).epochs == 3
    assert terminal.getvalue() == ""
