import copy
import json
import os
import pickle
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import DataLoader, TensorDataset

import course
from course.training import adam, checkpoints, optimizers
from course.training.batches import Batches
from course.training.checkpoints import FORMAT, check_weights, load_checkpoint, save_checkpoint
from course.training.files import checked_load
from course.training.loop import History, fit

INTERRUPTED = Path(__file__).with_name("interrupted.py")
KILLED = 20
OPTIMIZERS = {
    "SGD with momentum": lambda parameters: torch.optim.SGD(parameters, lr=0.05, momentum=0.9),
    "Adam": lambda parameters: torch.optim.Adam(parameters, lr=0.05),
    "AdamW with amsgrad": lambda parameters: torch.optim.AdamW(parameters, lr=0.05, amsgrad=True),
}


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def exactly(message):
    return f"^{re.escape(message)}$"


def same(one, other):
    """Return whether two nested values are equal, their tensors bit for bit."""
    if isinstance(one, torch.Tensor):
        same_kind = isinstance(other, torch.Tensor) and one.dtype == other.dtype
        return same_kind and torch.equal(one, other)
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def names(folder):
    return [path.name for path in folder.iterdir()]


class Training:
    """A small training with everything that has a state."""

    def __init__(self, make=OPTIMIZERS["Adam"], hidden=4, seed=0, loader=DataLoader):
        torch.manual_seed(seed)
        self.model = nn.Sequential(
            nn.Linear(3, hidden),
            nn.BatchNorm1d(hidden),
            nn.Tanh(),
            nn.Dropout(0.5),
            nn.Linear(hidden, 1),
        )
        self.optimizer = make(self.model.parameters())
        self.generators = [seeded(seed + 1), seeded(seed + 2)]
        data = seeded()
        rows = TensorDataset(torch.randn(23, 3, generator=data), torch.randn(23, 1, generator=data))
        self.batches = loader(rows, 6, shuffle=True, generator=self.generators[0])

    def noisy(self, outputs, targets):
        """Return a loss that draws from the second generator."""
        noise = torch.randn(targets.shape, generator=self.generators[1])
        return nn.functional.mse_loss(outputs, targets + noise / 10)

    def fit(self, epochs, path=None, history=None, callbacks=()):
        def save(history):
            if path is not None:
                self.save(path, history)

        callbacks = [*callbacks, save]
        model, optimizer = self.model, self.optimizer
        return fit(
            model, self.batches, self.noisy, optimizer, epochs, callbacks=callbacks, history=history
        )

    def save(self, path, history):
        save_checkpoint(path, self.model, self.optimizer, history, self.generators)

    def load(self, path):
        return load_checkpoint(path, self.model, self.optimizer, self.generators)

    def state(self):
        return copy.deepcopy(
            [
                self.model.state_dict(),
                self.optimizer.state_dict(),
                [generator.get_state() for generator in self.generators],
                torch.get_rng_state(),
            ]
        )


