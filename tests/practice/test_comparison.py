import pytest
import torch
from torch import nn

from course.practice.comparison import difference, shown

NAN, INF = float("nan"), float("inf")


# difference: what counts as the same


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (torch.tensor([1.0, NAN, INF, -INF]), torch.tensor([1.0, NAN, INF, -INF])),
        (torch.tensor([1.0], requires_grad=True), torch.tensor([1.0])),
        (torch.tensor([1.0]), torch.tensor([1.0], requires_grad=True) * 1),
        (nn.Parameter(torch.ones(2)), torch.ones(2)),
        (torch.zeros(0, 3), torch.zeros(0, 3)),
        (torch.tensor(True), torch.tensor(True)),
        (torch.tensor([1 + 2j, complex(NAN, 0)]), torch.tensor([1 + 2j, complex(NAN, 0)])),
        (torch.tensor([1.0, 1.0]).bfloat16(), torch.tensor([1.0, 1.005]).bfloat16()),
        (torch.eye(3).to_sparse(), torch.eye(3).to_sparse()),
        (torch.arange(10)[::2], torch.tensor([0, 2, 4, 6, 8])),
        (2, 2),
        (2, 2.0),
        (2.0, 2),
        (NAN, NAN),
        (-INF, -INF),
        (1 + 2j, 1 + 2.000001j),
        (True, True),
        (None, None),
        ("a", "a"),
        ([], ()),
        ([1, [2.0, torch.ones(1)]], (1, (2.0, torch.ones(1)))),
        (torch.Size([2, 3]), (2, 3)),
        ({"a": 1, "b": [2]}, {"b": [2], "a": 1}),
        ({1, 2}, {2, 1}),
        (range(3), range(3)),
        (b"ab", b"ab"),
        (torch.float32, torch.float32),
        (iter([]), iter([1])),
    ],
)
def test_these_count_as_the_same(got, expected):
    assert difference(got, expected) == ""


@pytest.mark.parametrize(
    ("dtype", "near", "far"),
    [
        (torch.float32, 2e-5, 1e-3),
        (torch.complex64, 2e-5, 1e-3),
        (torch.float64, 2e-9, 1e-6),
        (torch.complex128, 2e-9, 1e-6),
        (torch.float16, 5e-3, 5e-2),
    ],
)
def test_rounding_is_allowed_for_as_much_as_the_type_rounds(dtype, near, far):
    one = torch.ones(3, dtype=dtype)
    assert not difference(one * (1 + near), one)
    assert difference(one * (1 + far), one)


@pytest.mark.parametrize(("dtype", "near"), [(torch.float32, 5e-6), (torch.float64, 5e-9)])
def test_near_zero_an_absolute_distance_is_allowed(dtype, near):
    zero = torch.zeros(3, dtype=dtype)
    assert not difference(zero + near, zero)
    assert difference(zero + 10 * near, zero)


def test_numbers_of_python_may_be_rounded_unless_they_are_whole():
    assert not difference(1.00001, 1.0)
    assert not difference(5e-6, 0.0)
    assert difference(1.001, 1.0)
    assert difference(1.00001, 1)
    assert difference(100_001, 100_000)


# difference: what does not, and in which words


