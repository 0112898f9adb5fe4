import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from course.training.checkpoints import load_checkpoint, save_checkpoint
from course.training.files import atomic_save
from course.training.loop import History, fit
from course.training.stopping import BestModel, EarlyStopping

NAN = math.nan
values = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0, -1.0, NAN]), max_size=12)


def seen(losses, name="loss"):
    return History(training=[0.5] * len(losses), validation={name: list(losses)})


def exactly(message):
    return f"^{re.escape(message)}$"


def watch(callback, losses, name="loss", start=0):
    """Call it after each epoch; each sets the weight of its model to the epoch's number."""
    for epoch in range(start + 1, len(losses) + 1):
        nn.init.constant_(callback.model.weight, epoch)
        callback(seen(losses[:epoch], name))


def line():
    return nn.Linear(1, 1, bias=False)


# EarlyStopping


@given(losses=values, patience=st.integers(1, 5), delta=st.sampled_from([0.0, 0.25, 0.5]))
def test_it_stops_where_the_rule_says(losses, patience, delta):
    before, recent = losses[:-patience], losses[-patience:]
    best = np.nanmin([*before, np.inf])
    better = any(value < best and best - value > delta for value in recent)
    expected = len(losses) > patience and not better
    assert EarlyStopping(patience, min_delta=delta)(seen(losses)) is expected


@given(losses=values, patience=st.integers(1, 5))
def test_it_first_stops_where_a_counter_of_epochs_without_improvement_would(losses, patience):
    stop = EarlyStopping(patience)
    answers = [stop(seen(losses[:epoch])) for epoch in range(1, len(losses) + 1)]
    expected, best, waited = None, math.inf, 0
    for epoch, loss in enumerate(losses):
        if epoch == 0 or loss < best:
            best, waited = (math.inf if math.isnan(loss) else loss), 0
        else:
            waited += 1
        if waited == patience and expected is None:
            expected = epoch
    assert (answers.index(True) if True in answers else None) == expected


@given(losses=values, patience=st.integers(1, 5), delta=st.sampled_from([0.0, 0.5]))
def test_where_larger_is_better_it_does_as_with_the_opposite_numbers(losses, patience, delta):
    largest = EarlyStopping(patience, "score", largest=True, min_delta=delta)
    smallest = EarlyStopping(patience, min_delta=delta)
    opposite = seen([-loss for loss in losses], "score")
    assert largest(opposite) is smallest(seen(losses))


def test_an_improvement_has_to_exceed_min_delta():
    assert EarlyStopping(1, min_delta=0.25)(seen([1.0, 0.75])) is True
    assert EarlyStopping(1, min_delta=0.24)(seen([1.0, 0.75])) is False


def test_it_stops_training_and_after_a_resume_at_the_same_epoch():
    scores = [0.1, 0.5, 0.4, 0.5, 0.3, 0.9, 1.0]

    def run(history, epochs, stopping):
        model = line()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        batch = [(torch.ones(2, 1), torch.ones(2, 1))]
        metrics = {"score": lambda outputs, targets: torch.tensor(scores[history.epochs])}
        callbacks = [stopping]
        criterion = nn.MSELoss()
        return fit(
            model, batch, criterion, optimizer, epochs, batch, metrics, None, callbacks, history
        )

    def stopping():
        return EarlyStopping(3, "score", largest=True)

    assert run(History(), 7, stopping()).epochs == 5
    for done in range(1, 5):
        history = run(History(), done, stopping())
        assert stopping()(history) is False
        ended = run(history, 7, stopping())
        assert ended.epochs == 5
        assert stopping()(ended) is True, "as the docstring says, to be asked before going on"


def test_nothing_is_decided_before_the_first_epoch():
    assert EarlyStopping(1)(History()) is False


@pytest.mark.parametrize("patience", [0, -1])
def test_a_patience_of_no_epoch_is_refused(patience):
    with pytest.raises(ValueError, match=exactly(f"patience is {patience}: give at least 1 epoch")):
        EarlyStopping(patience)


@pytest.mark.parametrize("delta", [-0.5, NAN])
def test_a_negative_min_delta_is_refused(delta):
    with pytest.raises(ValueError, match=exactly(f"min_delta is {delta}: give 0 or more")):
        EarlyStopping(1, min_delta=delta)


@pytest.mark.parametrize("callback", [EarlyStopping(1, "accuracy"), BestModel(line(), "accuracy")])
def test_a_curve_that_is_missing_is_told_with_those_that_are_there(callback):
    end = "give fit a validation set, and a metric of this name"
    message = f"the history has no validation curve 'accuracy', it has []: {end}"
    with pytest.raises(ValueError, match=exactly(message)):
        callback(History([0.5]))
    message = f"the history has no validation curve 'accuracy', it has ['loss', 'f1']: {end}"
    with pytest.raises(ValueError, match=exactly(message)):
        callback(History([0.5], {"loss": [0.5], "f1": [1.0]}))


