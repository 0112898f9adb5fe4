import functools
import itertools
import math
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.optim import lr_scheduler

from course.training.checkpoints import load_checkpoint, save_checkpoint
from course.training.loop import History
from course.training.schedules import (
    clip_by_norm,
    constant,
    cosine,
    linear,
    noise_floor,
    one_cycle,
    stairs,
    warm_up,
)

LR = 0.3
STEPS = 40


def exactly(message):
    return f"^{re.escape(message)}$"


def sgd(lr=LR):
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)


def rates(scheduler, steps):
    """Return the rate of each step."""
    found = [scheduler.optimizer.param_groups[0]["lr"]]
    for _ in range(steps - 1):
        scheduler.optimizer.step()
        scheduler.step()
        found.append(scheduler.optimizer.param_groups[0]["lr"])
    return found


def of_torch(name):
    """Return torch's own scheduler for a schedule of PAIRS."""
    schedulers = {
        "constant": lambda it: lr_scheduler.ConstantLR(it, factor=1.0),
        "stairs": lambda it: lr_scheduler.StepLR(it, step_size=7),
        "stairs by a third": lambda it: lr_scheduler.StepLR(it, step_size=1, gamma=1 / 3),
        "linear": lr_scheduler.LinearLR,
        "linear to 0": lambda it: lr_scheduler.LinearLR(it, 1.0, 0.0, STEPS),
        "cosine": lambda it: lr_scheduler.CosineAnnealingLR(it, T_max=STEPS),
        "cosine to a tenth": lambda it: lr_scheduler.CosineAnnealingLR(it, STEPS, 0.1 * LR),
        "one cycle": lambda it: lr_scheduler.OneCycleLR(
            it, max_lr=LR, total_steps=STEPS, cycle_momentum=False
        ),
        "one cycle of its own": lambda it: lr_scheduler.OneCycleLR(
            it,
            max_lr=LR,
            total_steps=STEPS,
            pct_start=0.11,
            div_factor=3,
            final_div_factor=20,
            cycle_momentum=False,
        ),
        "warm-up": lambda it: lr_scheduler.SequentialLR(
            it,
            [
                lr_scheduler.LinearLR(it, start_factor=0.01, total_iters=9),
                lr_scheduler.CosineAnnealingLR(it, T_max=STEPS - 9),
            ],
            milestones=[9],
        ),
    }
    return schedulers[name]


