"""Exercises of the lesson `networks/images`: write it, and `check` tells what is missing."""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor

from course.practice import Exercise


def small(x: Tensor) -> Tensor:
    """Return what the exercise asks for, shape `(n,)`.

    Args:
        x: Shape `(n,)`.
    """
    raise NotImplementedError("course/networks/exercises/images.py: write the solution")


def large(x: Tensor) -> Tensor:
    """Return what the second exercise asks for, shape `(n,)`.

    Args:
        x: Shape `(n,)`.
    """
    raise NotImplementedError("course/networks/exercises/images.py: write the second solution")


def _by_other_means(x: Tensor) -> Tensor:
    return x


def _inputs(generator: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([1.0]),)  # the smallest, and what is special
    yield (torch.randn(5, generator=generator, dtype=torch.float64),)


images_small = Exercise(
    name="networks/images_small",
    title="A few words",
    mark=1,
    prompt="""
Write `small(x)`: what it returns, and why one wants it.
""",
    solution=small,
    reference=_by_other_means,
    cases=_inputs,
    example="print(small(torch.tensor([1.0, 2.0])))",
    hints=("The first step.",),
    # A typical one is an edit of the solution: Mistake("x + 1", "x - 1", says="What helps.")
    mistakes=(),
)

images_large = Exercise(
    name="networks/images_large",
    title="A few other words",
    mark=1,
    prompt="""
Write `large(x)`: at least one exercise asks for understanding, and for no formula that it contains.
""",
    solution=large,
    reference=_by_other_means,
    cases=_inputs,
    example="print(large(torch.tensor([1.0, 2.0])))",
    hints=("The first step.",),
    mistakes=(),
)
