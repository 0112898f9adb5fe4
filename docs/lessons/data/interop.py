# ---
# title: NumPy and pandas
# description: >-
#   When an array and a tensor are the same memory and when they are not, and what becomes of the type
#   on the way.
# needs: >-
#   [vectors](../tensors/vectors.py), and a little of NumPy: what `np.array` makes
# ---

# %% [markdown]
r"""
**The question.** Most data reach you as an array of NumPy. You make a tensor of them, change the tensor,
and your original data have changed too. Or they have not. Which of the two, and how do you know?
"""

# %% [markdown]
r"""
## The idea

An array is what a tensor is: a block of memory, a type, a shape<!-- term -->. So to make one from the other,
nothing has to be copied. It is enough to hand over the address. That takes no time and no memory,
whatever the size, and it has a price: there are now two names for the same numbers, and **writing under
one name changes what the other one shows**. Some calls of torch share in this way, others copy.

## The smallest case

Three temperatures, and two tensors made of them.
"""

# %%
import numpy as np
import pandas as pd
import torch

from course import plotting
from course.data.interop import from_array, from_frame, shares_memory

array = np.array([11.0, 9.5, 14.0])
same = torch.from_numpy(array)
copy = torch.tensor(array)

array[0] = 99.0  # write to the array,
same[1] = -1.0  # write to a tensor,
print(f"{array = }")  # and look at all three
print(f"{same = }")
print(f"{copy = }")

# %% [markdown]
r"""
Both changes arrived on the other side, and none in the copy. [`sharing`][course.plotting.drawings.sharing.sharing]
draws why. On top is the memory; below it each name fills the cells that it reads, numbered in the order
in which it reads them.
"""

# %% alt="A strip of memory in two blocks of three cells with the numbers 99, −1 and 14, and 11, 9.5 and 14. Below the first block, array and same fill all three cells, numbered 0, 1, 2; array[::2] fills the outer two, numbered 0 and 1; array[::-1] fills all three, numbered 2, 1, 0. Only copy is below the second block, numbered 0, 1, 2." lead="Who shares memory with whom: of all these names, only `copy` has a block of its own."
plotting.sharing(
    {
        "array": array,
        "same": same,
        "array[::2]": array[::2],
        "array[::-1]": array[::-1],
        "copy": copy,
    }
)

# %% [markdown]
r"""
Slices of an array read its memory as well: `array[::2]` takes every other cell, `array[::-1]` goes
backwards. You need not draw this each time: [`shares_memory`][course.data.interop.shares_memory] asks
NumPy whether two of them have a cell in common.

::: course.data.interop.shares_memory

## Share or copy?

First from NumPy to torch. Guess each line before you read its end.
"""

# %%
ways = {
    "torch.from_numpy(array)": torch.from_numpy(array),
    "torch.as_tensor(array)": torch.as_tensor(array),
    "torch.tensor(array)": torch.tensor(array),
    "torch.from_numpy(array).double()": torch.from_numpy(array).double(),
    "torch.from_numpy(array).float()": torch.from_numpy(array).float(),
    "torch.from_numpy(array[::2])": torch.from_numpy(array[::2]),
    "torch.from_numpy(array[[0, 2]])": torch.from_numpy(array[[0, 2]]),
}
for way, result in ways.items():
    print(f"{way:34} {'shares' if shares_memory(array, result) else 'copies'}")

# %% [markdown]
r"""
And back. A tensor that [requires a gradient](../autograd/derivatives.py#what-pytorch-keeps) gives an
array only after `detach()`.
"""

# %%
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
ways_back = {
    "x.detach().numpy()": x.detach().numpy(),
    "np.asarray(x.detach())": np.asarray(x.detach()),
    "x.detach().numpy().copy()": x.detach().numpy().copy(),
}
for way, result in ways_back.items():
    print(f"{way:34} {'shares' if shares_memory(x, result) else 'copies'}")