PAIRS = {
    "constant": constant,
    "stairs": functools.partial(stairs, step_size=7),
    "stairs by a third": functools.partial(stairs, step_size=1, gamma=1 / 3),
    "linear": linear,
    "linear to 0": functools.partial(linear, start_factor=1.0, end_factor=0.0, total_iters=STEPS),
    "cosine": functools.partial(cosine, steps=STEPS),
    "cosine to a tenth": functools.partial(cosine, steps=STEPS, least=0.1),
    "one cycle": functools.partial(one_cycle, steps=STEPS),
    "one cycle of its own": functools.partial(
        one_cycle, steps=STEPS, pct_start=0.11, div_factor=3, final_div_factor=20
    ),
    "warm-up": functools.partial(
        warm_up, steps=9, schedule=functools.partial(cosine, steps=STEPS - 9)
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_every_step_has_the_rate_of_torchs_scheduler(name):
    steps = STEPS if name.startswith("one cycle") else STEPS + 1  # it has a rate for these alone
    ours = rates(lr_scheduler.LambdaLR(sgd(), PAIRS[name]), steps)
    theirs = rates(of_torch(name)(sgd()), steps)
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("interrupted", [1, 9, 25])
def test_resumed_from_a_checkpoint_the_rates_go_on_as_those_of_torch(name, interrupted, tmp_path):
    expected = rates(of_torch(name)(sgd()), STEPS)
    seen = []
    for steps in (interrupted, STEPS - interrupted):
        model = nn.Linear(1, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=LR)
        scheduler = lr_scheduler.LambdaLR(optimizer, PAIRS[name])
        load_checkpoint(tmp_path / "half.pt", model, optimizer, schedulers=[scheduler])
        for _ in range(steps):
            seen.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
        save_checkpoint(tmp_path / "half.pt", model, optimizer, History(), schedulers=[scheduler])
    assert seen == pytest.approx(expected, rel=1e-9, abs=1e-12)


@given(steps=st.integers(1, 200), least=st.floats(0, 1))
def test_a_cosine_falls_from_1_to_the_least_and_stays_there(steps, least):
    factors = [cosine(step, steps, least) for step in range(2 * steps + 2)]
    assert factors[0] == 1
    assert factors[steps:] == pytest.approx([least] * (steps + 2))
    assert all(one >= two - 1e-12 for one, two in itertools.pairwise(factors))


@given(steps=st.integers(1, 50), start=st.floats(0, 1))
def test_a_warm_up_rises_to_the_schedule_and_then_is_it(steps, start):
    schedule = functools.partial(stairs, step_size=3)
    factors = [warm_up(step, steps, schedule, start) for step in range(steps + 10)]
    assert factors[0] == pytest.approx(start)
    assert factors[:steps] == sorted(factors[:steps])
    assert factors[steps:] == [schedule(step) for step in range(10)]


@given(steps=st.integers(10, 300), part=st.floats(0.2, 0.8))
def test_one_cycle_begins_and_ends_where_it_should_and_is_never_above_1(steps, part):
    factors = [one_cycle(step, steps, part, 10.0, 100.0) for step in range(steps)]
    assert factors[0] == pytest.approx(0.1)
    assert factors[-1] == pytest.approx(0.001)
    assert max(factors) <= 1
    assert abs(factors.index(max(factors)) - (part * steps - 1)) <= 1


@pytest.mark.parametrize(
    "schedule",
    [
        functools.partial(stairs, step_size=4),
        linear,
        functools.partial(cosine, steps=4),
        functools.partial(warm_up, steps=4, schedule=constant),
    ],
)
def test_there_is_no_step_before_the_first(schedule):
    assert schedule(0) > 0
    length = 5 if schedule is linear else 4
    message = f"step is -1, of {length}: count steps from 0, and give at least 1 to the schedule"
    with pytest.raises(ValueError, match=exactly(message)):
        schedule(-1)


@pytest.mark.parametrize(
    "schedule",
    [
        lambda: stairs(1, step_size=0),
        lambda: linear(1, total_iters=0),
        lambda: cosine(1, steps=0),
        lambda: warm_up(1, steps=0, schedule=constant),
    ],
)
def test_a_schedule_has_at_least_one_step(schedule):
    with pytest.raises(ValueError, match=r"^step is 1, of 0: count steps"):
        schedule()


@pytest.mark.parametrize("step", [-1, 11])
def test_one_cycle_knows_only_its_own_steps(step):
    assert one_cycle(10, steps=10) == one_cycle(9, steps=10) > 0
    message = f"step is {step}: one_cycle was made for the steps 0 to 10"
    with pytest.raises(ValueError, match=exactly(message)):
        one_cycle(step, steps=10)


@pytest.mark.parametrize("part", [0.0, 0.1, 1.0])
def test_one_cycle_needs_steps_to_rise_and_steps_to_fall_in(part):
    message = f"pct_start is {part}, and steps 10: give more than one step to rise in, and some to"
    with pytest.raises(ValueError, match=f"^{re.escape(message)} fall in$"):
        one_cycle(0, steps=10, pct_start=part)


@given(
    part=st.floats(0.001, 0.999), curvature=st.floats(0.1, 10), noise=st.floats(0, 10)
)  # the part of the largest rate
def test_one_more_noisy_step_leaves_the_variance_at_the_floor_as_it_is(part, curvature, noise):
    lr = 2 * part / curvature
    floor = noise_floor(lr, curvature, noise)
    after = (1 - lr * curvature) ** 2 * floor + lr**2 * noise**2
    assert after == pytest.approx(floor, rel=1e-9)


def test_noisy_descent_settles_at_the_floor():
    generator = torch.Generator().manual_seed(0)
    w = torch.zeros(100_000, dtype=torch.float64)
    for _ in range(60):
        noise = 3.0 * torch.randn(len(w), generator=generator, dtype=torch.float64)
        w -= 0.2 * (2.0 * w + noise)
    assert w.var().item() == pytest.approx(noise_floor(0.2, 2.0, 3.0), rel=0.02)


@pytest.mark.parametrize(("lr", "curvature"), [(0, 1), (-0.1, 1), (2, 1), (0.5, 4), (0.1, 0)])
def test_without_a_rate_that_settles_there_is_no_floor(lr, curvature):
    message = (
        f"lr is {lr}, and the curvature {curvature}: descent settles if the curvature is above 0 "
        "and lr between 0 and 2 / curvature"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        noise_floor(lr, curvature, noise=1.0)


def test_two_negatives_make_no_floor():
    with pytest.raises(ValueError, match=r"^lr is -0\.1, and the curvature -1:"):
        noise_floor(-0.1, -1, noise=1.0)


def with_gradients(scale):
    generator = torch.Generator().manual_seed(0)
    parameters = []
    for shape in ((), (3,), (2, 4)):
        parameter = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
        parameter.grad = scale * torch.randn(shape, generator=generator, dtype=torch.float64)
        parameters.append(parameter)
    return [*parameters, torch.zeros(2, requires_grad=True)]  # and one without a gradient


@pytest.mark.parametrize("scale", [0, 1e-3, 1, 1e6, math.inf])
@pytest.mark.parametrize("max_norm", [0.1, 1.0, 50.0])
def test_gradients_are_clipped_as_torch_clips_them(scale, max_norm):
    ours, theirs = with_gradients(scale), with_gradients(scale)
    norm = clip_by_norm(iter(ours), max_norm)
    expected = nn.utils.clip_grad_norm_(theirs, max_norm)
    torch.testing.assert_close(norm, expected, rtol=0, atol=0, equal_nan=True)
    for mine, other in zip(ours[:-1], theirs[:-1], strict=True):
        torch.testing.assert_close(mine.grad, other.grad, rtol=1e-12, atol=0, equal_nan=True)
    assert ours[-1].grad is None


@given(scale=st.floats(0.01, 1e4), max_norm=st.floats(0.01, 100))
def test_clipping_keeps_the_direction_and_never_lengthens(scale, max_norm):
    before, after = with_gradients(scale)[:-1], with_gradients(scale)[:-1]
    norm = clip_by_norm(after, max_norm)
    one, two = (torch.cat([each.grad.flatten() for each in all_]) for all_ in (before, after))
    assert torch.cosine_similarity(one, two, dim=0).item() == pytest.approx(1)
    assert two.norm().item() == pytest.approx(min(norm.item(), max_norm), rel=1e-3)


def test_without_gradients_the_length_is_0():
    assert clip_by_norm([torch.zeros(2)], max_norm=1.0).item() == 0


@pytest.mark.parametrize("max_norm", [0, -1.0, math.nan])
def test_nothing_is_clipped_to_no_length(max_norm):
    parameters = with_gradients(1)
    with pytest.raises(ValueError, match=exactly(f"max_norm is {max_norm}: give a length above 0")):
        clip_by_norm(parameters, max_norm)
    assert parameters[1].grad.any()
