import math
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.data import DataLoader, RandomSampler, Subset, TensorDataset

from course.device import available
from course.training.batches import Batches


def made_up_data(n=11, device="cpu"):
    """Return a dataset whose rows are all different: inputs, labels, row numbers."""
    rows = torch.arange(n)
    x = torch.stack([rows * 0.5, rows**2.0], dim=1)
    return TensorDataset(x.to(device), (rows % 3).to(device), rows.to(device))


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def exactly(message):
    return f"^{re.escape(message)}$"


def assert_same(batches, expected):
    batches, expected = list(batches), list(expected)
    assert len(batches) == len(expected)
    for batch, other in zip(batches, expected, strict=True):
        for tensor, reference in zip(batch, other, strict=True):
            assert tensor.dtype == reference.dtype
            assert torch.equal(tensor, reference)


sizes = {"n": st.integers(1, 40), "batch_size": st.integers(1, 45)}


# Which rows


@pytest.mark.parametrize("device", available())
@given(**sizes, seed=st.integers(0, 1000), drop_last=st.booleans())
def test_the_batches_are_those_of_a_permutation_cut_into_pieces(
    device, n, batch_size, seed, drop_last
):
    dataset = made_up_data(n, device)
    batches = Batches(dataset, batch_size, True, drop_last=drop_last, generator=seeded(seed))
    generator = seeded(seed)
    for _ in range(2):
        order = torch.randperm(n, generator=generator).tolist()
        pieces = [order[start : start + batch_size] for start in range(0, n, batch_size)]
        if drop_last and n % batch_size:
            pieces.pop()
        assert len(batches) == len(pieces)
        expected = [tuple(tensor[piece] for tensor in dataset.tensors) for piece in pieces]
        assert_same(batches, expected)


@given(**sizes)
def test_an_epoch_holds_every_row_once(n, batch_size):
    batches = Batches(made_up_data(n), batch_size, shuffle=True)
    rows = torch.cat([rows for _, _, rows in batches])
    assert sorted(rows.tolist()) == list(range(n))


def test_each_epoch_has_an_order_of_its_own_and_the_seed_decides_them():
    def epochs(seed):
        batches = Batches(made_up_data(), 4, shuffle=True, generator=seeded(seed))
        return [torch.cat([rows for *_, rows in batches]).tolist() for _ in range(2)]

    first, second = epochs(0)
    assert first != second
    assert epochs(0) == [first, second]
    assert epochs(1)[0] != first


def test_without_a_generator_the_global_one_draws():
    with torch.random.fork_rng():
        torch.manual_seed(3)
        expected = torch.randperm(11)
        torch.manual_seed(3)
        batches = Batches(made_up_data(), 4, shuffle=True)
        assert torch.equal(torch.cat([rows for *_, rows in batches]), expected)


@pytest.mark.parametrize("epochs", [1, 3])
def test_each_epoch_draws_one_permutation_and_nothing_else(epochs):
    generator, reference = seeded(), seeded()
    batches = Batches(made_up_data(), 4, shuffle=True, generator=generator)
    for _ in range(epochs):
        list(batches)
        torch.randperm(11, generator=reference)
    assert torch.equal(generator.get_state(), reference.get_state())


def test_without_shuffling_nothing_is_drawn():
    generator = seeded()
    before = generator.get_state(), torch.get_rng_state()
    list(Batches(made_up_data(), 4, generator=generator))
    assert torch.equal(generator.get_state(), before[0])
    assert torch.equal(torch.get_rng_state(), before[1])


def test_two_epochs_can_be_read_side_by_side():
    batches = Batches(made_up_data(), 4)
    for one, other in zip(batches, batches, strict=True):
        assert_same([one], [other])


# As a DataLoader


@given(**sizes, drop_last=st.booleans())
def test_the_batches_are_those_of_a_dataloader(n, batch_size, drop_last):
    dataset = made_up_data(n)
    batches = Batches(dataset, batch_size, drop_last=drop_last)
    loader = DataLoader(dataset, batch_size, drop_last=drop_last)
    assert len(batches) == len(loader)
    assert_same(batches, loader)


@pytest.mark.parametrize("drop_last", [False, True])
def test_shuffled_batches_are_those_of_a_dataloader_whose_sampler_has_the_seed(drop_last):
    dataset = made_up_data()
    sampler = RandomSampler(dataset, generator=seeded(5))
    loader = DataLoader(dataset, 4, sampler=sampler, drop_last=drop_last)
    batches = Batches(dataset, 4, shuffle=True, drop_last=drop_last, generator=seeded(5))
    assert_same(batches, loader)