# %% [markdown]
r"""
Three rules cover the lists:

- `torch.tensor`, `clone` and NumPy's `copy` always copy.
- What converts, copies **only if there is something to convert**. The array is `float64`: `double()`
  asks for that type and hands the same tensor through, `float()` asks for `float32` and copies. So
  `as_tensor`, `asarray` and `to` may do either.
- A slice is a [view](../tensors/matrices.py#taking-a-part), in NumPy as in torch, and shares; an index
  list copies.
"""

# %% [markdown]
r"""
## What goes wrong: the data that standardised themselves

You write a function that brings a vector to mean 0 and standard deviation 1, in place, to save memory.
"""


# %% symptom="The data change although nobody assigns to them" cause="A tensor from `from_numpy` shares the memory of the array, and something writes to it in place."
def standardise(x):
    x -= x.mean()
    x /= x.std()
    return x


measured = np.array([11.0, 9.5, 14.0, 19.5, 17.0, 12.5])
ready = standardise(torch.from_numpy(measured))

# %% tags=["hide-input"]
from course.practice import Choice, Question

mean = measured.mean()
untouched = np.array([11.0, 9.5, 14.0, 19.5, 17.0, 12.5])
Question(
    f"Before that, `measured.mean()` was {untouched.mean():.2f}. And now?",
    Choice(
        f"Still {untouched.mean():.2f}",
        bool(np.isclose(mean, untouched.mean())),
        "It would be, had the function worked on a copy. `from_numpy` shares, and `-=` writes.",
    ),
    Choice(
        "0, but for rounding",
        bool(np.isclose(mean, 0)),
        "The function wrote through the tensor into the array. The temperatures are gone.",
    ),
    Choice(
        "An error: the array is locked while a tensor uses it",
        not measured.flags.writeable,
        "Nobody keeps count of who uses the memory for what. Both may write.",
    ),
)

# %% [markdown]
r"""
No error, and the result in `ready` is right. But whoever draws `measured` later, in degrees, draws
something else. **The symptom**: data that change although nobody assigns to them, or that differ when a
cell of a notebook runs again. **The repair** is either not to write, `x = x - x.mean()`, or to own what
you write to, `torch.tensor(measured)`.
"""

# %% tags=["claim", "always"]
assert shares_memory(measured, ready), "the result is the array"
assert abs(measured.mean()) < 1e-9, "the array's mean is now 0"
untouched = np.array([11.0, 9.5, 14.0, 19.5, 17.0, 12.5])
assert not shares_memory(untouched, standardise(torch.tensor(untouched))), (
    "`torch.tensor` protects the array"
)
assert [shares_memory(array, result) for result in ways.values()] == (
    [True, True, False, True, False, True, False]
), "from NumPy to torch, the list above is right"
assert [shares_memory(x, result) for result in ways_back.values()] == [True, True, False], (
    "and from torch to NumPy"
)

# %% [markdown]
r"""
## The type: `float64` meets `float32`

The same numbers have another type when they come from an array: NumPy computes in `float64`, torch in
`float32`. Here three weights<!-- term --> of torch meet a table of NumPy.
"""

# %% tags=["raises-exception"] cause="Arrays of NumPy are `float64`, tensors of torch `float32`: cast the data with `float()`."
table = np.arange(6.0).reshape(2, 3)
weights = torch.ones(3)
print(torch.from_numpy(table).dtype, weights.dtype)

torch.from_numpy(table) @ weights

# %% [markdown]
r"""
“Double” is `float64`, “Float” is `float32`. A matrix product wants one type on both sides, and so does
a model. **The repair** is to cast the data once, where they come in.
"""

# %%
print(torch.from_numpy(table).float() @ weights)

# %% [markdown]
r"""
Element by element there is no error, and that is the trap: of two floating-point types the larger wins, and from there on
everything takes twice the memory. A number of Python does not count.
"""

# %%
single = torch.tensor([0.1, 0.2])
print(f"{(single * torch.from_numpy(np.array([2.0, 2.0]))).dtype = }")
print(f"{(single * 2.0).dtype = }")

# %% [markdown]
r"""
## Going deeper: what the cast loses

`float32` keeps 24 binary digits of a number, about seven decimal ones;
`float64` keeps 53, nearly sixteen. With so many digits and no more, the distance from one number to the
next grows with the number.
"""