@pytest.mark.parametrize(
    ("got", "expected", "told"),
    [
        (1.5, torch.zeros(()), "1.5, expected a tensor of shape ()"),
        (None, torch.zeros(2), "None, expected a tensor of shape (2,)"),
        (
            torch.zeros(1, 2),
            torch.zeros(2),
            "a tensor of shape (1, 2), expected shape (2,)",
        ),
        (
            torch.zeros(2).double(),
            torch.zeros(2),
            "a tensor of dtype torch.float64, expected torch.float32",
        ),
        (
            torch.tensor([1, 0]),
            torch.tensor([True, False]),
            "a tensor of dtype torch.int64, expected torch.bool",
        ),
        (
            torch.eye(2).to_sparse(),
            torch.eye(2),
            "a tensor of layout torch.sparse_coo, expected torch.strided",
        ),
        (
            torch.zeros(2, device="meta"),
            torch.zeros(2),
            "a tensor of device meta, expected cpu",
        ),
        (
            torch.tensor([1.0, NAN]),
            torch.tensor([1.0, 0.0]),
            "tensor([1., nan]), expected tensor([1., 0.])",
        ),
        (torch.tensor(INF), torch.tensor(-INF), "tensor(inf), expected tensor(-inf)"),
        (torch.tensor([3]), torch.tensor([4]), "tensor([3]), expected tensor([4])"),
        (
            torch.ones(1, requires_grad=True),
            torch.zeros(1),
            "tensor([1.]), expected tensor([0.])",
        ),
        (torch.arange(9.0), torch.arange(9.0) + 0.5, "0 instead of 0.5 at [0]"),
        (
            torch.eye(3),
            torch.eye(3).index_fill(0, torch.tensor(2), 0.125),
            "0 instead of 0.125 at [2, 0]",
        ),
        (
            torch.full((7,), 123_456_789),
            torch.full((7,), 1),
            "123456789 instead of 1 at [0]",
        ),
        (
            torch.tensor(1.1, dtype=torch.float64),
            torch.tensor(1.1000001, dtype=torch.float64),
            "1.1 instead of 1.1000001",
        ),
        (torch.tensor(2.0), 2.0, "tensor(2.), expected a number of Python: see item()"),
        (True, 1, "True, expected a number"),
        ("1", 1, "'1', expected a number"),
        (2, 3.0, "2, expected 3.0"),
        (0.0, NAN, "0.0, expected nan"),
        (NAN, 0, "nan, expected 0"),
        (INF, 1.0, "inf, expected 1.0"),
        (1, True, "1, expected True"),
        (torch.tensor(True), True, "tensor(True), expected True"),
        (0, None, "0, expected None"),
        ("a", "b", "'a', expected 'b'"),
        (torch.ones(2), [1.0, 1.0], "tensor([1., 1.]), expected a list of 2 values"),
        (3, (1, 2), "3, expected a tuple of 2 values"),
        ("ab", ["a", "b"], "'ab', expected a list of 2 values"),
        ([1, 2], (1,), "2 values, expected 1"),
        ([1, [2, 3]], [1, [2, 4]], "at position 1 at position 1 3, expected 4"),
        ([("a", 1)], {"a": 1}, "[('a', 1)], expected a dictionary"),
        ({"a": 1}, {"b": 1}, "the keys ['a'], expected ['b']"),
        ({"a": 1}, {"a": 1, "b": 1}, "the keys ['a'], expected ['a', 'b']"),
        ({"a": 1}, {"a": 2}, "for the key 'a' 1, expected 2"),
        ([1], {1}, "[1], expected {1}"),
        ({2}, {1}, "{2}, expected {1}"),
        (iter([]), {1}, "a list_iterator, expected {1}"),
    ],
)
def test_a_difference_is_told_in_words(got, expected, told):
    assert difference(got, expected) == told


def test_models_and_optimizers_are_compared_by_their_state():
    one, other = nn.Linear(2, 1), nn.Linear(2, 1)
    assert difference(one, other).startswith("for the key 'weight' tensor([[")
    other.load_state_dict(one.state_dict())
    assert difference(one, other) == ""
    slow, fast = (torch.optim.SGD(one.parameters(), lr=lr) for lr in (0.1, 0.2))
    assert difference(slow, fast).endswith("for the key 'lr' 0.1, expected 0.2")
    assert difference(slow, torch.optim.SGD(one.parameters(), lr=0.1)) == ""
    assert difference(one, nn.Bilinear(1, 2, 1)).startswith("Linear(in_features=2")


def test_what_breaks_when_it_is_compared_is_told_and_does_not_break_the_check():
    class Half:
        def __eq__(self, other):
            raise NotImplementedError

        def __repr__(self):
            raise AttributeError

    assert difference(Half(), Half()) == "a Half, and comparing it raised NotImplementedError"
    assert difference(Half(), 1) == "a Half, expected a number"
    assert difference(10**400, 1.0) == "a int, and comparing it raised OverflowError"


# shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (torch.arange(6), "tensor([0, 1, 2, 3, 4, 5])"),
        (torch.arange(7), "a tensor of shape (7,)"),
        (torch.ones(2, 2), "tensor([[1., 1.], [1., 1.]])"),
        (torch.ones(1, requires_grad=True), "tensor([1.])"),
        ("a" * 118, repr("a" * 118)),
        ("a" * 119, "a str"),
        (object(), "a object"),
        (lambda: 1, "a function"),
        (difference, "the function difference"),
        (torch.square, "the function square"),
        ((n for n in ()), "a generator"),
        (3, "3"),
    ],
)
def test_a_value_is_shown_as_written_or_by_its_kind(value, text):
    assert shown(value) == text
