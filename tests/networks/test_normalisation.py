"""Both norms are PyTorch's, in outputs, gradients and buffers."""

import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from course.networks.normalisation import BatchNorm, LayerNorm

seeds = st.integers(0, 2**32)
sizes = st.tuples(st.integers(2, 7), st.integers(1, 5))


def exactly(message):
    return f"^{re.escape(message)}$"


def table(n, d, seed=0):
    """Return rows (n, d) whose columns differ in mean and spread."""
    generator = torch.Generator().manual_seed(seed)
    scale = 10 * torch.rand(d, generator=generator, dtype=torch.float64)
    return scale * (torch.randn(n, d, generator=generator, dtype=torch.float64) + scale)


def with_parameters(layer, seed=1):
    """Give a layer parameters that are not 1 and 0, so that both of them count."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    return layer.double()


def passed(layer, x):
    """Return what comes out, and the derivatives of a sum by inputs and parameters."""
    x = x.clone().requires_grad_()
    outputs = layer(x)
    weights = torch.arange(1.0, outputs.numel() + 1).double().view(outputs.shape)
    return outputs, *torch.autograd.grad((weights * outputs).sum(), [x, *layer.parameters()])


@given(sizes, seeds, st.sampled_from([0.1, 0.5, 1.0]), st.sampled_from([1e-5, 0.1]))
def test_batch_norm_is_that_of_torch_in_outputs_gradients_and_buffers(size, seed, momentum, eps):
    n, d = size
    ours = with_parameters(BatchNorm(d, eps, momentum))
    theirs = with_parameters(nn.BatchNorm1d(d, eps, momentum))
    for step in range(3):
        x = table(n, d, seed + step)
        torch.testing.assert_close(passed(ours, x), passed(theirs, x), rtol=1e-6, atol=1e-7)
        torch.testing.assert_close(ours.state_dict(), theirs.state_dict())
    ours.eval(), theirs.eval()
    x = table(n, d, seed + 3)
    torch.testing.assert_close(passed(ours, x), passed(theirs, x))
    torch.testing.assert_close(ours.state_dict(), theirs.state_dict())


def test_its_state_goes_into_the_layer_of_torch_and_back():
    ours, theirs = BatchNorm(3).double(), nn.BatchNorm1d(3).double()
    for seed in range(2):
        ours(table(6, 3, seed))
    theirs.load_state_dict(ours.state_dict())
    again = BatchNorm(3).double()
    again.load_state_dict(theirs.state_dict())
    x = table(4, 3, seed=5)
    torch.testing.assert_close(theirs.eval()(x), ours.eval()(x))
    torch.testing.assert_close(again.eval()(x), ours(x))


def test_it_starts_with_the_settings_of_torch():
    ours, theirs = BatchNorm(3), nn.BatchNorm1d(3)
    assert (ours.eps, ours.momentum) == (theirs.eps, theirs.momentum)
    torch.testing.assert_close(ours.state_dict(), theirs.state_dict())
    assert LayerNorm(3).eps == nn.LayerNorm(3).eps


def test_the_columns_of_a_batch_leave_with_mean_0_and_standard_deviation_1():
    outputs = BatchNorm(3).double()(table(50, 3)).detach()
    torch.testing.assert_close(outputs.mean(dim=0), torch.zeros(3).double())
    spread = outputs.std(dim=0, correction=0)
    torch.testing.assert_close(spread, torch.ones(3).double(), rtol=1e-4, atol=0)


def test_what_is_kept_is_no_part_of_the_graph():
    layer = BatchNorm(2)
    layer(torch.randn(5, 2, generator=torch.Generator().manual_seed(0), requires_grad=True))
    assert not any(buffer.requires_grad for buffer in layer.buffers())


def test_a_row_depends_on_its_company_in_training_alone():
    rows = table(6, 3)
    layer = BatchNorm(3).double()
    assert not torch.allclose(layer(rows)[:2], layer(rows[:2]))
    layer.eval()
    torch.testing.assert_close(layer(rows)[:2], layer(rows[:2]))


@pytest.mark.parametrize("n", [0, 1])
def test_a_batch_without_a_spread_is_refused_in_training_alone(n):
    layer = BatchNorm(3)
    before = {name: value.clone() for name, value in layer.state_dict().items()}
    message = (
        f"the batch has {n} rows: a column needs two at least to have a spread; call eval() to "
        "predict, or leave out a last batch of one row (drop_last=True)"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        layer(torch.zeros(n, 3))
    torch.testing.assert_close(layer.state_dict(), before)
    assert layer.eval()(torch.zeros(n, 3)).shape == (n, 3)


@given(sizes, seeds, st.sampled_from([1e-5, 0.1]))
def test_layer_norm_is_that_of_torch_in_outputs_and_gradients(size, seed, eps):
    n, d = size
    ours, theirs = with_parameters(LayerNorm(d, eps)), with_parameters(nn.LayerNorm(d, eps))
    x = table(n, d, seed)
    torch.testing.assert_close(passed(ours, x), passed(theirs, x), rtol=1e-6, atol=1e-7)
    torch.testing.assert_close(ours.state_dict(), theirs.state_dict())


def test_with_layer_norm_a_row_depends_on_itself_alone_in_either_mode():
    rows, layer = table(6, 3), LayerNorm(3).double()
    together = layer(rows)
    torch.testing.assert_close(torch.cat([layer(row.unsqueeze(0)) for row in rows]), together)
    torch.testing.assert_close(layer.eval()(rows), together)


@pytest.mark.parametrize("norm", [BatchNorm, LayerNorm])
@pytest.mark.parametrize("shape", [(3,), (4, 2), (4, 3, 1)])
def test_what_is_no_table_of_these_columns_is_refused(norm, shape):
    message = f"x has shape {shape}: give (n, 3), a row for each example"
    with pytest.raises(ValueError, match=exactly(message)):
        norm(3)(torch.zeros(shape))


@pytest.mark.parametrize("norm", [BatchNorm, LayerNorm])
def test_a_network_with_it_learns_a_small_batch_by_heart_and_repeats_itself(norm):
    def trained():
        generator = torch.Generator().manual_seed(0)
        x = torch.randn(10, 6, generator=generator).double()
        labels = torch.randint(3, (10,), generator=generator)
        model = nn.Sequential(nn.Linear(6, 16), norm(16), nn.ReLU(), nn.Linear(16, 3)).double()
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.ndim == 2:
                    parameter.uniform_(-0.3, 0.3, generator=generator)
            model[0].bias.zero_(), model[3].bias.zero_()
        optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
        for _ in range(200):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x), labels)
            loss.backward()
            optimizer.step()
        return loss.item(), model[0].weight

    loss, weight = trained()
    assert loss < 0.05
    assert torch.equal(weight, trained()[1])
