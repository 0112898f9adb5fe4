import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812, the name it has everywhere
from torch.utils.data import DistributedSampler

from course.notes.networks import double_softmax_floor, mode_matters, shown_twice


@pytest.mark.parametrize(
    ("layer", "matters"),
    [
        (nn.Linear(3, 3), False),
        (nn.ReLU(), False),
        (nn.LayerNorm(3), False),
        (nn.GroupNorm(1, 3), False),
        (nn.Dropout(0.5), True),
        (nn.Dropout(0.0), False),
        (nn.BatchNorm1d(3), True),
        (nn.BatchNorm1d(3, track_running_stats=False), False),
        (nn.Sequential(nn.Linear(3, 3), nn.Dropout()), True),
    ],
)
def test_dropout_and_batch_norm_have_modes_and_other_layers_have_none(layer, matters):
    x = torch.randn(16, 3, generator=torch.Generator().manual_seed(0))
    layer.eval()
    before = {name: each.clone() for name, each in layer.state_dict().items()}
    state = torch.get_rng_state()
    assert mode_matters(layer, x) is matters
    assert not layer.training
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(layer.state_dict()[name], each) for name, each in before.items())


@pytest.mark.parametrize("k", [2, 3, 10, 1000])
def test_no_probabilities_get_below_the_floor_and_certainty_reaches_it(k):
    labels = torch.arange(k)
    certain = F.cross_entropy(F.one_hot(labels, k).double(), labels)
    assert math.isclose(double_softmax_floor(k), certain.item(), rel_tol=1e-12)
    generator = torch.Generator().manual_seed(0)
    logits = 5 * torch.randn(500, k, generator=generator, dtype=torch.float64)
    drawn = torch.randint(k, (500,), generator=generator)
    losses = F.cross_entropy(logits.softmax(dim=1), drawn, reduction="none")
    assert losses.min() >= double_softmax_floor(k) - 1e-12


def test_one_class_is_no_choice():
    for k in (1, 0):
        with pytest.raises(ValueError, match=f"classes is {k}: give at least 2"):
            double_softmax_floor(k)


@pytest.mark.parametrize(
    ("n", "processes"), [(1, 1), (5, 5), (10, 4), (1797, 2), (1797, 3), (7, 6)]
)
def test_as_many_rows_come_once_more_as_the_sampler_of_torch_repeats(n, processes):
    shown = [
        i
        for rank in range(processes)
        for i in DistributedSampler(range(n), num_replicas=processes, rank=rank)
    ]
    assert shown_twice(n, processes) == len(shown) - n
    assert set(shown) == set(range(n))


def test_fewer_rows_than_processes_are_refused():
    for n, processes in ((3, 4), (3, 0), (0, 1)):
        with pytest.raises(ValueError, match="at least one row to each"):
            shown_twice(n, processes)
