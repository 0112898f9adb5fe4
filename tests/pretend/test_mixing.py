"""What CUDA refuses, the pretended device refuses; what it takes, this takes."""

import multiprocessing
import os
import traceback

import pytest
import torch
from torch import nn
from torch.nn import functional

from course.device import available, pick_device
from tests.pretend.tensors import NAME

HERE = torch.arange(1.0, 5)
INDEX = torch.tensor([2, 0])
MIXED = "Expected all tensors to be on the same device"


@pytest.fixture
def there():
    return HERE.to(NAME)


SLIPS = {
    "a sum": lambda x: x + HERE,
    "a sum, the other way round": lambda x: HERE + x,
    "in place": lambda x: x.add_(HERE),
    "in place on the CPU": lambda x: HERE.clone().add_(x),
    "a product": lambda x: x @ HERE,
    "a row of numbers": lambda x: torch.stack([x.sum(), torch.tensor(1.0)]),
    "a comparison": lambda x: x == HERE,
    "a choice": lambda x: torch.where(x > 0, x, torch.zeros(4)),
    "a layer": lambda x: nn.Linear(4, 1)(x),
    "a tensor that is no buffer": lambda x: Shift().to(NAME)(x),
    "layers in a list": lambda x: Listed().to(NAME)(x),
    "targets": lambda x: functional.mse_loss(x, HERE),
    "class numbers": lambda x: functional.cross_entropy(x.reshape(2, 2), torch.tensor([0, 1])),
    "class weights": lambda x: nn.CrossEntropyLoss(torch.ones(2))(
        x.reshape(2, 2), torch.tensor([0, 1], device=NAME)
    ),
    "values to write": lambda x: x.index_put_((INDEX,), torch.ones(2)),
    "a number from the device": lambda x: HERE + x.sum(),
    "out": lambda x: torch.add(x, 1, out=torch.empty(4)),
    "a mask": lambda x: x.masked_fill(HERE > 2, 0.0),
    "what has not been assigned": lambda x: (HERE.clone().to(NAME), HERE.clone())[1] * x,
}


class Shift(nn.Module):
    def __init__(self):
        super().__init__()
        self.by = torch.ones(4)

    def forward(self, x):
        return x + self.by


class Listed(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(4, 4)]

    def forward(self, x):
        return self.layers[0](x)


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_tensors_of_two_devices_do_not_meet(there, slip):
    with pytest.raises(RuntimeError, match=MIXED) as raised:
        slip(there)
    named = [frame.filename for frame in traceback.extract_tb(raised.value.__traceback__)]
    assert __file__ in named, "the traceback names the line of the slip"


def test_an_index_on_the_device_selects_from_no_tensor_on_the_cpu():
    with pytest.raises(RuntimeError, match="indices should be either on cpu"):
        HERE[INDEX.to(NAME)]


def test_an_index_on_the_cpu_selects_from_the_device(there):
    assert there[INDEX].tolist() == [3, 1]
    assert there[HERE > 2].tolist() == [3, 4]
    there[INDEX] = 0
    assert there.tolist() == [0, 2, 0, 4]


@pytest.mark.parametrize("number", [2, 2.0, torch.tensor(2.0)])
def test_a_number_may_come_from_the_cpu(there, number):
    assert (there * number).tolist() == (number / (1 / there)).tolist() == [2, 4, 6, 8]
    there[0] = number
    assert there.fill_(number).masked_fill(there > 0, number).tolist() == [2] * 4


@pytest.mark.parametrize(
    "draw",
    [
        lambda generator: torch.rand(3, device=NAME, generator=generator),
        lambda generator: torch.randperm(3, device=NAME, generator=generator),
        lambda generator: torch.ones(3, device=NAME).normal_(generator=generator),
        lambda generator: torch.ones(3, device=NAME).multinomial(1, generator=generator),
    ],
)
def test_a_generator_of_the_cpu_draws_nothing_there(draw):
    with pytest.raises(RuntimeError, match="Expected a 'pretend' device type for generator"):
        draw(torch.Generator())


def test_numpy_reads_nothing_from_there(there):
    with pytest.raises(TypeError, match=r"can't convert pretend:0 .* Use Tensor\.cpu\(\)"):
        there.numpy()


def _in_a_fork(pipe, there):
    try:
        there.sum()
    except RuntimeError as error:
        pipe.send(str(error))
    os._exit(0)


def test_a_forked_process_cannot_use_it(there):
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    process = fork.Process(target=_in_a_fork, args=(theirs, there))
    process.start()
    assert ours.recv() == "Cannot re-initialize pretend in forked subprocess"
    process.join()


def test_the_course_finds_it(monkeypatch):
    assert available() == ["pretend:0", "cpu"]
    for name in ("pretend", "pretend:0", ""):
        monkeypatch.setenv("COURSE_DEVICE", name)
        assert pick_device() == torch.device("pretend:0")
