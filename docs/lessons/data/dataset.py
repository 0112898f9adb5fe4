# ---
# title: A simple dataset
# description: >-
#   What PyTorch asks of a dataset, transforms that change an example on its way out, and why their
#   order matters.
# needs: >-
#   [vectors](../tensors/vectors.py), and a Python class that you wrote yourself once
# ---

# %% [markdown]
r"""
**The question.** Your data are a table, a folder of files or a formula. What is the least that you
have to write so that PyTorch reads examples from them? And where do you convert values on the way, in
which order?

## The idea

A dataset answers two questions: how many examples are there, and what is example number `i`? In
Python, `len(dataset)` asks the first one, and calls the method `__len__`. `dataset[i]` asks the second
one, and calls `__getitem__`. Two methods, then, and where the examples come from is your business.

## The smallest case, by hand

A dataset that holds nothing at all, and computes its four examples from a formula:
"""

# %%
import torch
from torch.utils.data import DataLoader


class Squares:
    def __len__(self):
        return 4

    def __getitem__(self, index):
        return torch.tensor(float(index**2))


squares = Squares()
print(f"{len(squares) = }")
print(f"{squares[3] = }")

for batch in DataLoader(squares, batch_size=3):
    print("batch:", batch)

# %% [markdown]
r"""
`DataLoader` is what PyTorch reads examples with. It asks for the length, decides which numbers go into
which batch, asks for these examples one by one, and stacks them. By hand:
"""

# %%
by_hand = [torch.stack([squares[i] for i in numbers]) for numbers in ([0, 1, 2], [3])]
print(by_hand)

# %% tags=["claim", "always"]
batches = DataLoader(squares, batch_size=3)
assert [batch.tolist() for batch in batches] == [batch.tolist() for batch in by_hand], (
    "the loader's batches are the examples, asked for by number and stacked"
)

# %% [markdown]
r"""
`Squares` does not even inherit from `torch.utils.data.Dataset`. You will mostly do so all the same: it
tells readers and type checkers what they hold. But the two methods are what counts, and there is more
to `__getitem__` than it seems.
"""

# %% tags=["hide-input"]
from itertools import islice

from course.practice import Choice, Question

many = len(list(islice(squares, 1000)))
asked_for_last = squares[-1].item()
Question(
    "How often does `for value in squares:` go round?",
    Choice(
        "4 times",
        many == len(squares),
        "That is what `len` says, and a loop does not ask for it. After the fourth example it asks "
        f"for `squares[4]`, and gets {squares[4].item():.0f}.",
    ),
    Choice(
        "Not once: it stops with an error, because a loop needs `__iter__`",
        many == 0,
        "With `__getitem__` alone, Python loops by position: it asks for 0, 1, 2 and so on.",
    ),
    Choice(
        "It never ends",
        many == 1000,
        "Without `__iter__`, Python asks for 0, 1, 2 and so on, until an `IndexError` tells it to "
        "stop. A formula never raises one.",
    ),
)

# %% [markdown]
r"""
## Where it ends, and from where one counts

A loop ends when `__getitem__` raises `IndexError`. `len` plays no part in it: it is what a
`DataLoader` goes by. A dataset without that error is read correctly by the loader, and hangs the first
loop that somebody writes to look at it (`islice` stops this one after seven). It also accepts numbers
that make no sense:
"""

# %%
from itertools import islice

print([value.item() for value in islice(squares, 7)], "and so on")
print(f"{squares[-1] = }")

# %% [markdown]
r"""
Of a list, `[-1]` is the last element. Here it is {{ squares[-1].item():.0f }}, and the last one of four
would be {{ squares[3].item():.0f }}. A list and a tensor do both things for you, and a formula, a table
of file names or a database do not. So check the number, once, in `__getitem__`:

::: course.data.dataset.Pairs

[`Pairs`][course.data.dataset.Pairs] holds what most examples consist of, an input and a target. Six
days, with the temperature in degrees Fahrenheit, the rain in inches, and how many bicycles were
rented:
"""

