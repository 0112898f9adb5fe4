# ---
# title: What notes often say
# description: >-
#   Sentences that circulate in course notes, each put to the test: what happens, and what is true.
# needs: >-
#   [tensors](../tensors/index.md), [transforms](../data/dataset.py) of a data set, and what a
#   [batch](../training/measuring.py) is; for two of the sentences also [slope and
#   bias](../linear/slope_and_bias.py) and [which weights are free](../linear/identifiability.py)
# ---

# %% [markdown]
r"""
**The question.** Notes, answers in forums and courses are full of sentences with "always" and
"cannot". How do you find out whether to believe one?

## The idea

A sentence such as "tensors of int and of float cannot be added" speaks of *all* such tensors. To prove
it would take a reason that covers them all. To refute it takes one **counter-example**: a single case
of which it is not true. A program can look for that case, and this page is a collection of what it
found.

The two are not symmetric. A counter-example that you have seen is final. A thousand cases without one
prove nothing about the next, and the sentence about batch averages below hides behind that.

## The smallest case, by hand

"Tensors of int and of float cannot be added." Add two.
"""

# %%
import itertools

import torch
from IPython.display import Markdown

from course import plotting
from course.notes.claims import counterexample, last_batch, outcome

whole, half = torch.tensor([1, 2]), torch.tensor([0.5, 0.5])
print(whole + half)

# %% [markdown]
r"""
One line of Python, and the sentence is gone. What was behind it? The types differ, so torch first
converts both to a type that is to hold either, which is called *promotion*. Promotion has borders, and
whoever wrote the sentence may have met one. [`outcome`][course.notes.claims.outcome] runs a call and
says in one line what happens, error or not:
"""

# %% cause=["A sum of both types is a float, and a tensor of whole numbers cannot hold it in place: cast it with `float()`, also the targets of `nn.BCEWithLogitsLoss`.", "A product of matrices or vectors converts nothing: cast one of the two."]
print("whole + half   ", outcome(torch.add, whole, half))
print("half += whole  ", outcome(half.clone().add_, whole))
print("whole += half  ", outcome(whole.clone().add_, half))
print("whole @ half   ", outcome(torch.matmul, whole, half))

# %% [markdown]
r"""
**What is true:** sums and products of elements promote. `+=` writes into the tensor on its left and
cannot change its type. A matrix product wants one type on both sides.

## A search for counter-examples

One case by hand is enough when you have an idea where to look. When you have none, let the program try
many: [`counterexample`][course.notes.claims.counterexample] takes the sentence as a function that says
of one case whether it is true.

::: course.notes.claims.counterexample

Is the opposite true, that tensors of *any* two types can be added? Take the types that you will meet,
in all pairs. And a bolder one: is the type of the sum always that of one of its parts?
"""

# %%
types = [torch.bool, torch.uint8, torch.int32, torch.int64]
types += [torch.float16, torch.bfloat16, torch.float32, torch.float64]
ones = {dtype: torch.ones(1, dtype=dtype) for dtype in types}


def can_be_added(a, b):
    return "Error" not in outcome(torch.add, ones[a], ones[b])


def has_the_type_of_a_part(a, b):
    return (ones[a] + ones[b]).dtype in (a, b)


pairs = list(itertools.product(types, repeat=2))
print(counterexample(can_be_added, pairs))
print(counterexample(has_the_type_of_a_part, pairs))

# %% [markdown]
r"""
`None`: the first sentence holds for these {{ len(pairs) }} pairs, and that is all we know. The second
one falls, at a pair that few would have tried. All sums in one table:
"""


# %% tags=["fold"]
def short(dtype):
    return str(dtype).removeprefix("torch.")


