import pytest
import torch

from course.networks.images import images

X = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)


def test_it_equals_an_independent_reference():
    # torch, a closed form, central differences or scikit-learn: never the same formula again
    expected = X
    torch.testing.assert_close(images(X), expected)


def test_what_cannot_be_meant_is_refused_with_what_was_expected_and_what_came():
    with pytest.raises(ValueError, match="expected"):
        images(X[:0])
