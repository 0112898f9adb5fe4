import pytest
import torch

from course.device import available, pick_device


@pytest.fixture
def machine(monkeypatch):
    """Pretend to be a machine with so many CUDA cards, with or without MPS."""

    def pretend(cards=0, mps=False):
        monkeypatch.setattr(torch.cuda, "device_count", lambda: cards)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)

    monkeypatch.delenv("COURSE_DEVICE", raising=False)
    return pretend


@pytest.mark.parametrize(
    ("cards", "mps", "names"),
    [
        (0, False, ["cpu"]),
        (0, True, ["mps", "cpu"]),
        (2, False, ["cuda:0", "cuda:1", "cpu"]),
        (1, True, ["cuda:0", "mps", "cpu"]),
    ],
)
def test_a_card_comes_before_mps_and_mps_before_the_processor(machine, cards, mps, names):
    machine(cards, mps)
    assert available() == names
    assert pick_device() == torch.device(names[0])


@pytest.mark.parametrize(
    ("wanted", "device"),
    [("cpu", "cpu"), ("mps", "mps"), ("cuda", "cuda:0"), ("cuda:1", "cuda:1"), ("", "cuda:0")],
)
def test_the_environment_decides(machine, monkeypatch, wanted, device):
    machine(cards=2, mps=True)
    monkeypatch.setenv("COURSE_DEVICE", wanted)
    assert pick_device() == torch.device(device)


@pytest.mark.parametrize("wanted", ["cuda", "cuda:1", "mps", "gpu", "CPU"])
def test_a_device_that_is_not_there_is_refused(machine, monkeypatch, wanted):
    machine()
    monkeypatch.setenv("COURSE_DEVICE", wanted)
    message = (
        f"COURSE_DEVICE is {wanted!r}, but this machine has cpu: "
        "name one of these, or unset COURSE_DEVICE"
    )
    with pytest.raises(ValueError, match=message):
        pick_device()


def test_a_tensor_can_be_made_on_the_device_picked(monkeypatch):
    monkeypatch.delenv("COURSE_DEVICE", raising=False)
    assert torch.ones(2, device=pick_device()).sum().item() == 2