# %%
from course.data.dataset import Pairs

x = torch.tensor([[50, 0.1], [59, 0], [68, 0.4], [77, 0], [41, 0.25], [32, 0]])
rented = torch.tensor([210, 340, 180, 520, 110, 140])
days = Pairs(x, rented)

print(f"{len(days) = }")
print(f"{days[0] = }")
print(f"{days[-1] = }")

# %% tags=["raises-exception"] cause="Rows are counted from 0, so the last of six is number 5."
days[6]

# %% [markdown]
r"""
That error is a courtesy to whoever miscounts, and it is what ends a loop: the pairs below come from one
that stops by itself.
"""

# %%
for weather, bicycles in days:
    print(weather, bicycles)

# %% tags=["claim", "always"]
rounds = len(list(islice(squares, 1000)))
assert rounds == 1000, "a loop over `squares` has not ended after 1000 rounds"
assert squares[-1] != squares[3], "its `[-1]` is not its last example"
assert len(list(days)) == len(days), "a loop over `days` ends after as many rounds as `len` says"
assert all(map(torch.equal, days[-1], days[5])), "its `[-1]` is its last example"

# %% [markdown]
r"""
## Transforms

A model that was built for degrees Celsius needs other numbers. You could convert the table. Or you
convert each example on its way out and leave the table alone: that is a *transform*. It takes a tensor
and returns a new one, so a function would do. But most transforms have something to remember, a number
to add or a mean, and so they are classes whose objects can be called. What stands in parentheses after
an object goes to its method `__call__`.

::: course.data.dataset.Add

[`Multiply`][course.data.dataset.Multiply] is the same with `*`. Both keep the type of the input, and
refuse a value that would change its shape<!-- term -->; `_like` sees to that. Converting takes two steps, subtract 32 and multiply by 5/9,
and [`Compose`][course.data.dataset.Compose] makes one transform of them:

::: course.data.dataset.Compose
"""

# %%
from course.data.dataset import Add, Compose, Multiply

celsius = Compose([Add(-32), Multiply(5 / 9)])
print(f"{celsius(torch.tensor([32.0, 212.0])) = }")

metric = Compose([Add(torch.tensor([-32, 0])), Multiply(torch.tensor([5 / 9, 25.4]))])
days = Pairs(x, rented, transform=metric)
for weather, bicycles in days:
    print(weather, bicycles)

# %% [markdown]
r"""
`metric` has one number per column: the rain leaves the first step as it came, and becomes millimetres
in the second. The targets pass untouched, and `x` holds what it held before.

## One after another, in the order that is written

Notes sometimes say that `Compose` applies its transforms *concurrently*. Then their order would not
matter. Exchange the two:
"""

# %%
exchanged = Compose([Multiply(5 / 9), Add(-32)])
fahrenheit = torch.linspace(-60, 230, 30)

# %% tags=["hide-input"]
gap = exchanged(fahrenheit) - celsius(fahrenheit)
same_everywhere = torch.allclose(gap, gap[0].expand(30), atol=1e-3)
Question(
    "By how much does `exchanged` miss the right temperature?",
    Choice(
        "By nothing: both steps are done",
        bool(gap.abs().max() < 1e-3),
        f"Of 212 °F it makes {exchanged(torch.tensor([212.0])).item():.0f} °C, and water boils "
        "at 100.",
    ),
    Choice(
        "By the same number of degrees everywhere",
        same_everywhere and bool(gap.abs().max() > 1e-3),
        "Subtracted first, the 32 is multiplied by 5/9 as well; subtracted last, it is not. So "
        f"every temperature comes out {gap[0].abs().item():.1f} degrees too low.",
    ),
    Choice(
        "By more, the hotter it is",
        bool(gap[-1].abs() > gap[0].abs() + 1e-3),
        "That would be another factor, and both orders multiply by 5/9 exactly once.",
    ),
)