@pytest.fixture(autouse=True)
def one_thread():
    """Compute with one thread, so that sums have one order."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def path(tmp_path):
    """Return the path of a checkpoint, with two epochs in it."""
    path = tmp_path / "checkpoint.pt"
    Training().fit(2, path)
    return path


def refused(path, message, training=None):
    """Check that loading raises the message and changes nothing."""
    training = training or Training(seed=5)
    before = training.state()
    with pytest.raises(ValueError, match=message):
        training.load(path)
    assert same(training.state(), before)


# going on


@pytest.mark.parametrize("loader", [DataLoader, Batches])
@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("done", [1, 4])
def test_training_that_goes_on_is_bit_for_bit_training_that_was_not_interrupted(
    tmp_path, loader, name, done
):
    whole = Training(OPTIMIZERS[name], loader=loader)
    expected = whole.fit(6)
    expected_state = whole.state()
    path = tmp_path / "checkpoint.pt"
    first = Training(OPTIMIZERS[name], loader=loader).fit(done, path)

    second = Training(OPTIMIZERS[name], seed=5, loader=loader)
    history = second.load(path)
    assert history == first
    second.fit(6, path, history)
    assert history.training == expected.training
    assert same(second.state(), expected_state)
    assert Training(OPTIMIZERS[name]).load(path) == history


def test_a_scheduler_whose_rate_is_a_function_of_the_epoch_goes_on_as_it_is_documented(tmp_path):
    path = tmp_path / "checkpoint.pt"

    def run(training, epochs, path=None):
        history = training.load(path) if path is not None else History()
        last = history.epochs - 1
        scheduler = LambdaLR(training.optimizer, lambda epoch: 0.9**epoch, last_epoch=last)
        training.fit(epochs, path, history, [lambda history: scheduler.step()])
        return training.state()

    expected = run(Training(), 5)
    run(Training(), 2, path)
    assert same(run(Training(seed=5), 5, path), expected)
    assert expected[1]["param_groups"][0]["lr"] == pytest.approx(0.05 * 0.9**5)


def test_the_history_comes_back_as_it_was(tmp_path):
    training = Training()
    history = History([0.5, 0.25], {"loss": [1.5, float("inf")], "accuracy": [0.0, 1.0]}, [2.0, 3])
    training.save(tmp_path / "checkpoint.pt", history)
    loaded = training.load(str(tmp_path / "checkpoint.pt"))
    assert isinstance(loaded, History)
    assert loaded == history


def test_without_a_file_the_history_is_empty_and_nothing_changes(tmp_path):
    training = Training()
    before = training.state()
    assert training.load(tmp_path / "none.pt") == History()
    assert same(training.state(), before)


def test_settings_of_the_optimizer_are_those_of_the_checkpoint(path):
    training = Training(lambda parameters: torch.optim.Adam(parameters, lr=7.0))
    training.load(path)
    assert training.optimizer.param_groups[0]["lr"] == 0.05


def test_the_optimizer_goes_on_with_the_parameters_of_the_model(path):
    training = Training(seed=5)
    training.load(path)
    held = training.optimizer.param_groups[0]["params"]
    assert all(one is other for one, other in zip(held, training.model.parameters(), strict=True))


def test_generators_need_not_be_given(tmp_path):
    model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    save_checkpoint(tmp_path / "checkpoint.pt", model, optimizer, History([0.5]))
    assert load_checkpoint(tmp_path / "checkpoint.pt", model, optimizer) == History([0.5])


def test_a_path_that_cannot_be_read_is_not_taken_for_a_missing_file(tmp_path):
    with pytest.raises(OSError, match=r"Is a directory|Permission denied"):
        Training().load(tmp_path)


# devices


def test_a_checkpoint_of_a_gpu_is_loaded_where_there_is_none(tmp_path, monkeypatch):
    path = tmp_path / "checkpoint.pt"
    training = Training()
    with monkeypatch.context() as patch:  # every tensor in the file says that it was on a GPU
        patch.setattr(torch.serialization, "location_tag", lambda storage: "cuda:0")
        patch.setattr(checkpoints, "device_of", lambda model: torch.device("cuda:0"))
        patch.setattr(torch.cuda, "get_rng_state", lambda device: torch.zeros(16).byte())
        history = training.fit(1, path)
    expected = training.state()
    assert checked_load(path, FORMAT)["cuda"].shape == (16,)
    monkeypatch.setattr(torch.cuda, "set_rng_state", None)  # is not called
    other = Training(seed=5)
    assert other.load(path) == history
    assert same(other.state(), expected)


@pytest.mark.parametrize("there", [True, False])
def test_on_a_gpu_the_state_of_its_generator_is_kept_and_set(tmp_path, monkeypatch, there):
    path = tmp_path / "checkpoint.pt"
    device = torch.device("cuda:1")
    kept, set_ = torch.arange(16).byte(), []
    monkeypatch.setattr(torch.cuda, "get_rng_state", {device: kept}.__getitem__)
    monkeypatch.setattr(torch.cuda, "set_rng_state", lambda *given: set_.append(given))
    if there:
        monkeypatch.setattr(checkpoints, "device_of", lambda model: device)
    Training().fit(1, path)
    monkeypatch.setattr(checkpoints, "device_of", lambda model: device)
    Training().load(path)
    assert same(set_, [(kept, device)] if there else [])


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
def test_on_a_gpu_training_goes_on_and_its_checkpoint_is_loaded_on_the_cpu(tmp_path):
    path = tmp_path / "checkpoint.pt"
    training = Training()
    training.model.to("cuda")
    training.save(path, History([0.5]))
    expected = torch.rand(5, device="cuda")
    torch.rand(5, device="cuda")
    training.load(path)
    assert torch.equal(torch.rand(5, device="cuda"), expected)
    other = Training(seed=5)
    assert other.load(path) == History([0.5])
    assert same(other.model.state_dict(), training.model.to("cpu").state_dict())


# what is refused


@pytest.mark.parametrize("fraction", [0, 0.001, 0.3, 0.9, 0.9999])
def test_a_truncated_file_is_refused(path, fraction):
    whole = path.read_bytes()
    path.write_bytes(whole[: int(fraction * len(whole))])
    message = (
        f"{path} cannot be read, because it is damaged or of another kind: take another copy, or "
        "move it away to begin anew"
    )
    refused(path, exactly(message))


def test_a_file_with_a_wrong_bit_in_a_weight_is_refused(path):
    whole = path.read_bytes()
    weight = checked_load(path, FORMAT)["model"]["0.weight"].numpy().tobytes()
    assert whole.count(weight) == 1
    path.write_bytes(whole.replace(weight, bytes([weight[0] ^ 1]) + weight[1:]))
    refused(path, "it is damaged or of another kind")


def write_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")


@pytest.mark.parametrize(
    "write",
    [
        lambda path: path.write_text("epoch,loss\n1,0.5\n"),
        lambda path: path.write_bytes(pickle.dumps({"format": FORMAT})),
    ],
    ids=["a table", "a pickle"],
)
def test_a_foreign_file_is_refused(path, write):
    write(path)
    refused(path, "it is damaged or of another kind")


@pytest.mark.parametrize(
    "write",
    [
        lambda path: torch.save({"format": FORMAT, "model": Path("code")}, path),
        lambda path: torch.save({"format": FORMAT, "lr": np.float64(0.1)}, path),
        write_zip,
    ],
    ids=["a checkpoint that would run code", "one with a number of NumPy", "a zip"],
)
def test_a_whole_file_that_may_hold_code_is_told_from_a_damaged_one_and_not_to_be_deleted(
    path, write
):
    write(path)
    message = (
        f"{path} is whole, but not read, because it is of another kind or may hold code: give "
        "another path; or if you wrote it yourself, read it with torch.load(path, "
        "weights_only=False), make numbers and tensors of what it holds, and save it anew"
    )
    refused(path, exactly(message))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ([1.0], "'list'"),
        (nn.Linear(1, 1).state_dict(), "None"),
        ({"format": "best model 1"}, "'best model 1'"),
        ({"format": "checkpoint 1"}, "'checkpoint 1'"),
    ],
)
def test_another_file_of_torch_is_refused(path, value, found):
    torch.save(value, path)
    message = (
        f"{path} holds {found} where 'checkpoint 2' was expected: give another path, or move the "
        "file away to begin anew"
    )
    refused(path, exactly(message))


def test_another_model_is_refused(path):
    message = (
        "the weights are another model's: 0.weight is torch.float32 (4, 3) in the file, "
        "torch.float32 (5, 3) in the model (7 such differences); make the model as it was then"
    )
    refused(path, exactly(message), Training(hidden=5))


def test_weights_are_compared_by_name_shape_and_type():
    weights = nn.Linear(2, 1).state_dict()
    check_weights(nn.Linear(2, 1), weights)
    for model, message in [
        (nn.Linear(2, 1, bias=False), "bias is torch.float32 (1,) in the file, missing in the"),
        (nn.Linear(2, 1).double(), "weight is torch.float32 (1, 2) in the file, torch.float64"),
        (nn.Sequential(nn.Linear(2, 1)), "weight is torch.float32 (1, 2) in the file, missing"),
        (nn.Linear(1, 2), "weight is torch.float32 (1, 2) in the file, torch.float32 (2, 1)"),
    ]:
        with pytest.raises(ValueError, match=re.escape(message)):
            check_weights(model, weights)
    with pytest.raises(ValueError, match=r"bias is missing in the file, torch.float32 \(1,\)"):
        check_weights(nn.Linear(2, 1), {"weight": weights["weight"]})


class Counting(nn.Linear):
    """Has a state that is no tensor."""

    def get_extra_state(self):
        return {"calls": 3}

    def set_extra_state(self, state):
        self.calls = state["calls"]


def test_weights_may_hold_what_is_no_tensor_but_then_have_to():
    model = Counting(2, 1)
    check_weights(model, model.state_dict())
    with pytest.raises(ValueError, match="_extra_state is missing in the file, no tensor in the"):
        check_weights(model, nn.Linear(2, 1).state_dict())


def test_another_kind_of_optimizer_is_refused(path):
    message = (
        "the checkpoint is of torch.optim.adam.Adam, the optimizer torch.optim.sgd.SGD: give the "
        "same, because each class remembers what it does in its own way"
    )
    refused(path, exactly(message), Training(OPTIMIZERS["SGD with momentum"]))


@pytest.mark.parametrize(
    "rearranged",
    [
        lambda parameters: list(parameters)[::-1],
        lambda parameters: list(parameters)[:-1],
        lambda parameters: [{"params": [parameter]} for parameter in parameters],
    ],
    ids=["another order", "fewer", "more groups"],
)
def test_an_optimizer_of_other_parameters_is_refused(path, rearranged):
    other = Training(lambda parameters: torch.optim.Adam(rearranged(parameters), lr=0.05))
    names = {id(p): name for name, p in other.model.named_parameters()}
    groups = other.optimizer.param_groups
    here = [[f"{names[id(p)]} {tuple(p.shape)}" for p in group["params"]] for group in groups]
    message = (
        f"the optimizer's groups hold the parameters {here}, in the checkpoint [['0.weight (4, 3)',"
        " '0.bias (4,)', '1.weight (4,)', '1.bias (4,)', '4.weight (1, 4)', '4.bias (1,)']]: make "
        "it with the same parameters in the same order"
    )
    refused(path, exactly(message), other)


def test_parameters_of_equal_shapes_in_another_order_are_refused(path):
    def swapped(parameters):
        first, bias, one, other, *rest = parameters
        return torch.optim.Adam([first, bias, other, one, *rest], lr=0.05)

    message = (
        r"'1.bias \(4,\)', '1.weight \(4,\)'.*, in the checkpoint .*'1.weight \(4,\)', '1.bias"
    )
    refused(path, message, Training(swapped))


def test_a_parameter_that_is_none_of_the_models_is_no_other(path):
    def frozen_apart(parameters):
        first, *rest = parameters
        return torch.optim.Adam([nn.Parameter(first.detach().clone()), *rest], lr=0.05)

    refused(path, r"\[\['none of the model \(4, 3\)', '0.bias", Training(frozen_apart))


@pytest.mark.parametrize(
    ("there", "here"),
    [
        (torch.optim.Adam, adam.Adam),
        (adam.Adam, torch.optim.Adam),
        (torch.optim.SGD, optimizers.SGD),
    ],
)
def test_an_optimizer_of_torch_is_told_from_ours_of_the_same_name(tmp_path, there, here):
    path = tmp_path / "checkpoint.pt"
    Training(lambda parameters: there(parameters, lr=0.05)).fit(1, path)
    kinds = [f"{kind.__module__}.{kind.__name__}" for kind in (there, here)]
    message = f"the checkpoint is of {kinds[0]}, the optimizer {kinds[1]}: give the same"
    refused(path, re.escape(message), Training(lambda parameters: here(parameters, lr=0.05)))


def test_ours_go_on_bit_for_bit_too(tmp_path):
    path = tmp_path / "checkpoint.pt"
    whole = Training(adam.Adam)
    whole.fit(3)
    Training(adam.Adam).fit(2, path)
    second = Training(adam.Adam, seed=5)
    second.fit(3, path, second.load(path))
    assert same(second.state(), whole.state())


# what was saved can be loaded


@pytest.mark.parametrize("lr", [np.float64(0.1), np.float32(0.25), np.logspace(-3, 0, 7)[2]])
def test_a_learning_rate_of_numpy_is_kept_as_a_number_of_python(tmp_path, lr):
    path = tmp_path / "checkpoint.pt"
    training = Training(lambda parameters: torch.optim.Adam(parameters, lr=lr))
    history = training.fit(2, path)
    state = training.state()
    loaded = Training(seed=5)
    assert loaded.load(path) == history
    assert type(loaded.optimizer.param_groups[0]["lr"]) is float
    assert same(loaded.state(), state)


def test_a_scheduler_that_computes_with_numpy_leaves_a_checkpoint_that_can_be_loaded(tmp_path):
    path = tmp_path / "checkpoint.pt"
    training = Training()
    scheduler = LambdaLR(training.optimizer, lambda epoch: 1 + np.cos(epoch))
    training.fit(2, path, callbacks=[lambda history: scheduler.step()])
    loaded = Training(seed=5)
    loaded.load(path)
    assert loaded.optimizer.param_groups[0]["lr"] == 0.05 * (1 + np.cos(2))


def test_numbers_of_numpy_are_kept_wherever_they_are(tmp_path):
    path = tmp_path / "checkpoint.pt"
    settings = {"betas": (np.float64(0.8), np.float64(0.5)), "eps": np.float32(0.5)}
    training = Training(lambda parameters: torch.optim.Adam(parameters, lr=0.1, **settings))
    history = History([np.float64(0.5)], {"score": [np.int64(3)], "hit": [np.bool_(True)]}, [1.0])
    training.save(path, history)
    loaded = Training(seed=5)
    back = loaded.load(path)
    assert back == History([0.5], {"score": [3], "hit": [True]}, [1.0])
    assert [type(value) for value in (back.training[0], *back.validation["score"])] == [float, int]
    (group,) = loaded.optimizer.param_groups
    assert (group["betas"], group["eps"]) == ((0.8, 0.5), 0.5)
    assert {type(value) for value in (*group["betas"], group["eps"])} == {float}


class Odd(nn.Linear):
    """Has a state that cannot be read again."""

    def get_extra_state(self):
        return {"seen": [1, Path("rows")]}

    def set_extra_state(self, state):
        raise AssertionError("was not saved")


def test_what_could_not_be_read_again_is_refused_before_anything_is_written(tmp_path):
    model = Odd(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    message = (
        "value['model']['_extra_state']['seen'][1] is of type PosixPath, which could not be read "
        "again: give tensors, or numbers and texts of Python, in lists and dictionaries"
    )
    with pytest.raises(TypeError, match=exactly(message)):
        save_checkpoint(tmp_path / "runs" / "checkpoint.pt", model, optimizer, History([0.5]))
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    "history", [History(["low"]), History([0.5], {"loss": 0.5}), History([0.5], {}, (1.0,))]
)
def test_a_history_that_is_none_is_refused_when_saving(tmp_path, history):
    with pytest.raises(TypeError, match="the history "):
        Training().save(tmp_path / "checkpoint.pt", history)
    assert names(tmp_path) == []


def test_a_tilde_is_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    training = Training()
    training.save("~/runs/checkpoint.pt", History([0.5]))
    assert (tmp_path / "home" / "runs" / "checkpoint.pt").is_file()
    assert names(tmp_path) == ["home"]
    assert training.load(Path("~/runs/checkpoint.pt")) == History([0.5])


# a part that is malformed


def changed(path, change):
    """Change what the checkpoint holds, its parts by name, and write it again."""
    saved = torch.load(path, weights_only=True)
    change(saved)
    torch.save(saved, path)


@pytest.mark.parametrize(
    "name", ["model", "optimizer", "class", "groups", "history", "generators", "cpu", "cuda"]
)
@pytest.mark.parametrize("value", ["missing", 3, "a text"])
def test_a_part_that_is_missing_or_another_thing_is_refused_and_changes_nothing(path, name, value):
    def change(saved):
        saved[name] = value
        if value == "missing":
            del saved[name]

    changed(path, change)
    if (name, value) == ("class", "a text"):
        return refused(path, "the checkpoint is of a text, the optimizer torch.optim")
    found = value if value == "missing" else type(value).__name__
    message = (
        f"{path} has no {name} that can be used (it is {found}): take another copy, or one that "
        "save_checkpoint wrote"
    )
    return refused(path, exactly(message))


MALFORMED = {
    "an optimizer without groups": lambda saved: saved["optimizer"].pop("param_groups"),
    "an optimizer without a state": lambda saved: saved["optimizer"].pop("state"),
    "an empty optimizer": lambda saved: saved["optimizer"].clear(),
    "a state that is none": lambda saved: saved["optimizer"].update(state=3),
    "a group without a rate": lambda saved: saved["optimizer"]["param_groups"][0].pop("lr"),
    "a text as a rate": lambda saved: saved["optimizer"]["param_groups"][0].update(lr="fast"),
    "no groups": lambda saved: saved["optimizer"].update(param_groups=[]),
    "an empty history": lambda saved: saved["history"].clear(),
    "a history without losses": lambda saved: saved["history"].pop("training"),
    "a history of texts": lambda saved: saved["history"].update(training=["low"]),
    "a history with more": lambda saved: saved["history"].update(batches=[1]),
    "a curve that is a number": lambda saved: saved["history"].update(validation={"loss": 1.0}),
    "curves that are a list": lambda saved: saved["history"].update(validation=[1.0]),
    "a state of the CPU that is short": lambda saved: saved.update(cpu=torch.zeros(3).byte()),
    "a state of the CPU of floats": lambda saved: saved.update(cpu=torch.zeros(5056)),
    "a generator that is a text": lambda saved: saved["generators"].__setitem__(1, "seed"),
    "a generator of floats": lambda saved: saved["generators"].__setitem__(
        1, saved["generators"][1].float()
    ),
    "a generator of zeros": lambda saved: saved["generators"][1].zero_(),
    "no generators": lambda saved: saved["generators"].clear(),
    "a weight that is a number": lambda saved: saved["model"].update({"0.bias": 1.0}),
    "a weight less": lambda saved: saved["model"].pop("0.bias"),
}


@pytest.mark.parametrize("change", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_part_is_refused_and_changes_nothing(path, change):
    changed(path, change)
    training = Training(seed=5)
    training.fit(1)
    refused(path, "take another copy|in the same order|are another model's", training)


def test_what_only_a_part_itself_can_tell_is_told_with_its_words_and_changes_nothing(path):
    changed(path, lambda saved: saved["optimizer"].pop("state"))
    refused(
        path,
        f"^{re.escape(str(path))} has a part that cannot be used, and nothing was changed"
        r" \(KeyError: 'state'\): take another copy$",
    )


class Reluctant(nn.Linear):
    """Refuses a state after it has taken its weights."""

    def get_extra_state(self):
        return {"calls": 3}

    def set_extra_state(self, state):
        if state["calls"] == 4:
            raise KeyError("calls")


def test_a_module_that_refuses_its_state_gets_back_its_weights(tmp_path):
    path = tmp_path / "checkpoint.pt"
    model = Reluctant(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    save_checkpoint(path, model, optimizer, History([0.5]))
    changed(path, lambda saved: saved["model"].update(_extra_state={"calls": 4}))
    nn.init.ones_(model.weight)
    before = copy.deepcopy(model.state_dict())
    with pytest.raises(ValueError, match="has a part that cannot be used, and nothing was changed"):
        load_checkpoint(path, model, optimizer)
    assert same(model.state_dict(), before)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_another_number_of_generators_is_refused(path, count):
    training = Training(seed=5)
    training.generators = [seeded(i) for i in range(count)]
    message = (
        f"{count} generators for 2 in the checkpoint: give those that were saved, in the same order"
    )
    refused(path, exactly(message), training)


class GeneratorOfAGpu:
    """Looks like one: its state is shorter."""

    device = torch.device("cuda:0")

    def get_state(self):
        return torch.zeros(16, dtype=torch.uint8)


def test_a_generator_of_another_device_is_refused(path):
    training = Training(seed=5)
    training.generators[1] = GeneratorOfAGpu()
    message = (
        "generators[1] is on cuda:0, that of the checkpoint was on another kind of device: make it "
        "there, or better on the CPU in both"
    )
    refused(path, exactly(message), training)


# kill -9: 20 trainings are killed, in the middle of an epoch and of writing; see interrupted.py


@pytest.fixture(scope="module", autouse=True)
def interrupted(tmp_path_factory):
    """Return the process that lets trainings be killed; the tests above run meanwhile."""
    if not hasattr(os, "fork"):
        yield None
        return
    folder = tmp_path_factory.mktemp("killed")
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # forking needs that
    ours = str(Path(course.__file__).parent.parent)  # the package that is tested here
    environment = {**os.environ, **one_thread, "PYTHONPATH": ours}
    with subprocess.Popen([sys.executable, INTERRUPTED, folder], env=environment) as process:
        yield process, folder
        process.kill()  # if no test waited for it


@pytest.fixture(scope="module")
def killed(interrupted):
    """Return the folder in which the trainings were, and for each how it was killed."""
    if interrupted is None:
        pytest.skip("processes cannot be forked on this system")
    process, folder = interrupted
    assert process.wait() == 0
    report = json.loads((folder / "report.json").read_text())
    assert report["whole"] == [0]
    assert len(report["killed"]) == KILLED
    return folder, report["killed"]


def test_trainings_are_killed_at_every_kind_of_moment(killed):
    folder, report = killed
    kinds = {run["kind"] for run in report}
    assert kinds == set(json.loads((folder / "whole" / "events.json").read_text()))
    assert len(kinds) == 11
    assert {run["epochs"] for run in report} >= {0, 1, 2, 3, 4}
    assert any(run["ends"] == [-signal.SIGKILL, -signal.SIGKILL, 0] for run in report)


def test_the_best_epoch_of_these_trainings_is_not_the_last(killed):
    whole = torch.load(killed[0] / "whole" / "result.pt", weights_only=True)
    assert 1 < whole["epoch"] < len(whole["training"]) == 5
    assert not same(whole["best"], whole["model"])


@pytest.mark.parametrize("i", range(KILLED))
def test_a_killed_training_goes_on_to_bit_for_bit_the_same_end(killed, i):
    folder, report = killed
    assert report[i]["ends"][0] == -signal.SIGKILL
    assert report[i]["ends"][-1] == 0
    whole = torch.load(folder / "whole" / "result.pt", weights_only=True)
    result = torch.load(folder / str(i) / "result.pt", weights_only=True)
    assert list(result) == list(whole)
    for name in whole:
        assert same(result[name], whole[name]), name
    assert not list((folder / str(i)).glob("*.part"))


@pytest.mark.parametrize("i", range(KILLED))
def test_a_kill_leaves_the_checkpoint_of_the_last_whole_epoch(killed, i):
    folder, report = killed
    left = folder / str(i) / "left.pt"
    epochs = report[i]["epochs"]
    assert left.exists() == (epochs > 0)
    if epochs:
        whole = torch.load(folder / "whole" / "result.pt", weights_only=True)
        assert checked_load(left, FORMAT)["history"]["training"] == whole["training"][:epochs]
