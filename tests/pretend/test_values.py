"""Values on the pretended device are those of the CPU, whatever is done with them."""

import copy
import io

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from tests.pretend.tensors import NAME, ours, raw_of

DEVICE = torch.device(NAME, 0)


def pair(shape=(4, 6)):
    here = torch.arange(1.0, 1 + torch.Size(shape).numel()).reshape(shape)
    return here, here.to(DEVICE)


def assert_same(there, here):
    assert there.device == DEVICE
    assert (there.shape, there.stride(), there.dtype) == (here.shape, here.stride(), here.dtype)
    assert torch.equal(there.cpu(), here)
    assert torch.equal(raw_of(there), here)


VIEWS = {
    "row": lambda x: x[1],
    "column": lambda x: x[:, 2],
    "every second": lambda x: x[::2, 1::2],
    "transposed": lambda x: x.T,
    "reshaped": lambda x: x.reshape(2, 3, 4),
    "flat": lambda x: x.T.reshape(-1),
    "in memory again": lambda x: x.T.contiguous(),
    "expanded": lambda x: x[:, :1].expand(4, 5),
    "another axis": lambda x: x.unsqueeze(1),
    "diagonal": lambda x: x.diagonal(),
    "windows": lambda x: x.unfold(1, 3, 1),
    "split": lambda x: x.split(4, dim=1)[1],
    "channels last": lambda x: x.reshape(1, 2, 3, 4).to(memory_format=torch.channels_last),
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_sizes_and_strides_are_those_of_the_cpu(view):
    here, there = pair()
    assert_same(view(there), view(here))


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_a_view_shares_its_values_if_it_does_on_the_cpu(view):
    here, there = pair()
    for x in (here, there):
        view(x)[0].reshape(-1)[:1].fill_(0)
    assert_same(there, here)


@given(st.permutations(["t_", "unsqueeze_", "squeeze_", "mul_", "resize_"]))
def test_what_changes_in_place_changes_its_shape_too(steps):
    here, there = pair((2, 3))
    for step in steps:
        arguments = {"unsqueeze_": (0,), "mul_": (3,), "resize_": (tuple(here.shape),)}
        if step == "t_" and here.ndim > 2:
            continue
        for x in (here, there):
            getattr(x, step)(*arguments.get(step, ()))
    assert_same(there, here)


def network():
    torch.manual_seed(0)
    return nn.Sequential(
        *(nn.Conv2d(1, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(4, 6, 2), nn.Flatten(), nn.Dropout(0.2), nn.Linear(24, 3)),
    )


@pytest.mark.parametrize("make", [torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW])
def test_a_network_learns_the_same(make):
    images, labels = torch.randn(12, 1, 8, 8), torch.arange(12) % 3
    weights = []
    for device in ("cpu", NAME):
        model = network()
        optimizer = make(model.parameters(), lr=0.01)
        model.to(device)  # the optimizer holds the parameters that have moved
        torch.manual_seed(1)  # for dropout
        for _ in range(3):
            loss = nn.functional.cross_entropy(model(images.to(device)), labels.to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        assert {parameter.device.type for parameter in model.parameters()} == {device}
        weights.append({name: value.cpu() for name, value in model.state_dict().items()})
    torch.testing.assert_close(weights[1], weights[0])


def test_a_copy_and_a_file_keep_the_values():
    _, there = pair()
    assert_same(copy.deepcopy(there), there.cpu())
    buffer = io.BytesIO()
    torch.save({"x": there.T}, buffer)
    buffer.seek(0)
    assert torch.equal(torch.load(buffer)["x"].cpu(), there.T.cpu())
    buffer.seek(0)
    loaded = torch.load(buffer, map_location="cpu")["x"]
    assert not ours(loaded)
    assert torch.equal(loaded, there.T.cpu())


def test_random_numbers_are_those_of_the_seed():
    torch.manual_seed(3)
    there = torch.randn(5, device=NAME)
    torch.manual_seed(3)
    assert_same(there, torch.randn(5))


def test_printing_says_where_a_tensor_is():
    assert repr(torch.ones(2, device=NAME)) == "tensor([1., 1.], device='pretend:0')"


def test_addresses_say_what_shares_memory():
    _, there = pair()
    assert there.T.data_ptr() == there.data_ptr() != there.clone().data_ptr()
    assert there[1].data_ptr() == there.data_ptr() + 6 * 4
    storages = [x.untyped_storage().data_ptr() for x in (there, there[2:], there.clone())]
    assert storages[0] == storages[1] != storages[2]
    assert there[2:].untyped_storage().nbytes() == 4 * 6 * 4
