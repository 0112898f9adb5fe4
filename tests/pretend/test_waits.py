"""When a program waits for its device, and how often training does."""

import inspect

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course.training.batches import Batches
from course.training.loop import fit
from course.training.measuring import evaluate
from tests.pretend.tensors import NAME
from tests.pretend.waits import FROM_CPU, TO_CPU, watch

WAITING = {
    "item": lambda x: x.sum().item(),
    "float": lambda x: float(x[0]),
    "truth": lambda x: bool(x.sum() > 0),
    "list": lambda x: x.tolist(),
    "copy": lambda x: x.cpu(),
    "nonzero": lambda x: x.nonzero(),
    "equal": lambda x: torch.equal(x, x),
    "mask": lambda x: x[x > 1],
    "unique": lambda x: x.unique(),
    "synchronize": lambda x: torch.get_device_module(NAME).synchronize(),
    "from the CPU": lambda x: torch.ones(2).to(NAME),
}
GOING_ON = {
    "sum": lambda x: x.sum() + 1,
    "shape": lambda x: (len(x), x.shape, x.device),
    "rows": lambda x: list(x),
    "choice": lambda x: torch.where(x > 1, x, 0),
    "argmax": lambda x: x.argmax(),
    "part": lambda x: x[1:],
    "made there": lambda x: torch.randn(3, device=NAME),
    "sent without waiting": lambda x: torch.ones(2).to(NAME, non_blocking=True),
}


@pytest.mark.parametrize("read", WAITING.values(), ids=WAITING)
def test_what_has_to_know_a_value_waits_once(read):
    x = torch.arange(3.0, device=NAME)
    with watch() as watched:
        read(x)
    assert len(watched.waits) == 1
    line = inspect.getsourcelines(read)[1]
    assert watched.waits[0].place == f"{__file__}:{line}"


def test_printing_waits():
    x = torch.arange(3.0, device=NAME)
    with watch() as watched:
        print(x)
    assert watched.reads


@pytest.mark.parametrize("call", GOING_ON.values(), ids=GOING_ON)
def test_what_needs_no_value_does_not_wait(call):
    x = torch.arange(3.0, device=NAME)
    with watch() as watched:
        call(x)
    assert not watched.waits


def test_operations_are_counted_while_somebody_watches():
    x = torch.ones(3, device=NAME)
    with watch() as outer:
        x.sin()
        with watch() as inner:
            x.sin()
        x.sin()
    x.sin()
    assert (outer.operations["aten::sin"], inner.operations["aten::sin"]) == (3, 1)


def setting(n=40, batch_size=2, **options):
    x = torch.linspace(-1, 1, n, device=NAME).unsqueeze(1)
    batches = Batches(TensorDataset(x, 3 * x), batch_size, **options)
    model = nn.Linear(1, 1).to(NAME)
    return model, batches, torch.optim.SGD(model.parameters(), lr=0.1)


@pytest.mark.parametrize("epochs", [1, 3])
@pytest.mark.parametrize("batch_size", [2, 20])
@pytest.mark.parametrize("make", [torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW])
def test_fit_waits_twice_an_epoch_however_many_batches_there_are(epochs, batch_size, make):
    model, batches, _ = setting(batch_size=batch_size)
    with watch() as watched:
        fit(model, batches, nn.MSELoss(), make(model.parameters(), lr=0.1), epochs)
    assert len(watched.waits) == len(watched.reads) == 2 * epochs
    assert {wait.what for wait in watched.waits} == {TO_CPU}
    assert all("course/training/" in wait.place for wait in watched.waits)


def test_an_order_of_its_own_is_sent_once_an_epoch():
    model, batches, optimizer = setting(shuffle=True)
    with watch() as watched:
        fit(model, batches, nn.MSELoss(), optimizer, epochs=3)
    assert (len(watched.reads), len(watched.sends)) == (6, 3)
    assert all("course/training/batches.py" in wait.place for wait in watched.sends)


def test_rows_on_the_cpu_are_sent_batch_by_batch():
    x = torch.linspace(-1, 1, 40).unsqueeze(1)
    loader = DataLoader(TensorDataset(x, 3 * x), batch_size=2)
    model, _, optimizer = setting()
    with watch() as watched:
        fit(model, loader, nn.MSELoss(), optimizer, epochs=3)
    assert (len(watched.reads), len(watched.sends)) == (6, 3 * 20 * 2)


def test_validation_waits_once_for_each_number():
    model, batches, optimizer = setting()
    metrics = {"error": nn.L1Loss(), "twice": nn.L1Loss()}
    with watch() as watched:
        evaluate(model, batches, nn.MSELoss(), metrics)
    assert len(watched.waits) == 3
    with watch() as watched:
        fit(model, batches, nn.MSELoss(), optimizer, 2, validation=batches, metrics=metrics)
    assert len(watched.waits) == 2 * (2 + 3)


def test_a_loss_read_in_the_loop_waits_at_each_step():
    model, batches, optimizer = setting()
    losses = []
    with watch() as watched:
        for _ in range(3):
            for x, y in batches:
                optimizer.zero_grad()
                loss = nn.functional.mse_loss(model(x), y)
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
    assert len(watched.waits) == len(losses) == 3 * 20
    assert FROM_CPU not in {wait.what for wait in watched.waits}
