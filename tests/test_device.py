import pytest
import torch

from course.device import available, pick_device


@pytest.fixture
def machine(monkeypatch):
    """Pretend to be a machine with so many accelerators of a kind, or with none."""

    def pretend(kind=None, count=0):
        accelerator = kind and torch.device(kind)
        monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: accelerator)
        if kind:
            module = torch.get_device_module(kind)
            monkeypatch.setattr(module, "device_count", lambda: count)

    monkeypatch.delenv("COURSE_DEVICE", raising=False)
    return pretend


@pytest.mark.parametrize(
    ("kind", "count", "names"),
    [
        (None, 0, ["cpu"]),
        ("cuda", 0, ["cpu"]),  # torch was built for it, and there is no card
        ("cuda", 2, ["cuda:0", "cuda:1", "cpu"]),
        ("mps", 0, ["cpu"]),
        ("mps", 1, ["mps", "cpu"]),
        ("xpu", 1, ["xpu:0", "cpu"]),
    ],
)
def test_accelerators_come_before_the_processor(machine, kind, count, names):
    machine(kind, count)
    assert available() == names
    assert pick_device() == torch.device(names[0])


@pytest.mark.parametrize(
    ("kind", "wanted", "device"),
    [
        ("cuda", "cpu", "cpu"),
        ("cuda", "cuda", "cuda:0"),
        ("cuda", "cuda:1", "cuda:1"),
        ("cuda", "", "cuda:0"),
        ("mps", "mps", "mps"),
        ("mps", "cpu", "cpu"),
        ("xpu", "xpu", "xpu:0"),
    ],
)
def test_the_environment_decides(machine, monkeypatch, kind, wanted, device):
    machine(kind, count=2)
    monkeypatch.setenv("COURSE_DEVICE", wanted)
    assert pick_device() == torch.device(device)


@pytest.mark.parametrize("wanted", ["cuda", "cuda:1", "mps", "gpu", "CPU", "pretend"])
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
