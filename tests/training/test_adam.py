import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course.training.adam import Adam, AdamW, RMSProp

PAIRS = [
    (RMSProp, torch.optim.RMSprop, {}),
    (RMSProp, torch.optim.RMSprop, {"lr": 0.02, "alpha": 0.9, "eps": 1e-3}),
    (Adam, torch.optim.Adam, {}),
    (Adam, torch.optim.Adam, {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-3}),
    (AdamW, torch.optim.AdamW, {}),
    (
        AdamW,
        torch.optim.AdamW,
        {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.3},
    ),
]


def exactly(message):
    return f"^{re.escape(message)}$"


def made_up_parameters():
    generator = torch.Generator().manual_seed(0)
    shapes = ((), (3,), (2, 4))
    draws = [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]
    return [draw.requires_grad_() for draw in draws]


def give_gradients(parameters, step):
    """Leave noisy gradients of a bowl, and none for one parameter in every third step."""
    generator = torch.Generator().manual_seed(step)
    for parameter in parameters:
        noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
        parameter.grad = parameter.detach() + noise
    if step % 3 == 1:
        parameters[1].grad = None


def assert_same(ours, theirs, **tolerance):
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other, **tolerance)


@pytest.mark.parametrize(("ours", "theirs", "settings"), PAIRS)
def test_thirty_steps_are_those_of_torch(ours, theirs, settings):
    one, two = made_up_parameters(), made_up_parameters()
    optimizers = ours(one, **settings), theirs(two, **settings)
    for step in range(30):
        for parameters, optimizer in zip((one, two), optimizers, strict=True):
            give_gradients(parameters, step)
            optimizer.step()
        assert_same(one, two, rtol=1e-12, atol=1e-12)


@given(gradient=st.floats(1e-3, 1e6), sign=st.sampled_from([-1, 1]))
def test_the_first_step_of_adam_is_as_long_as_the_learning_rate(gradient, sign):
    w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    w.grad = torch.full_like(w, sign * gradient)
    Adam([w], lr=0.1).step()
    assert w.item() == pytest.approx(-sign * 0.1, rel=1e-4)


@pytest.mark.parametrize("optimizer_class", [RMSProp, Adam])
@pytest.mark.parametrize("scale", [1e-3, 1e4])
def test_the_scale_of_all_gradients_does_not_matter(optimizer_class, scale):
    one, two = made_up_parameters(), made_up_parameters()
    optimizers = optimizer_class(one, lr=0.1, eps=0), optimizer_class(two, lr=0.1, eps=0)
    for step in range(10):
        give_gradients(one, step)
        for mine, other in zip(one, two, strict=True):
            other.grad = None if mine.grad is None else scale * mine.grad
        for optimizer in optimizers:
            optimizer.step()
    assert_same(one, two, rtol=1e-9, atol=1e-12)


def test_weight_decay_has_the_same_strength_whatever_the_gradients():
    w = torch.tensor([8.0, -2.0], dtype=torch.float64, requires_grad=True)
    optimizer = AdamW([w], lr=0.1, weight_decay=0.5)
    for t in range(1, 6):
        w.grad = torch.zeros_like(w)
        optimizer.step()
        assert w.tolist() == pytest.approx([8 * 0.95**t, -2 * 0.95**t])


@pytest.mark.parametrize("optimizer_class", [Adam, AdamW])
@pytest.mark.parametrize("betas", [(1.0, 0.9), (0.9, 1.0), (-0.1, 0.9), (0.9, -0.1)])
def test_both_betas_must_be_less_than_one(optimizer_class, betas):
    message = f"betas is {betas}: give at least 0 and less than 1"
    with pytest.raises(ValueError, match=exactly(message)):
        optimizer_class(made_up_parameters(), betas=betas)