@pytest.mark.parametrize("callback", [EarlyStopping(1), BestModel(line())])
def test_a_curve_that_is_not_of_all_epochs_is_refused(callback):
    message = (
        "the validation curve 'loss' has 2 values for 3 epochs: give fit the same validation set "
        "and metrics in all of them"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        callback(History([0.5, 0.4, 0.3], {"loss": [0.5, 0.4]}))


# BestModel


@given(losses=values, largest=st.booleans())
def test_the_weights_of_the_first_best_epoch_are_kept(losses, largest):
    model = line()
    best = BestModel(model, "score", largest)
    watch(best, losses, "score")
    numbers = np.array(losses)
    if np.isnan(numbers).all():
        with pytest.raises(ValueError, match="no weights are kept"):
            best.restore()
        return
    expected = 1 + (np.nanargmax(numbers) if largest else np.nanargmin(numbers))
    assert best.epoch == expected
    assert type(best.epoch) is int
    best.restore()
    assert model.weight.item() == expected


def test_it_keeps_a_copy_that_going_on_does_not_change():
    model = line()
    best = BestModel(model)
    watch(best, [0.5])
    nn.init.constant_(model.weight, 7)
    best.restore()
    assert model.weight.item() == 1
    nn.init.constant_(model.weight, 7)
    best.restore()
    assert model.weight.item() == 1


def test_buffers_are_kept_too():
    model = nn.BatchNorm1d(2)
    best = BestModel(model)
    best(seen([0.5]))
    model(torch.ones(3, 2))
    best.restore()
    assert model.running_mean.tolist() == [0, 0]
    assert model.num_batches_tracked == 0


@pytest.mark.parametrize("done", [1, 2, 3, 4, 5])
def test_with_a_path_it_is_right_after_a_resume_in_a_new_process(tmp_path, done):
    losses = [0.5, 0.3, 0.4, 0.2, 0.6]
    path = tmp_path / "best.pt"
    watch(BestModel(line(), path=path), losses[:done])
    model = line()
    best = BestModel(model, path=str(path))  # all that a new process has
    assert best.epoch == [1, 2, 2, 4, 4][done - 1]
    watch(best, losses, start=done)
    assert best.epoch == 4
    best.restore()
    assert model.weight.item() == 4
    assert [file.name for file in tmp_path.iterdir()] == ["best.pt"]


def test_an_epoch_that_was_lost_is_kept_again_when_it_is_done_again(tmp_path):
    path = tmp_path / "best.pt"
    watch(BestModel(line(), path=path), [0.5, 0.3])  # killed before epoch 2 was saved
    best = BestModel(line(), path=path)
    watch(best, [0.5, 0.3, 0.4], start=1)
    assert best.epoch == 2


def test_with_fit_it_restores_the_epoch_of_the_lowest_loss(tmp_path):
    torch.manual_seed(0)
    model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    batch = [(torch.tensor([[0.0], [1.0]]), torch.tensor([[1.0], [3.0]]))]
    other = [(torch.tensor([[0.0], [1.0]]), torch.tensor([[0.5], [1.5]]))]  # passed on the way
    best = BestModel(model, path=tmp_path / "best.pt")
    path = tmp_path / "checkpoint.pt"

    def save(history):
        save_checkpoint(path, model, optimizer, history)

    criterion = nn.MSELoss()
    history = fit(model, batch, criterion, optimizer, 30, other, callbacks=[best, save])
    losses = history.validation["loss"]
    assert 1 < best.epoch < 30
    for keeper in (best, BestModel(model, path=best.path)):
        assert load_checkpoint(path, model, optimizer) == history
        assert criterion(model(other[0][0]), other[0][1]).item() == losses[-1]
        keeper.restore()
        assert criterion(model(other[0][0]), other[0][1]).item() == min(losses)


@pytest.mark.parametrize("losses", [[], [NAN], [math.inf, NAN]])
def test_without_an_epoch_that_has_a_number_there_is_nothing_to_restore(tmp_path, losses):
    path = tmp_path / "best.pt"
    best = BestModel(line(), path=path)
    best(History())
    watch(best, losses)
    message = (
        "no weights are kept, because no epoch with a finite loss was seen: give this to fit as a "
        "callback, and a path if training goes on in a new process"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        best.restore()
    assert not path.exists()


def test_the_file_of_an_earlier_training_does_not_stand_in_for_a_number(tmp_path):
    path = tmp_path / "best.pt"
    watch(BestModel(line(), path=path), [0.5])
    best = BestModel(line(), path=path)
    watch(best, [NAN])
    with pytest.raises(ValueError, match="no epoch with a finite loss was seen"):
        best.restore()


def test_it_says_so_when_the_best_epoch_is_not_the_one_that_is_kept(tmp_path):
    best = BestModel(line())
    watch(best, [0.5])
    watch(best, [0.5, 0.3, 0.4], start=2)  # epoch 2 went by without it
    message = (
        "epoch 2 is the best, but kept are the weights of epoch 1: give this to fit as a callback "
        "for all epochs"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        best.restore()
    with pytest.raises(ValueError, match=exactly(message)):
        _ = best.epoch


def test_weights_of_another_model_are_refused_and_change_nothing(tmp_path):
    path = tmp_path / "best.pt"
    watch(BestModel(line(), path=path), [0.5])
    model = nn.Linear(1, 1)
    nn.init.constant_(model.weight, 7)
    with pytest.raises(ValueError, match="the weights are another model's: bias is missing in the"):
        BestModel(model, path=path).restore()
    assert model.weight.item() == 7


def test_another_file_is_refused(tmp_path):
    atomic_save({"format": "checkpoint 1"}, tmp_path / "best.pt")
    with pytest.raises(ValueError, match="holds 'checkpoint 1' where 'best model 1' was expected"):
        BestModel(line(), path=tmp_path / "best.pt").restore()
