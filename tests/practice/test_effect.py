import pytest
import torch
from torch import nn

from course.practice.effect import effect


def leaf(value=1.0, grad=None):
    made = torch.full((1,), value).requires_grad_()
    made.grad = None if grad is None else torch.full((1,), grad)
    return made


def frozen(bias):
    layer = nn.Linear(1, 1)
    nn.init.ones_(layer.weight)
    nn.init.ones_(layer.bias).requires_grad_(bias)
    return layer


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (torch.ones(1), torch.ones(1)),
        (leaf(grad=2.0), leaf(grad=2.0)),
        (2 * leaf(), 2 * leaf()),
        (2 * leaf(0.5), leaf()),
        ({"a": [leaf()]}, {"a": [leaf()]}),
        (frozen(bias=False), frozen(bias=False)),
        (3, 3),
    ],
)
def test_an_argument_that_is_left_as_expected_has_no_words(got, expected):
    assert effect(got, expected) == ""


@pytest.mark.parametrize(
    ("got", "expected", "told"),
    [
        (torch.ones(1), torch.zeros(1), "tensor([1.]), expected tensor([0.])"),
        (leaf(), torch.ones(1), "a tensor with requires_grad=True, expected False"),
        (torch.ones(1), leaf(), "a tensor with requires_grad=False, expected True"),
        (leaf(grad=2.0), leaf(), "a tensor with a grad, expected none"),
        (leaf(), leaf(grad=2.0), "a tensor without a grad, expected one"),
        (
            leaf(grad=3.0),
            leaf(grad=2.0),
            "a tensor whose grad is tensor([3.]), expected tensor([2.])",
        ),
        ([1, (leaf(),)], [1, (torch.ones(1),)], "a tensor with requires_grad=True, expected False"),
        ({"a": leaf()}, {"a": torch.ones(1)}, "a tensor with requires_grad=True, expected False"),
        (
            frozen(bias=False),
            frozen(bias=True),
            "a tensor with requires_grad=False, expected True",
        ),
    ],
)
def test_what_a_call_left_otherwise_is_told_in_words(got, expected, told):
    assert effect(got, expected) == told


def test_the_gradients_of_a_model_may_be_cleared_before_a_step_or_after_it():
    one, other = frozen(bias=True), frozen(bias=True)
    one(torch.ones(1)).backward()
    assert effect(one, other) == ""
    assert effect([one.weight], [other.weight]) == ""