def test_the_defaults_and_the_attributes_are_those_of_a_dataloader():
    dataset = made_up_data(3)
    batches, loader = Batches(dataset), DataLoader(dataset)
    assert_same(batches, loader)
    for name in ("dataset", "batch_size", "drop_last", "generator"):
        assert getattr(batches, name) is getattr(loader, name)


def test_the_attributes_are_what_was_given():
    dataset, generator = made_up_data(), seeded()
    batches = Batches(dataset, 4, True, drop_last=True, generator=generator)
    assert batches.dataset is dataset
    assert (batches.batch_size, batches.shuffle, batches.drop_last) == (4, True, True)
    assert batches.generator is generator


def test_a_fourth_argument_without_a_name_is_refused_because_a_dataloader_takes_another_there():
    with pytest.raises(TypeError, match="positional argument"):
        Batches(made_up_data(), 4, False, True)


def test_a_batch_is_a_tuple_also_of_one_tensor():
    (batch,) = Batches(TensorDataset(torch.arange(3)), 3)
    assert isinstance(batch, tuple)
    assert len(batch) == 1


# Copies, on the device of the data


@pytest.mark.parametrize("device", available())
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("batch_size", [4, 11, 20])
def test_changing_batches_in_place_leaves_the_dataset_and_other_batches_alone(
    device, shuffle, batch_size
):
    dataset = made_up_data(device=device)
    kept = []
    for batch in Batches(dataset, batch_size, shuffle):
        kept.append((batch, [tensor.clone() for tensor in batch]))
        for tensor in batch:
            tensor.fill_(-1)
    assert len(kept) == math.ceil(11 / batch_size)
    assert all((tensor == -1).all() for batch, _ in kept for tensor in batch)
    before = sorted(row for _, (_, _, rows) in kept for row in rows.tolist())
    assert before == list(range(11))
    assert_same([dataset.tensors], [made_up_data(device=device).tensors])


@pytest.mark.parametrize("device", available())
@pytest.mark.parametrize("shuffle", [False, True])
def test_batches_stay_on_the_device_of_the_dataset(device, shuffle):
    for batch in Batches(made_up_data(device=device), 4, shuffle):
        assert all(tensor.device == torch.zeros(0, device=device).device for tensor in batch)


# What is refused


@pytest.mark.parametrize(
    ("dataset", "name"),
    [
        (torch.arange(5), "Tensor"),
        ((torch.arange(5), torch.arange(5)), "tuple"),
        (Subset(made_up_data(), [1, 2]), "Subset"),
    ],
)
def test_other_data_than_a_tensor_dataset_is_refused(dataset, name):
    message = (
        f"dataset is a {name}: give a TensorDataset, as in "
        "Batches(TensorDataset(x, y), batch_size=32), or use a DataLoader"
    )
    with pytest.raises(TypeError, match=exactly(message)):
        Batches(dataset, 32)


@pytest.mark.parametrize("dataset", [TensorDataset(), TensorDataset(torch.zeros(0, 3))])
def test_a_dataset_without_rows_is_refused(dataset):
    with pytest.raises(ValueError, match=exactly("dataset has no rows: give it at least one")):
        Batches(dataset)


@pytest.mark.parametrize("batch_size", [0, -3])
def test_a_batch_without_rows_is_refused(batch_size):
    with pytest.raises(ValueError, match=exactly(f"batch_size is {batch_size}: give at least 1")):
        Batches(made_up_data(), batch_size)


def test_tensors_on_several_devices_are_refused():
    dataset = TensorDataset(torch.zeros(3), torch.zeros(3, device="meta"), torch.zeros(3))
    message = "dataset is on cpu and meta: move all tensors to one"
    with pytest.raises(ValueError, match=exactly(message)):
        Batches(dataset)


@pytest.mark.parametrize("shuffle", [False, True])
def test_a_generator_of_another_device_is_refused(shuffle):
    class Elsewhere:
        """Stands in for a generator on a device that this machine may lack."""

        device = torch.device("cuda:0")

    message = (
        "generator is on cuda:0: give one on the CPU, torch.Generator(), "
        "because the batches are then the same on every device"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        Batches(made_up_data(), 4, shuffle, generator=Elsewhere())