rows = [[f"**{short(a)}**", *(short((ones[a] + ones[b]).dtype) for b in types)] for a in types]
head = ["+", *map(short, types)]
Markdown("\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows]))

# %% tags=["claim", "always"]
assert counterexample(can_be_added, pairs) is None, "any two of these types can be added"
assert counterexample(has_the_type_of_a_part, pairs) == (torch.float16, torch.bfloat16), (
    "float16 + bfloat16 has the type of neither"
)
assert all((ones[a] + ones[torch.float32]).dtype == torch.float32 for a in types[:-1]), (
    "of these types, what is added to float32 becomes float32, unless it is float64"
)

# %% [markdown]
r"""
## "A list must have one type"

The *tensor* has one type, and `torch.tensor` finds one for the list.
"""

# %% cause=["A tensor holds numbers, and a list with a text in it is none.", "The rows of the list have different lengths, so they make no table."]
for values in ([1, 2.5], [1, True], [1, 2.5, True], [1, "two"], [[1, 2], [3]]):
    print(f"{values!s:16}", outcome(torch.tensor, values))

number = 2**24 + 1
print(number, "becomes", torch.tensor([number, 0.5])[0].long().item())

# %% tags=["claim", "always"]
assert torch.tensor([1, 2.5, True]).tolist() == [1.0, 2.5, 1.0], (
    "a list of an int, a float and a bool makes a tensor of floats"
)

# %% [markdown]
r"""
**What is true:** a list may mix numbers and truth values. It must not hold text, and its rows must have
one length. The common type may be too small for what you wrote: `float32` keeps about seven digits.

## "Only one value can be assigned by index"

A slice, a list of positions and a mask<!-- term --> each take many.
"""

# %% cause="The shape of what is assigned must broadcast to the shape that the index takes: one value, or as many as there are places along an axis."
x = torch.zeros(6)
x[1:3] = torch.tensor([7.0, 8.0])
x[[0, 5]] = torch.tensor([1.0, 2.0])
x[x == 0] = -1.0
print(x)
print(outcome(x.__setitem__, slice(1, 3), torch.tensor([1.0, 2.0, 3.0])))

# %% [markdown]
r"""
**What is true:** on the right stands one value for all places, or something whose shape<!-- term --> broadcasts to
theirs.

## "The rank is `shape()`"

The shape is not a function, and the rank<!-- term --> is a number.
"""

# %% cause="`shape` is an attribute and no method: leave the parentheses out."
table = torch.ones(2, 3)
print("table.shape()             ", outcome(lambda: table.shape()))
print("table.shape               ", table.shape)
print("table.ndim                ", table.ndim)
print("torch.linalg.matrix_rank  ", torch.linalg.matrix_rank(table).item())

# %% tags=["claim", "always"]
assert not callable(table.shape), "`shape` is no function"
assert table.ndim == len(table.shape), "the rank, `ndim`, is the length of the shape"

# %% [markdown]
r"""
**What is true:** the rank of a *tensor* is its number of axes<!-- term -->, `ndim`, the length of its shape. The
rank of a *matrix* in linear algebra is the number of its independent rows, which for a table of ones is
{{ torch.linalg.matrix_rank(table).item() }}. One word, two meanings: say which.

## "`Compose` applies transforms concurrently"

If it did, their order could not matter. That is a sentence to search with: all pairs of four
transforms<!-- term -->, in both orders.
"""

# %%
from course.data.dataset import Compose

steps = {
    "add 1": lambda x: x + 1,
    "double": lambda x: 2 * x,
    "negate": torch.neg,
    "clip": torch.relu,
}
numbers = torch.tensor([-2.0, 0.0, 1.0])


def order_is_free(one, other):
    there, back = Compose([steps[one], steps[other]]), Compose([steps[other], steps[one]])
    return torch.equal(there(numbers), back(numbers))


choices = list(itertools.combinations(steps, 2))
for choice in choices:
    print(f"{' and '.join(choice):17}", "any order" if order_is_free(*choice) else "order matters")

# %% tags=["claim", "always"]
assert counterexample(order_is_free, choices) == ("add 1", "double"), (
    "adding 1 and doubling give another result in the other order"
)
assert order_is_free("double", "negate"), "doubling and negating do not"

# %% [markdown]
r"""
**What is true:** each transform gets what the one before it made, so `Compose([f, g])(x)` is `g(f(x))`.
Whoever tried it with doubling and negating saw no difference. The sentence was false all the same: the
case was no counter-example.

## Going deeper: "The same rows in the same order: a fair comparison"

Two loaders over one file, one in batches of 5 and one with all rows at once, neither of them shuffled. The flowers
that come with scikit-learn (Fisher, 1936) have four measurements each, and one of three species. Both models start at
zero and take 150 steps at one learning rate. Then we count how many of these same flowers each has right. (The
criterion is the [cross-entropy](../training/loop.py#classes-which-digit-is-it).)
"""

# %%
from sklearn.datasets import load_iris
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

measurements, species = map(torch.tensor, load_iris(return_X_y=True))
flowers = ((measurements - measurements.mean(dim=0)) / measurements.std(dim=0)).float()


def flowers_right(order, batch_size):
    """Return how many flowers a model has right that read them in this order, without shuffling."""
    model = nn.Linear(4, 3)
    for parameter in model.parameters():
        nn.init.zeros_(parameter)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    loader = DataLoader(TensorDataset(flowers[order], species[order]), batch_size)
    for _ in range(150 // len(loader)):
        for inputs, classes in loader:
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(inputs), classes).backward()
            optimizer.step()
    return (model(flowers).argmax(dim=1) == species).sum().item()


orders = {"as in the file": torch.arange(150)}
for seed in range(8):
    orders[f"mixed, seed {seed}"] = torch.randperm(
        150, generator=torch.Generator().manual_seed(seed)
    )
right = {
    name: (flowers_right(order, 5), flowers_right(order, 150)) for name, order in orders.items()
}
for name in list(orders)[:4]:
    print(f"{name:15} batches of 5: {right[name][0]} of 150, all at once: {right[name][1]}")


def small_batches_lose(name):
    of_five, of_all = right[name]
    return of_five < of_all


print(counterexample(small_batches_lose, zip(orders)))

# %% tags=["claim", "here"]
file, *mixed = (of_five - of_all for of_five, of_all in right.values())
assert (species.diff() >= 0).all(), "in the file, the flowers are sorted by species"
assert file < -5, (
    "read like that, batches of 5 have more than 5 flowers fewer right than all at once"
)
assert min(mixed) > -3, "in none of 8 mixed orders do they have 3 fewer right, or more than that"
assert counterexample(small_batches_lose, zip(orders)), "a mixed order refutes that they lose"
all_at_once = [of_all for _, of_all in right.values()]
assert max(all_at_once) - min(all_at_once) <= 1, (
    "all at once, no order changes what is right by more than one flower"
)

# %% [markdown]
r"""
"Small batches lose" is what this comparison said, and another order refutes it. The file is sorted by
species, so each batch of 5 knows one species, and the last ten of an epoch all say the same. To the model that reads
all rows at once, order means nothing but other rounding. The same order is not the same condition: it troubled one of
the two.

**What is true:** `shuffle=True` takes the file's order out of the comparison, and several seeds say how much
the drawn ones matter. What is held equal here is the number of steps: the model that took all rows has read 30
times as many. [How many rows for a step?](../training/minibatches.py#why-rows-are-shuffled) shows the path
of such a descent.

## "The average of the batch averages is the mean"

This one survives many tests. Here are a thousand of them.
"""

# %%
generator = torch.Generator().manual_seed(0)


def averages_agree(losses, batch_size):
    averages = torch.stack([batch.mean() for batch in losses.split(batch_size)])
    return torch.allclose(averages.mean(), losses.mean())


def data_sets(n, batch_size, count):
    for _ in range(count):
        yield torch.rand(n, generator=generator, dtype=torch.float64), batch_size


print(counterexample(averages_agree, data_sets(64, 16, count=1000)))

# %% [markdown]
r"""
No counter-example in a thousand. But they all have 64 rows in batches of 16, which fill up exactly: not
one of them *could* have refuted it. Let the number of rows $n$ and the batch size vary, and search each
pair with ten data sets.
"""

# %%
sizes = range(1, 25)
found = {
    (n, batch_size): counterexample(averages_agree, data_sets(n, batch_size, count=10))
    for n in sizes
    for batch_size in sizes
}
kept = [pair for pair, case in found.items() if case is None]
refuted = [pair for pair, case in found.items() if case]
print("the smallest that refutes it: {} rows in batches of {}".format(*refuted[0]))
print(found[refuted[0]][0])

# %% alt="A square of marks, the number of rows to the right and the batch size upwards, both up to 24. Dots, where no counter-example was found, fill the lowest row and all places on and above the diagonal; below the diagonal they lie on a few rays, where the number of rows is a multiple of the batch size. All other places below the diagonal are crosses." lead="One sentence from notes, tried for every number of rows and every batch size: where a counter-example was found, and where none."
plotting.clouds(
    {"no counter-example": kept, "refuted": refuted}, xlabel="number of rows", ylabel="batch size"
)

# %% tags=["claim", "always"]
assert refuted[0] == (3, 2), "the smallest counter-example has 3 rows, in batches of 2"
assert all(last_batch(*pair) == min(pair) for pair in kept), (
    "no counter-example was found only where the last batch is as long as the others, or the only one"
)
assert all(last_batch(*pair) < min(pair) for pair in refuted), (
    "wherever the last batch is shorter than the others, one was found"
)

# %% [markdown]
r"""
**What is true:** the average of averages is the mean where all batches have the same number of rows. With
a shorter last batch, [`last_batch`][course.notes.claims.last_batch], it is so only by chance, and
[`weighted_mean`][course.training.measuring.weighted_mean] always is. Rows in tidy numbers, 64 in batches of
16 or 1,000 in batches of 10, are what examples have. In this picture, real data are likely a cross.
"""

# %% tags=["hide-input"]
from course.practice import Choice, Question

never = all((n, 2 * n) in kept for n in sizes if 2 * n in sizes)
often = len(kept) > len(refuted)
Question(
    "You try the sentence about batch averages with your own rows and the batch size twice as large as "
    "their number. What will you find?",
    Choice(
        "no counter-example, whatever the rows hold",
        never,
        "All rows are in one batch, and its average is the mean: no data could refute the sentence there.",
    ),
    Choice(
        "a counter-example, if the rows differ enough",
        not never,
        "There is only one batch, so there is nothing to average.",
    ),
    Choice(
        "none, so the sentence is true",
        never and not refuted,
        "That a case does not refute it says nothing about other cases.",
    ),
)

# %% [markdown]
r"""
## Going deeper: "Batch size 1 learns faster"

The notes show it with sixty rows: train for one epoch with a loader of batch size 1, and for one epoch with all
rows in a batch, and put the two losses side by side. That is 60 updates compared with 1. Is batch size 1 ahead
after *any* number of epochs, and is it after as many updates? The rate is the same for both, and single rows
count with their mean cost over 200 orders, with an interval for the mean over all orders.
"""

# %%
from course.linear.slope_and_bias import descend_line
from course.notes.claims import updates
from course.training.seeds import mean_interval
from course.training.stochastic import descend_rows, shuffled_rows

mass = torch.linspace(0.1, 2, 60).double()
length = 3 * mass + 8 + 0.5 * torch.randn(60, generator=generator).double()
orders = torch.stack([shuffled_rows(60, 100, generator) for _ in range(200)], dim=1)
by_single_rows = descend_rows(mass, length, weight=0, bias=0, lr=0.1, rows=orders)
by_all_rows = descend_line(mass, length, weight=0, bias=0, lr=0.1, steps=100)


def cost_of(lines):
    return ((lines[..., :1] * mass + lines[..., 1:] - length) ** 2).mean(dim=-1)


def ahead_after_updates(single, all_rows):
    return cost_of(by_single_rows[single]).mean() < cost_of(by_all_rows[all_rows])


def ahead_after_epochs(epochs):
    return ahead_after_updates(updates(60, 1, epochs), updates(60, 60, epochs))


for single, all_rows in ((60, 1), (60, 60), (6000, 100)):
    mean, margin = mean_interval(cost_of(by_single_rows[single]))
    print(f"single rows, {single:4d} updates: {mean:.2f} ± {margin:.2f} cm²;", end=" ")
    print(f"all rows, {all_rows:3d}: {cost_of(by_all_rows[all_rows]):5.2f} cm²")
print(counterexample(ahead_after_epochs, [(1,), (10,), (100,)]))
print(counterexample(ahead_after_updates, [(60, 60), (100, 100)]))

# %% tags=["claim", "here"]
assert ahead_after_epochs(1), "after one epoch, with 60 updates against 1, batch size 1 is ahead"

# %% tags=["claim", "in-general"]
for single, all_rows in ((60, 60), (6000, 100)):
    mean, margin = mean_interval(cost_of(by_single_rows[single]))
    assert mean - margin > cost_of(by_all_rows[all_rows]), (
        "after 60 updates of each, and after 100 epochs of each, it is behind, by the 95 % interval"
    )

# %% [markdown]
r"""
**What is true:** an epoch has as many [`updates`][course.notes.claims.updates] as batches. "Faster" means nothing
before you say what is held equal: updates, rows or seconds. [One row at a time](../training/stochastic.py) compares
in all three, with a rate for each kind, and shows why single rows at a constant rate do not come to rest.
"""

# %% [markdown]
r"""
## Going deeper: "The weight says what the input does"

Two columns that are the same, side by side in `twice`, and a target that grows with both. Is there a model with
the lowest cost in which the second one, the copy, *lowers* the prediction?
"""

# %%
from course.linear.identifiability import free_directions, minimum_norm

column = torch.tensor([-1.0, 0.0, 1.0])
twice = torch.stack([column, column], dim=1)
target = 3 * column
best = minimum_norm(twice, target)
free = free_directions(twice)[0]
free = free * free[0].sign()  # a direction has two signs: the one in which the copy's weight falls


def copy_does_not_lower(step):
    weights = best + step * free
    assert torch.allclose(twice @ weights, target, atol=1e-4)  # still the lowest cost
    return bool(weights[1] >= 0)


step = counterexample(copy_does_not_lower, [(0.0,), (1.0,), (10.0,)])
print("weights", [f"{weight:.1f}" for weight in best + step[0] * free])

# %% tags=["claim", "always"]
assert step == (10.0,), (
    "among the models with the lowest cost is one in which the weight of the copy is below zero"
)

# %% [markdown]
r"""
**What is true:** when columns make each other up, the data determine the predictions for rows in which they still do, and not the weights.
[What a weight can mean](../linear/identifiability.py) shows what is chosen then, and that columns need not
be quite the same for it.

## Going deeper: "65 of 100 are right, so it has learned something"

Answers that were learned from an input depend on it. So train a model that says yes or no, scikit-learn's logistic
regression, on an input that is pure noise: first with as many yes as no among the answers, then with 65 times yes
in 100. Is there a case in which more than 60 of 100 new rows are right, and all of them got *one* answer?
"""

# %%
from sklearn.linear_model import LogisticRegression

from course.notes.claims import base_rate

generator = torch.Generator().manual_seed(0)
x, chance = torch.randn(20_000, generator=generator), torch.rand(20_000, generator=generator)
yes_in_100 = {share: 100 * chance < share for share in (50, 65)}


def on_new_rows(answers):
    half = len(x) // 2  # the first half trains
    model = LogisticRegression().fit(x[:half, None], answers[:half])
    given = torch.tensor(model.predict(x[half:, None]))
    return given, (given == answers[half:]).double().mean().item(), base_rate(answers[half:])


def right_so_it_learned(share):
    given, right, _ = on_new_rows(yes_in_100[share])
    return right < 0.6 or len(given.unique()) > 1


print("refuted by", counterexample(right_so_it_learned, [(50,), (65,)]))

_, without, base_without = on_new_rows(yes_in_100[65])
_, informed, base_informed = on_new_rows((x > 0) == yes_in_100[65])  # the sign tells the answer
print(f"the input is noise {100 * without:.1f} % right, base rate {100 * base_without:.1f} %")
print(f"its sign tells     {100 * informed:.1f} % right, base rate {100 * base_informed:.1f} %")

# %% tags=["claim", "here"]
assert counterexample(right_so_it_learned, [(50,), (65,)]) == (65,), (
    "with 65 times yes in 100, a model trained on noise gets more than 60 right, with one answer for all"
)
assert abs(without - base_without) < 1e-9, "what it gets right is the base rate"
assert abs(informed - without) < 0.03, (
    "where the sign tells the answer, nearly the same share is right"
)
assert informed > base_informed + 0.1, "and that is more than 10 of 100 above the base rate"

# %% [markdown]
r"""
**What is true:** nearly the same share is right both times, and one of the two models knows nothing. The
[`base_rate`][course.notes.claims.base_rate] is what the most frequent answer gets, whatever the input. Only
what lies above it speaks for learning, and [chance](../training/seeds.py) has a part in that, too. A
model that [stalls](../logistic/saturation.py#from-a-bad-start) can end at exactly this number. (So can one that has
learned: its probabilities may depend on the input, all on the same side of one half.)
"""

# %% [markdown]
r"""
## Going deeper: "The best on the test set is as good as its accuracy there"

A hundred models that know nothing: on every row each of them tosses a coin. Choose the one with the highest
accuracy on 200 test rows, and then ask it 200 new ones. Does it keep its accuracy?
"""


# %%
def chosen_by_test(models, seed):
    coins = torch.Generator().manual_seed(seed)
    right = torch.rand(models, 400, generator=coins) < 0.5
    test, new = right.double().view(models, 2, 200).mean(dim=2).T
    return test.max().item(), new[test.argmax()].item()


def keeps_its_accuracy(models, seed):
    test, new = chosen_by_test(models, seed)
    return new >= test


case = counterexample(keeps_its_accuracy, [(100, seed) for seed in range(10)])
print("counter-example:", case)
print("on the test rows {:.1%}, on new rows {:.1%}".format(*chosen_by_test(*case)))

# %% [markdown]
r"""
Bad luck of this one? Repeat it 200 times, with few models and with many. What the best of them must show on
average is known, because the number of right answers of a model that guesses is binomial:
[`expected_best`][course.notes.claims.expected_best].
"""

# %%
from course.notes.claims import expected_best

tries = {}
print("models   test   expected best   new rows")
for models in (1, 10, 100, 300):
    tries[models] = torch.tensor([chosen_by_test(models, seed) for seed in range(200)])
    test, new = tries[models].mean(dim=0)
    print(f"{models:6}  {test:.1%}       {expected_best(models, 200):.1%}      {new:.1%}")

# %% tags=["claim", "in-general"]
found_best = torch.stack([runs.mean(dim=0) for runs in tries.values()])
sure = torch.stack([4 * runs.std(dim=0) / 200**0.5 for runs in tries.values()])
known = torch.tensor([[expected_best(models, 200), 0.5] for models in tries])
within = (found_best - known).abs() < sure
assert within[:, 0].all(), (
    "on the test rows, the best looks as good as `expected_best` says, to four standard errors"
)
assert within[:, 1].all(), "on new rows it is right half of the time, to four standard errors"

# %% tags=["claim", "always"]
assert expected_best(100, 200) > 0.57, "among a hundred, that looks better than 57 in 100"

# %% [markdown]
r"""
**What is true:** the accuracy of a model is that on rows which had no part in choosing it. The highest of
many accuracies measures how many were tried, too. [Which rows may choose](../training/selection.py) keeps
validation rows for choosing, and test rows for one look at the end.
"""

# %% [markdown]
r"""
## What goes wrong: a test that compares nothing

You write the sentence as a function and forget to return what it found.
"""


# %% tags=["raises-exception"] cause="The function has no `return`, so it gives None."
def sums_agree(a, b):
    torch.equal(a + b, b + a)


counterexample(sums_agree, [(whole, half)])

# %% [markdown]
r"""
Without the check in `counterexample`, `None` would have counted as "not true", and a true sentence
would have been refuted. The other way round, a test that never says no, is worse, since nobody looks at
what passes. **The repair** is `return`. **The habit:** before you believe a search that finds nothing,
give it a sentence that you know to be false.
"""


# %%
def sums_agree(a, b):
    return torch.equal(a + b, b + a)


def differences_agree(a, b):
    return torch.equal(a - b, b - a)


print(counterexample(sums_agree, [(whole, half)]))
print(counterexample(differences_agree, [(whole, half)]))

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.notes.exercises import claims as exercises

exercises.ragged

# %% tags=["hide-input"]
exercises.in_order

# %% [markdown]
r"""
## What to remember

- A sentence with "always", "cannot" or "only" is a claim about all cases: one counter-example ends it.
- To find none means something only if the cases could have refuted it. Try sizes that do not fit.
- Types promote where elements meet. `+=` keeps the type on its left, and `@` wants one type on both sides.
- Transforms run one after the other. Averages of batches need the weights of the batches.
- Going deeper: before you compare, say what is held equal, updates, rows or seconds, and shuffle. Put the base rate
  beside a share of right answers, and measure on rows that chose nothing.

Reference: [`outcome`][course.notes.claims.outcome],
[`counterexample`][course.notes.claims.counterexample],
[`last_batch`][course.notes.claims.last_batch], [`updates`][course.notes.claims.updates],
[`base_rate`][course.notes.claims.base_rate], [`expected_best`][course.notes.claims.expected_best],
[`clouds`][course.plotting.drawings.clouds.clouds]. The test that proves the first six is
`tests/notes/test_claims.py`. Back to the [theme](index.md) and its key takeaway.
"""
