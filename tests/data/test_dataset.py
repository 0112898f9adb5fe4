import itertools
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler
from torch.utils.data import DataLoader, Subset, TensorDataset
from torchvision.transforms import v2

from course.data.dataset import Add, Compose, Multiply, Pairs, Standardise

FLOATS = [torch.float16, torch.float32, torch.float64]
NO_FLOATS = [torch.uint8, torch.int64, torch.bool, torch.complex64]


def exactly(message):
    return f"^{re.escape(message)}$"


def made_up(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return (10 * torch.randn(*shape, generator=generator, dtype=torch.float64)).to(dtype)


def equal(one, other):
    return len(one) == len(other) and all(map(torch.equal, one, other))


# Pairs


@pytest.mark.parametrize(
    ("inputs", "targets"), [((5,), (5,)), ((5, 3), (5,)), ((5, 1, 4, 4), (5, 2)), ((1, 3), (1,))]
)
def test_without_a_transform_it_is_the_dataset_of_torch(inputs, targets):
    x, y = made_up(*inputs), made_up(*targets, seed=1)
    pairs, reference = Pairs(x, y), TensorDataset(x, y)
    assert len(pairs) == len(reference) == inputs[0]
    for i in range(-len(x), len(x)):
        assert equal(pairs[i], reference[i])
    assert all(map(equal, list(pairs), list(reference))), "a loop goes over the same pairs"
    assert len(list(pairs)) == len(x)


@given(n=st.integers(1, 6), index=st.integers(-9, 9))
def test_an_index_means_what_it_means_in_a_list(n, index):
    pairs = Pairs(torch.arange(n), torch.arange(n))
    try:
        expected = list(range(n))[index]
    except IndexError:
        message = f"there is no example {index}: there are {n}, the first one is 0"
        with pytest.raises(IndexError, match=exactly(message)):
            pairs[index]
    else:
        assert pairs[index] == (expected, expected)


@pytest.mark.parametrize("index", [np.int64(1), torch.tensor(1), True])
def test_an_index_may_be_whatever_python_takes_for_an_integer(index):
    assert Pairs(torch.arange(3), torch.arange(3))[index] == (1, 1)


@pytest.mark.parametrize("index", [slice(1, 3), 1.0, "1", [0, 1], torch.tensor([0, 1]), None])
def test_an_index_that_is_no_integer_is_refused(index):
    with pytest.raises(TypeError, match=r"integer|index"):
        Pairs(torch.arange(3), torch.arange(3))[index]


def test_a_part_is_a_subset_as_the_docstring_says():
    x = made_up(6, 2)
    part = Subset(Pairs(x, torch.arange(6)), range(2, 5))
    assert torch.equal(torch.stack([pair[0] for pair in part]), x[2:5])


@pytest.mark.parametrize(
    ("inputs", "targets"),
    [
        ((3,), (2,)),
        ((2, 3), (3, 2)),
        ((), (1,)),
        ((1,), ()),
        ((), ()),
        ((0,), (0,)),
        ((0, 3), (0,)),
    ],
)
def test_rows_that_do_not_belong_together_are_refused(inputs, targets):
    message = f"x has shape {inputs}, y {targets}: give both n rows, n at least 1, one pair each"
    with pytest.raises(ValueError, match=exactly(message)):
        Pairs(torch.zeros(inputs), torch.zeros(targets))


def test_the_transform_changes_the_input_alone_each_time_it_is_asked_for():
    seen = []

    def note(x):
        seen.append(x.tolist())
        return x + len(seen)

    pairs = Pairs(torch.tensor([[1.0], [2.0]]), torch.tensor([5.0, 6.0]), transform=note)
    assert seen == []
    assert equal(pairs[1], (torch.tensor([3.0]), torch.tensor(6.0)))
    assert equal(pairs[1], (torch.tensor([4.0]), torch.tensor(6.0)))
    assert seen == [[2.0], [2.0]], "the example that is kept stays as it is"


def test_the_tensors_are_kept_and_not_copied():
    x, y = made_up(3, 2), torch.arange(3)
    pairs = Pairs(x, y)
    x[1] = 7.0
    assert pairs.x is x
    assert pairs.y is y
    assert pairs[1][0].tolist() == [7.0, 7.0]
    assert pairs[1][0].data_ptr() == x[1].data_ptr()


@pytest.mark.parametrize("workers", [0, 2])
def test_a_data_loader_stacks_the_examples_in_batches(workers):
    x, y = made_up(7, 2), torch.arange(7)
    loader = DataLoader(Pairs(x, y, Add(1.0)), batch_size=3, num_workers=workers)
    batches = list(loader)
    assert [len(targets) for _, targets in batches] == [3, 3, 1]
    assert torch.equal(torch.cat([inputs for inputs, _ in batches]), x + 1)
    assert torch.equal(torch.cat([targets for _, targets in batches]), y)


def test_rows_that_skip_elements_in_memory_are_as_good_as_any():
    x = made_up(4, 6)[:, ::2]
    assert not x.is_contiguous()
    pairs = Pairs(x, x.T[0], Multiply(2.0))
    assert torch.equal(torch.stack([pair[0] for pair in pairs]), 2 * x)


# Add, Multiply, Standardise

TWO = torch.tensor([2.0, 0.5])
MADE = {
    "Add": (lambda: Add(TWO), lambda x: x + np.array([2, 0.5])),
    "Multiply": (lambda: Multiply(TWO), lambda x: x * np.array([2, 0.5])),
    "Standardise": (lambda: Standardise(3.0, TWO), lambda x: (x - 3) / np.array([2, 0.5])),
}
each = pytest.mark.parametrize("name", MADE)


@each
@pytest.mark.parametrize("shape", [(2,), (3, 2), (4, 3, 2), (0, 2)])
@pytest.mark.parametrize("dtype", FLOATS)
def test_the_result_is_numpys_in_the_shape_and_type_of_the_input(name, shape, dtype):
    make, reference = MADE[name]
    x = made_up(*shape, dtype=dtype)
    before = x.clone()
    result = make()(x)
    assert (result.shape, result.dtype) == (x.shape, dtype)
    expected = torch.from_numpy(np.asarray(reference(x.double().numpy()))).to(dtype)
    torch.testing.assert_close(result, expected)
    assert torch.equal(x, before), "the input stays as it is"
    assert result.numel() == 0 or result.data_ptr() != x.data_ptr()


@pytest.mark.parametrize("number", [3, -0.5, torch.tensor(3), torch.tensor([3], dtype=torch.int8)])
def test_a_value_may_be_any_number_and_the_type_of_the_input_stays(number):
    x = made_up(4, dtype=torch.float16)
    assert torch.equal(Add(number)(x), x + float(number))
    assert torch.equal(Multiply(number)(x), x * float(number))
    assert torch.equal(Standardise(number, 2)(x), (x - float(number)) / 2)
    wide = torch.tensor(0.1, dtype=torch.float64).expand(4)
    assert Add(wide)(x).dtype == Multiply(wide)(x).dtype == torch.float16


def test_a_value_for_each_channel_of_an_image_fits():
    image, mean, std = made_up(3, 4, 5), made_up(3, seed=1), made_up(3, seed=2).abs()
    reference = v2.Normalize(mean.tolist(), std.tolist())(image)
    torch.testing.assert_close(
        Standardise(mean[:, None, None], std[:, None, None])(image), reference
    )


def test_standardised_columns_are_those_of_scikit_learn():
    x = made_up(20, 3) * torch.tensor([1.0, 100.0, 0.01])
    transform = Standardise(x.mean(dim=0), x.std(dim=0, correction=0))
    expected = StandardScaler().fit_transform(x.numpy())
    np.testing.assert_allclose(torch.stack([transform(row) for row in x]), expected)


@each
@pytest.mark.parametrize("dtype", NO_FLOATS)
def test_numbers_that_wrap_or_have_no_order_are_refused(name, dtype):
    message = f"the input holds {dtype}: give floating-point numbers, as x.float()"
    with pytest.raises(TypeError, match=exactly(message)):
        MADE[name][0]()(torch.ones(2, dtype=dtype))


@each
@pytest.mark.parametrize("shape", [(), (3,), (2, 1), (1,), (2, 3)])
def test_a_value_that_would_change_the_shape_is_refused(name, shape):
    message = (
        f"a value of shape (2,) does not fit an input of shape {shape}: "
        "give one number, or one for each place"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        MADE[name][0]()(torch.ones(shape))


@pytest.mark.parametrize(
    ("mean", "std"),
    [
        (0.0, 0.0),
        (0.0, -1.0),
        (0.0, torch.tensor([1.0, 0.0])),
        (torch.nan, 1.0),
        (torch.tensor([0.0, torch.inf]), 1.0),
        (0.0, torch.nan),
        (0.0, torch.inf),
    ],
)
def test_statistics_that_cannot_scale_are_refused(mean, std):
    means, stds = (torch.as_tensor(value).tolist() for value in (mean, std))
    message = (
        f"the mean is {means}, the deviation {stds}: "
        "give finite numbers, and leave out what never changes (deviation 0)"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        Standardise(mean, std)


@each
def test_nan_in_the_input_stays_where_it_is(name):
    result = MADE[name][0]()(torch.tensor([torch.nan, 1.0]))
    assert result.isnan().tolist() == [True, False]


@each
def test_derivatives_flow_through_a_leaf_that_stays_as_it_is(name):
    x = made_up(3, 2).requires_grad_()
    assert torch.autograd.gradcheck(MADE[name][0](), (x,))
    assert x.is_leaf


@each
def test_the_result_is_on_the_device_of_the_input(name):
    x = torch.ones(2, device="meta")  # any device but the default one
    assert MADE[name][0]()(x).device == x.device


# Compose


@given(
    steps=st.lists(st.tuples(st.sampled_from([Add, Multiply]), st.integers(-3, 3)), max_size=5),
    seed=st.integers(0, 99),
)
def test_transforms_run_one_after_another_as_torchvision_composes_them(steps, seed):
    transforms = [kind(value) for kind, value in steps]
    x = made_up(3, seed=seed)
    expected = v2.Compose(transforms)(x) if transforms else x
    assert torch.equal(Compose(transforms)(x), expected)


def test_every_order_is_the_one_that_is_written():
    steps = {"+": Add(3.0), "*": Multiply(2.0), "-": torch.neg}
    found = {
        "".join(order): Compose([steps[sign] for sign in order])(torch.tensor(1.0)).item()
        for order in itertools.permutations(steps)
    }
    assert found == {"+*-": -8, "+-*": -8, "*+-": -5, "*-+": 1, "-+*": 4, "-*+": 1}


def test_each_transform_gets_what_the_one_before_it_gave():
    seen = []

    def note(x):
        seen.append(x.item())
        return x + 1

    assert Compose(iter([note, note, note]))(torch.tensor(5.0)).item() == 8
    assert seen == [5, 6, 7]


def test_no_transform_gives_the_input_itself():
    x = made_up(2)
    assert Compose([])(x) is x


def test_what_is_composed_can_be_composed_and_used_again():
    inner = Compose(iter([Add(1.0), Multiply(2.0)]))
    outer = Compose([inner, inner])
    assert [outer(torch.tensor(0.0)).item() for _ in range(2)] == [6, 6]


def forgetful(x):
    x + 1


@pytest.mark.parametrize(
    ("transform", "name", "kind"),
    [
        (forgetful, "forgetful", "NoneType"),
        (Add, "Add", "Add"),
        (torch.Tensor.item, "item", "float"),
    ],
)
def test_a_transform_that_gives_no_tensor_is_named(transform, name, kind):
    composed = Compose([Add(0.0), transform])
    message = (
        f"transform 1, {name}, gives {kind}: let it return a tensor, "
        "and if it is a class, make an object of it"
    )
    with pytest.raises(TypeError, match=exactly(message)):
        composed(torch.tensor(1.0))


def test_an_object_is_named_by_its_class():
    class Silent:
        def __call__(self, x):
            return None

    with pytest.raises(TypeError, match=r"^transform 0, Silent, gives NoneType:"):
        Compose([Silent()])(torch.tensor(1.0))