# %% alt="Two rising parallel lines over powers of two, on a log scale, and a horizontal one at 1. The distance from a float32 to the next one passes 1 at the power 23. That for float64, far below, passes 1 at the power 52."
numbers = 2.0 ** torch.arange(1, 61)


def gap(dtype):
    x = numbers.to(dtype)
    return torch.nextafter(x, torch.full_like(x, torch.inf)) - x


gaps = {"float32": gap(torch.float32), "float64": gap(torch.float64)}
plotting.curves(
    {**gaps, "1": torch.ones(60)},
    xlabel="number, as a power of 2",
    ylabel="distance to the next",
    log=True,
)

# %% [markdown]
r"""
Where a line is above 1, some whole numbers are skipped. For `float32` that begins at
$2^{24}$ = {{ 2**24:,}}.
"""

# %%
customers = np.array([16_777_216, 16_777_217])
price = np.array([0.1, 1e39])
print(f"{torch.from_numpy(customers).float().tolist() = }")
print(f"{torch.from_numpy(price).float().tolist() = }")

# %% [markdown]
r"""
Two customers have become one, `0.1` has moved a little, and what is too large is infinite. For
measurements the rounding is harmless: no thermometer has seven digits. Numbers that are *names*, such as
those of customers, should stay whole numbers, and out of a model.
"""

# %% tags=["claim", "always"]
ids = torch.from_numpy(customers)
assert ids[0] != ids[1], "as whole numbers the two customers differ"
assert ids.float()[0] == ids.float()[1], "as `float32` they are equal"
assert all(
    gaps[name][k - 1] == 2.0 ** (k - digits + 1)
    for name, digits in (("float32", 24), ("float64", 53))
    for k in range(1, 61)
), "from 2ᵏ to the next number it is 2 to the k − 23 in `float32`, and to the k − 52 in `float64`"

# %% [markdown]
r"""
## Going deeper: arrays that torch cannot share

A tensor's strides cannot be negative, so an array that runs backwards stops it.
"""

# %% tags=["raises-exception"] cause="The array runs backwards, and a tensor cannot: copy it first, `array.copy()`."
torch.from_numpy(array[::-1])

# %% [markdown]
r"""
Worse is an array that is locked. pandas hands out such arrays since version 3, because they are the
table's own memory. Torch knows no locked tensors: it warns, once, and goes on.
"""

# %% tags=["warns"] cause="The array is read-only, as arrays out of pandas are: copy it with `torch.tensor(array)`."
locked = np.array([1.0, 2.0, 3.0])
locked.flags.writeable = False
key = torch.from_numpy(locked)

# %%
key[0] = 99.0
print(f"{locked = }")

# %% [markdown]
r"""
The lock did not hold. [`from_array`][course.data.interop.from_array] shares where that is safe, and
copies where it is not.

::: course.data.interop.from_array
"""

# %%
print(f"{from_array(array[::-1]) = }")
print(f"{shares_memory(locked, from_array(locked)) = }")
print(f"{shares_memory(array, from_array(array)) = }")

# %% [markdown]
r"""
## Going deeper: a table of pandas

In a DataFrame each column has its own type; a tensor has one. `to_numpy()` takes the one that holds
everything.
"""

# %%
people = pd.DataFrame(
    {
        "age": [31, 48, 27],
        "height": [1.62, None, 1.75],
        "smokes": [False, True, False],
        "city": ["Bonn", "Lyon", "Pisa"],
    },
    index=["ann", "bob", "cai"],
)
print(f"{people[['age', 'height']].to_numpy().dtype = }")
print(f"{people[['age', 'smokes']].to_numpy().dtype = }")
print(f"{people.to_numpy().dtype = }")

heights = torch.tensor(people["height"].to_numpy())
print(f"{heights.mean() = }")

# %% [markdown]
r"""
Two traps. Columns without a type in common make **objects** of the whole table: truth values beside
whole numbers are enough. Torch makes no tensor of objects, and does not say which column it was. And
the missing height is a *NaN*, “not a number”, which takes part in every sum: the mean is `nan`, so would
be the loss, and after one step the weights. pandas itself skips it, so you may not have seen it.

[`from_frame`][course.data.interop.from_frame] stops at either, and says where.

::: course.data.interop.from_frame
"""