# %% alt="Degrees Celsius against degrees Fahrenheit. Four known temperatures lie on the line of add, then multiply: minus 40, where both scales meet, freezing, the human body, and boiling. The line of multiply, then add is parallel to it and lies lower by the same distance everywhere." lead="Two steps convert a temperature. In one order they meet the temperatures that we know, in the other they miss all of them."
from course import plotting

known = torch.tensor([-40, 32, 98.6, 212]), torch.tensor([-40.0, 0, 37, 100])
lines = {
    "add, then multiply": (fahrenheit, celsius(fahrenheit)),
    "multiply, then add": (fahrenheit, exchanged(fahrenheit)),
}
plotting.fits(*known, lines, xlabel="temperature in °F", ylabel="temperature in °C")

# %% tags=["claim", "always"]
assert torch.allclose(celsius(known[0]), known[1], atol=1e-4), (
    "first add, then multiply: four known temperatures come out right"
)
assert torch.equal(x[0], torch.tensor([50, 0.1])), "the table is what it was"
gap = exchanged(fahrenheit) - celsius(fahrenheit)
assert torch.allclose(gap, torch.tensor(32 * 5 / 9 - 32).expand(30), atol=1e-3), (
    "exchanged, every temperature is off by the same, 32 · 5/9 − 32 degrees"
)
seen = []
Compose([lambda x: seen.append(x.item()) or x + 1] * 3)(torch.tensor(5.0))
assert seen == [5, 6, 7], "each transform gets what the one before it gave"

# %% [markdown]
r"""
The second transform works on the result of the first, the third on that of the second. Nothing is
concurrent about it: `Compose([f, g])(x)` is `g(f(x))`. What comes first in the list is written last in
mathematics.

The most frequent pair of steps has a class of its own,
[`Standardise`][course.data.dataset.Standardise]: subtract the mean, divide by the standard
deviation. So columns in different units become numbers of like size: in the rows from which you computed
the two, each column then has mean 0 and deviation 1.

Compute both from the rows that you train on, because the others stand for days that you do not know
yet. Say you train on the first four days:
"""

# %%
from course.data.dataset import Standardise

mean, std = x[:4].mean(dim=0), x[:4].std(dim=0)
standardised = Pairs(x, rented, transform=Standardise(mean, std))
rows = torch.stack([weather for weather, _ in standardised])
print(rows.round(decimals=2))

# %% tags=["claim", "always"]
in_two_steps = Compose([Add(-mean), Multiply(1 / std)])
the_wrong_way = Compose([Multiply(1 / std), Add(-mean)])
assert torch.allclose(rows[:4].mean(dim=0), torch.zeros(2), atol=1e-5), "the means are 0"
assert torch.allclose(rows[:4].std(dim=0), torch.ones(2)), "the standard deviations are 1"
assert torch.allclose(torch.stack([in_two_steps(row) for row in x]), rows, atol=1e-5), (
    "`Standardise` is `Compose([Add(-mean), Multiply(1 / std)])`"
)

# %% tags=["claim", "here"]
assert not torch.allclose(torch.stack([the_wrong_way(row) for row in x]), rows, atol=1), (
    "with the two exchanged, it is not"
)

# %% [markdown]
r"""
## The PyTorch way

PyTorch has both parts. `torch.utils.data.TensorDataset` holds rows of tensors, and
`torchvision.transforms.v2.Compose` takes whatever can be called, your own transforms among them.
"""

# %%
from torch.utils.data import TensorDataset
from torchvision.transforms import v2

table = TensorDataset(x, rented)
composed = v2.Compose(metric.transforms)

loader = DataLoader(days, batch_size=4)
for weather, bicycles in loader:
    print(weather.shape, bicycles.tolist())

# %% tags=["claim", "always"]
plain = Pairs(x, rented)
assert all(all(map(torch.equal, plain[i], table[i])) for i in range(-6, 6)), (
    "without a transform, `Pairs` gives what `TensorDataset` gives, also from the back"
)
assert all(torch.equal(composed(row), metric(row)) for row in x), (
    "`v2.Compose` gives what `Compose` gives"
)
weather = torch.cat([weather for weather, _ in loader])
assert torch.equal(weather, torch.stack([metric(row) for row in x])), (
    "a loader over `Pairs` reads transformed examples"
)

