import copy
import re

import pytest
import torch
from torch import nn

from course.training.sweeps import find_rate, rising_sweep, smoothed

X = torch.tensor([[0.0], [1.0], [2.0]], dtype=torch.float64)
Y = torch.tensor([[1.0], [3.0], [4.0]], dtype=torch.float64)
BATCHES = [(X[:2], Y[:2]), (X[2:], Y[2:])]


def exactly(message):
    return f"^{re.escape(message)}$"


def line(slope=0.0):
    model = nn.Linear(1, 1).double()
    nn.init.constant_(model.weight, slope)
    nn.init.zeros_(model.bias)
    return model


def sgd(parameters):
    return torch.optim.SGD(parameters, lr=123.0, momentum=0.5)


def test_each_step_is_one_of_torch_with_its_own_rate():
    rates = torch.logspace(-3, -1, 7)
    model, expected = line(), []
    optimizer = sgd(model.parameters())
    for i, rate in enumerate(rates.tolist()):
        x, y = BATCHES[i % 2]
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        loss = (model(x) - y).square().mean()
        loss.backward()
        optimizer.step()
        expected.append(loss.item())
    losses = rising_sweep(line(), BATCHES, nn.MSELoss(), sgd, rates)
    assert losses.tolist() == pytest.approx(expected, rel=1e-12)


def test_every_group_of_parameters_gets_the_rate():
    def in_groups(parameters):
        return torch.optim.SGD([{"params": [each]} for each in parameters], lr=9.0, momentum=0.5)

    rates = torch.logspace(-3, -1, 7)
    losses = [rising_sweep(line(), BATCHES, nn.MSELoss(), make, rates) for make in (sgd, in_groups)]
    torch.testing.assert_close(*losses)


def test_the_model_stays_as_it_is():
    model = line().eval()
    before = copy.deepcopy(model.state_dict())
    rising_sweep(model, BATCHES, nn.MSELoss(), sgd, torch.logspace(-3, -1, 5))
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name])
    assert not model.training


def test_it_trains_in_train_mode():
    model = nn.Sequential(line(), nn.Dropout(1.0)).eval()  # it trains on zeros alone
    losses = rising_sweep(model, BATCHES, nn.MSELoss(), sgd, torch.ones(2))
    assert losses.tolist() == pytest.approx([(1 + 9) / 2, 16])


def test_from_a_loss_that_is_not_finite_on_all_are_infinite():
    rates = torch.full((40,), 1e30)
    losses = rising_sweep(line(), BATCHES, nn.MSELoss(), sgd, rates)
    assert losses[0].isfinite()
    stopped = int(losses.isfinite().sum())
    assert 1 < stopped < 40
    assert losses[stopped:].isposinf().all()


def test_a_sweep_has_batches():
    message = "no batches: give a list or a DataLoader, not an iterator"
    with pytest.raises(ValueError, match=exactly(message)):
        rising_sweep(line(), [], nn.MSELoss(), sgd, torch.ones(2))
    with pytest.raises(ValueError, match=exactly(message)):
        rising_sweep(line(), iter(BATCHES), nn.MSELoss(), sgd, torch.ones(3))


def test_targets_that_would_broadcast_are_refused():
    with pytest.raises(ValueError, match=r"^targets have shape \(3,\), outputs \(3, 1\):"):
        rising_sweep(line(), [(X, Y.squeeze(1))], nn.MSELoss(), sgd, torch.ones(2))


def test_smoothed_losses_are_weighted_means():
    losses = torch.tensor([5.0, 1.0, 4.0, 2.0], dtype=torch.float64)
    for beta in (0.0, 0.5, 0.9):
        means = smoothed(losses, beta)
        for t in range(4):
            weights = beta ** torch.arange(t, -1, -1, dtype=torch.float64)
            assert means[t].item() == pytest.approx(weights @ losses[: t + 1] / weights.sum())
    assert smoothed(losses[:0]).tolist() == []
    torch.testing.assert_close(smoothed(losses), smoothed(losses, beta=0.9))


def test_the_rate_is_a_tenth_of_that_of_the_lowest_smoothed_loss():
    rates = torch.logspace(-2, 1, 31, dtype=torch.float64)
    losses = (rates.log10() + 0.3).square() + 1
    assert find_rate(rates, losses, beta=0.0) == pytest.approx(10**-0.3 / 10)
    late = smoothed(losses, 0.9).argmin()
    assert late > losses.argmin()
    assert find_rate(rates, losses) == pytest.approx(rates[late].item() / 10)


def test_a_lucky_batch_does_not_decide():
    rates = torch.logspace(-3, 1, 101, dtype=torch.float64)
    losses = (rates.log10() + 0.2).square() + 1
    losses[5] = 0.5
    assert find_rate(rates, losses) > 0.05 > find_rate(rates, losses, beta=0.0)


def test_losses_that_exploded_are_not_the_lowest():
    rates = torch.tensor([0.1, 1.0, 10.0, 100.0])
    losses = torch.tensor([3.0, 1.0, torch.inf, torch.inf])
    assert find_rate(rates, losses) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("losses", "where", "rate", "way"),
    [([1.0, 2.0, 3.0], "first", "0.5", "down"), ([3.0, 2.0, 1.0], "last", "2", "up")],
)
def test_a_sweep_that_is_too_short_is_noticed(losses, where, rate, way):
    message = f"the loss is lowest at the {where} of the rates, {rate}: sweep further {way}"
    with pytest.raises(ValueError, match=exactly(message)):
        find_rate(torch.tensor([0.5, 1.0, 2.0]), torch.tensor(losses))


@pytest.mark.parametrize(("rates", "losses"), [((3,), (2,)), ((2, 1), (2, 1)), ((0,), (0,))])
def test_there_is_a_loss_for_each_rate(rates, losses):
    message = f"rates have shape {rates} and losses {losses}: give one loss for each rate"
    with pytest.raises(ValueError, match=exactly(message)):
        find_rate(torch.ones(rates), torch.ones(losses))


@pytest.mark.parametrize("beta", [-0.1, 1.0])
def test_beta_is_a_part(beta):
    message = f"beta is {beta}: give at least 0 and less than 1"
    with pytest.raises(ValueError, match=exactly(message)):
        smoothed(torch.ones(3), beta)
    with pytest.raises(ValueError, match=exactly(message)):
        find_rate(torch.ones(3), torch.ones(3), beta)