# %% tags=["raises-exception"] cause="A value is missing in the table: fill it, or leave the row out."
from_frame(people)

# %% [markdown]
r"""
What stands for a gap is your decision: leave the row out, or fill it, with the column's mean for example
(that of the training rows alone, once there are others). Then it is the text's turn.
"""

# %% cause="A column holds text, and a tensor holds numbers."
filled = people.fillna({"height": people["height"].mean()})
try:
    from_frame(filled)
except TypeError as error:
    print(f"TypeError: {error}")

# %% [markdown]
r"""
Text becomes numbers by a rule that you choose, or stays out. Truth values are 0 and 1.
"""

# %%
filled = filled.drop(columns="city")
x = from_frame(filled)
print(x)
print(f"{x.dtype = }")

# %% tags=["claim", "always"]
assert heights.mean().isnan(), "one gap makes the mean NaN"
assert not np.isnan(people["height"].mean()), "pandas leaves gaps out"
assert people.to_numpy().dtype == object, "one column of text makes objects of the whole table"
assert np.allclose(x.numpy(), filled.to_numpy(dtype="float32")), (
    "a frame without text and gaps becomes the tensor that NumPy would make, as `float32`"
)

# %% tags=["hide-input"]
whole = pd.Series([3, 1, 2])
gap = whole.where(whole != 1)
Question(
    "A column of whole numbers is `int64`. You remove one value, so that there is a gap. What is the "
    "column's type then?",
    Choice(
        "`int64`: the others are still whole",
        gap.dtype == np.int64,
        "`int64` has no number that could stand for a gap.",
    ),
    Choice(
        "`float64`",
        gap.dtype == np.float64,
        "NaN is a floating-point number, so all must be: a table that was read from a file has "
        "`float64` where you expect counts, and that is a sign of gaps.",
    ),
    Choice(
        "`object`, with `None` in the gap",
        gap.dtype == object,
        "That is what becomes of text. For numbers pandas uses NaN.",
    ),
)

# %% [markdown]
r"""
## Practice

Copy the code into a notebook or a Python shell and fill it in; `check` says what is missing. Before the
first, see which [arrays torch cannot share](#going-deeper-arrays-that-torch-cannot-share), before the last,
[what the cast loses](#going-deeper-what-the-cast-loses).
"""

# %% tags=["hide-input"]
from course.data.exercises import interop as exercises

exercises.own_memory

# %% tags=["hide-input"]
exercises.out_of_torch

# %% tags=["hide-input"]
exercises.lost_numbers

# %% tags=["fold"]
from course.data.exercises import interop as exercises

first = torch.arange(2**24 - 1000, 2**24)
then = torch.arange(2**24, 2**24 + 1000)
share_first, share_then = (
    exercises.changed_by_float32(ids).double().mean().item() for ids in (first, then)
)
assert share_first == 0
assert share_then == 0.5

# %% [markdown]
r"""
??? success "What you find"
    Of the last thousand whole numbers below $2^{24}$, `float32` changes {{ share_first:.0%}}; of the
    thousand from there on, {{ share_then:.0%}}: every other one. As a cast needs no permission, nothing
    says so.
"""

# %% [markdown]
r"""
## What to remember

- `from_numpy`, `numpy()` and `detach()` share memory, in both directions; `torch.tensor`, `clone`
  and `copy` do not. What converts, copies only if it has to.
- Do not write to what you share: `x = x - 1`, not `x -= 1`.
- NumPy's `float64` becomes `float32` once, where the data come in, by your decision.

Reference: [`shares_memory`][course.data.interop.shares_memory],
[`from_array`][course.data.interop.from_array],
[`from_frame`][course.data.interop.from_frame], [`sharing`][course.plotting.drawings.sharing.sharing],
[`curves`][course.plotting.drawings.curves.curves]. The test that proves the first three is
`tests/data/test_interop.py`. Next: [linear regression](../linear/index.md), or back to the
[theme](index.md) and its key takeaway.
"""