# %% [markdown]
r"""
## What goes wrong: a transform that writes

Training goes over all rows again and again; each time is an *epoch*. And `x[i]` is a view<!-- term -->: it shares
the memory of the table. So here is a transform that looks thrifty, and computes in place.
"""


# %% symptom="The first epoch is right, and from the second on the data are wrong" cause="A transform writes to what it is given, and that is a view of the table: it is to return a new tensor."
def to_celsius_in_place(row):
    row[0] -= 32
    row[0] *= 5 / 9
    return row


fragile = Pairs(x.clone(), rented, transform=to_celsius_in_place)
epochs = [torch.stack([weather for weather, _ in fragile])[:, 0] for _ in range(2)]

# %% tags=["hide-input"]
first, second = epochs
right = celsius(x[:, 0])
Question(
    "Two loops over `fragile`: which temperatures do they give?",
    Choice(
        "Both the right ones",
        torch.allclose(first, right, atol=1e-3) and torch.allclose(second, right, atol=1e-3),
        f"The first loop does. The second begins with {second[0].item():.1f} instead of "
        f"{right[0].item():.1f}.",
    ),
    Choice(
        "The first loop the right ones, the second others",
        torch.allclose(first, right, atol=1e-3) and not torch.allclose(second, right, atol=1e-3),
        "The first loop wrote its results into the table, and the second took them for Fahrenheit: "
        f"it begins with {second[0].item():.1f} instead of {right[0].item():.1f}.",
    ),
    Choice(
        "Both others, because `-=` changes nothing outside the function",
        not torch.allclose(first, right, atol=1e-3),
        "Of a tensor, `-=` writes into its memory, wherever that is shared.",
    ),
)

# %%
print("first epoch ", [round(value, 1) for value in epochs[0].tolist()])
print("second epoch", [round(value, 1) for value in epochs[1].tolist()])

# %% tags=["claim", "here"]
assert torch.allclose(epochs[0], celsius(x[:, 0]), atol=1e-3), "the first epoch is right"
assert (epochs[1] - epochs[0]).abs().min() > 10, (
    "in the second, every temperature is off by more than ten degrees"
)

# %% tags=["claim", "always"]
again = [torch.stack([weather for weather, _ in days]) for _ in range(2)]
assert torch.equal(*again), (
    "with transforms that return a new tensor and draw nothing at random, two epochs are the same"
)

# %% [markdown]
r"""
No error, no warning, and a first epoch that looks right. The repair is a rule: **a transform returns a
new tensor and leaves its input alone.** In torch, operations that write have a name with an underscore
at the end, such as `mul_`, or are written `-=`, `*=` or `row[0] = …`.

## Practice

Write each class from its description; `check` says ✓, or what is missing.
"""

# %% tags=["hide-input"]
from course.data.exercises import dataset as exercises

exercises.windows

# %% tags=["hide-input"]
exercises.clip

# %% tags=["hide-input"]
exercises.second_epoch

# %% [markdown]
r"""
## What to remember

- A dataset is `__len__` and `__getitem__`. A `DataLoader` goes by the first; a `for` loop ends when the
  second raises `IndexError`.
- A formula, a table of names or a database needs its own check for numbers that are out of range or
  negative.
- A transform is something that can be called: tensor in, new tensor out. It runs each time an example
  is asked for.
- `Compose` runs its transforms one after another. Exchange two of them, and you mostly get something else.

Reference: [`Pairs`][course.data.dataset.Pairs], [`Add`][course.data.dataset.Add],
[`Multiply`][course.data.dataset.Multiply], [`Standardise`][course.data.dataset.Standardise],
[`Compose`][course.data.dataset.Compose]. The test that proves them is `tests/data/test_dataset.py`.
Next: [images on disk](images.py), read when they are asked for.
"""
