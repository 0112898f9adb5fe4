import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier

from course.data.neighbours import nearest_labels


@given(n=st.integers(1, 60), m=st.integers(0, 40), d=st.integers(1, 5), seed=st.integers(0, 1000))
def test_the_answers_are_those_of_scikit_learn(n, m, d, seed):
    generator = torch.Generator().manual_seed(seed)
    known, queries = torch.randn(n + m, d, generator=generator, dtype=torch.float64).split([n, m])
    labels = torch.randint(0, 4, (n,), generator=generator)
    answers = nearest_labels(known, labels, queries)
    assert answers.shape == (m,)
    if m:
        reference = KNeighborsClassifier(1, algorithm="brute").fit(known.numpy(), labels.numpy())
        assert answers.tolist() == reference.predict(queries.numpy()).tolist()


def test_a_known_row_gets_its_own_label_far_from_the_origin_too():
    known = 10_000 + torch.rand(200, 8, generator=torch.Generator().manual_seed(0))
    assert torch.equal(nearest_labels(known, torch.arange(200), known), torch.arange(200))


def test_images_are_compared_pixel_by_pixel():
    known = torch.rand(30, 1, 4, 4, generator=torch.Generator().manual_seed(0))
    flat = nearest_labels(known[:20].flatten(1), torch.arange(20), known[20:].flatten(1))
    assert torch.equal(nearest_labels(known[:20], torch.arange(20), known[20:]), flat)


@pytest.mark.parametrize(
    ("one", "other"),
    [(torch.uint8, torch.uint8), (torch.float32, torch.float64), (torch.float32, torch.uint8)],
)
def test_types_that_differ_or_are_whole_numbers_are_refused(one, other, exactly):
    message = (
        f"known holds {one}, queries {other}: give both one floating-point type, "
        "for example known.float() and queries.float()"
    )
    with pytest.raises(TypeError, match=exactly(message)):
        nearest_labels(torch.ones(2, 3).to(one), torch.ones(2), torch.ones(4, 3).to(other))


@pytest.mark.parametrize(
    ("known", "labels", "queries"),
    [
        ((2, 3), (3,), (4, 3)),
        ((2, 3), (2, 1), (4, 3)),
        ((2, 3), (2,), (4, 2)),
        ((0, 3), (0,), (4, 3)),
    ],
)
def test_shapes_that_do_not_fit_are_refused(known, labels, queries, exactly):
    message = (
        f"known has shape {known}, labels {labels}, queries {queries}: "
        "give (n, ...), (n,) and (m, ...), n at least 1"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        nearest_labels(torch.ones(known), torch.ones(labels), torch.ones(queries))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("place", ["known", "queries"])
def test_a_value_without_a_distance_is_refused(value, place, exactly):
    rows = {"known": torch.ones(3, 2), "queries": torch.ones(3, 2)}
    rows[place][1, 0] = value
    message = "a value is NaN or infinite: fill the gaps, or leave these rows out"
    with pytest.raises(ValueError, match=exactly(message)):
        nearest_labels(rows["known"], torch.arange(3), rows["queries"])


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_numbers_are_rows_too_in_every_type(dtype):
    known, queries = torch.tensor([-300.0, 0.0, 300.0]), torch.tensor([260.0, -1.0, -200.0, 80.0])
    answers = nearest_labels(known.to(dtype), torch.tensor([5, 6, 7]), queries.to(dtype))
    assert answers.tolist() == [7, 6, 5, 6]
    assert nearest_labels(
        known.to(dtype), torch.tensor([5, 6, 7]), queries[:0].to(dtype)
    ).shape == (0,)


@pytest.mark.parametrize(
    ("dtype", "scale"),
    [
        (torch.float32, 1e30),
        (torch.float32, 1e-30),
        (torch.float32, 3e38),
        (torch.float32, 1e-44),
        (torch.float64, 1e200),
        (torch.float64, 1e-200),
        (torch.float64, 1e-320),
        (torch.float16, 60000.0),
        (torch.bfloat16, 1e38),
    ],
)
def test_the_unit_of_the_rows_does_not_matter(dtype, scale):
    known, queries = (
        torch.tensor([[-1.0, 0.0], [1.0, 1.0]]),
        torch.tensor([[1.0, 0.25], [-1.0, -1.0]]),
    )
    known, queries = ((each.double() * scale).to(dtype) for each in (known, queries))
    assert nearest_labels(known, torch.tensor([3, 4]), queries).tolist() == [4, 3]


def test_rows_of_zeros_have_a_neighbour():
    assert nearest_labels(torch.zeros(2, 3), torch.tensor([8, 9]), torch.zeros(1, 3)).tolist() == [
        8
    ]
