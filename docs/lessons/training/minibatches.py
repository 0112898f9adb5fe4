# ---
# title: How many rows for a step?
# description: >-
#   Batches between one row and all of them: how noisy their gradients are, what that costs and saves,
#   why rows are shuffled, and what a short last batch does.
# needs: >-
#   [one row at a time](stochastic.py), [the exact answer](../linear/exact.py), and the standard
#   deviation of a mean
# ---

# %% [markdown]
r"""
**The question.** All rows together give the exact gradient, at the price of a pass over the data. One row
costs next to nothing, and its gradient points somewhere near. What do you get for the rows in between?

## The idea

The cost is a mean over $n$ rows, so its gradient $\nabla J$ is the mean of the rows' gradients
$g_1, \ldots, g_n$. A **batch** of $B$ rows, drawn at random, gives the mean of *its* gradients: an
estimate. It is right on average, and a single one is off by something that chance decides, the **gradient noise**, or
noise for short.

How far off? Measure distances, as the root of their mean square. For a batch of one row that is

$$
\sigma = \sqrt{\frac1n \sum_i \lVert g_i - \nabla J \rVert^2} .
$$

If each row of a batch is drawn from all rows, no matter which came before, deviations add up like
independent steps: their squares add, and the products of two of them (for vectors, dot products) cancel on average.
The *sum* of $B$ deviations strays
$\sqrt B\,\sigma$, and their mean

$$
\frac{\sigma}{\sqrt B} .
$$

Usually a batch has no row twice. Then it strays a little less, by the *finite-population factor*
$\sqrt{(n-B)/(n-1)}$ ([why](#going-deeper-no-row-twice)). With few of many rows it is nearly 1. With all rows it is 0: there
is nothing left to chance.

## The smallest case, by hand

Four rows whose gradients are single numbers, and *all* their batches of two, tried one by one and next to the formulas.
"""

# %%
import itertools

import torch

from course.training.minibatches import finite_population_factor, gradient_noise

four = torch.tensor([1.0, 3.0, 5.0, 11.0]).double()
print(f"mean {four.mean():.0f}, noise of one row {gradient_noise(four.unsqueeze(1), 1):.4f}")

strays = {}
ways = {
    "a row may come twice": itertools.product(four, repeat=2),
    "different rows": itertools.combinations(four, 2),
}
for name, batches in ways.items():
    means = torch.stack([torch.stack(batch).mean() for batch in batches])
    strays[name] = (means - four.mean()).square().mean().sqrt().item()
    print(f"{name:20} {len(means):2d} batches, they stray {strays[name]:.4f}")

# %% tags=["claim", "always"]
formula = gradient_noise(four.unsqueeze(1), 2)
assert abs(strays["a row may come twice"] - formula) < 1e-12, (
    "where a row may come twice, the batches stray by the noise of one row, divided by the root of two"
)
assert abs(strays["different rows"] - formula * finite_population_factor(4, 2)) < 1e-12, (
    "where it may not, by the finite-population factor less"
)

# %% [markdown]
r"""
## Going deeper: no row twice

Then the deviations of a batch are not independent: after a row above the mean,
those that are left lie a little below it on average. All $n$ deviations add up to zero, so the square of that
sum is zero, too. It holds $n$ squares, $\sigma^2$ on average, and $n(n-1)$ products of two different ones, so such a product is
$-\sigma^2/(n-1)$ on average. A batch has $B$ squares and $B(B-1)$ products; divided by $B^2$ that leaves

$$
\frac{\sigma^2}{B} \left( 1 - \frac{B-1}{n-1} \right) = \frac{\sigma^2}{B} \cdot \frac{n-B}{n-1} .
$$

So the noise is $\sigma/\sqrt B$ times $\sqrt{(n-B)/(n-1)}$, the *finite-population factor* (Cochran,
1977).

## Going deeper: the line of the noise

Both formulas are functions: `gradient_noise` is the first one, and `finite_population_factor` what the second one
adds.

Now real rows: ten measurements of 442 patients, standardised, and how far their diabetes went on (Efron et
al., 2004). Stand at the best parameters, where the gradient of all rows is zero. Whatever a batch says
there is noise. For each batch size draw a thousand batches, and let `measured_noise` say how far they stray.
"""

# %%
from sklearn.datasets import load_diabetes

from course.linear.exact import solve_least_squares, with_ones
from course.training.minibatches import measured_noise, row_gradients

measurements, progress = load_diabetes(return_X_y=True, scaled=False)
measurements, progress = torch.tensor(measurements), torch.tensor(progress)
columns = with_ones((measurements - measurements.mean(dim=0)) / measurements.std(dim=0))
n = len(columns)
gradients = row_gradients(columns, progress, solve_least_squares(columns, progress))

generator = torch.Generator().manual_seed(0)
sizes = torch.tensor([2**k for k in range(9)] + [350, 410, 435, 441])
twice, different = torch.zeros(2, len(sizes))
for j, size in enumerate(sizes.tolist()):
    twice[j] = measured_noise(gradients, torch.randint(n, (1000, size), generator=generator))
    orders = torch.rand(1000, n, generator=generator).argsort(dim=1)
    different[j] = measured_noise(gradients, orders[:, :size])

# %% alt="Noise against the batch size, both on log scales. Marks lie on two curves. For rows that may come twice it is a straight line downhill, a factor of ten in noise for a hundred in rows. For different rows it lies on that line up to about 32 rows, then bends below it, and falls almost vertically at the right end, where the batch has nearly all rows." lead="The more rows in a batch, the less noise in its gradient: a hundred times the rows for a tenth of it."
from course import plotting

line = torch.tensor([gradient_noise(gradients, size) for size in sizes.tolist()])
factor = torch.tensor([finite_population_factor(n, size) for size in sizes.tolist()])
plotting.functions(
    sizes,
    {"a row may come twice": line, "different rows": line * factor},
    xlabel="batch size",
    ylabel="noise of the gradient",
    log=True,
    marks={"a row may come twice": twice, "different rows": different},
)

# %% tags=["claim", "always"]
everything = measured_noise(gradients, torch.arange(n).unsqueeze(0))
assert gradients.mean(dim=0).abs().max() < 1e-9, (
    "at the best parameters the gradients add up to zero"
)
assert everything < 1e-9, "a batch of all rows has no noise: it bends to 0 at B = n"

# %% tags=["claim", "here"]
assert (twice / line - 1).abs().max() < 0.1, (
    "where a row may come twice, all marks are within a tenth of the line"
)
assert (different / (line * factor) - 1).abs().max() < 0.1, (
    "for different rows, they are within a tenth of the line times the factor"
)

# %% [markdown]
r"""
Lines and curves are the formulas, and the marks were measured. On log axes, one over a root is
a straight line of slope minus one half. The first rows of a batch do most for it: from
1 to 4 they halve the noise, and so, where a row may come twice, do those from 64 to 256.

What goes into $\sigma$ is how much *rows* differ, which no batch size changes. At the best parameters it does not
vanish, unless the model fits every row. So with a fixed learning rate, descent in random batches does not come to
rest. It goes on hovering about the bottom.
"""

# %% tags=["hide-input"]
from course.practice import Choice, Question

wanted = gradient_noise(gradients, 4) / 10
reached = {rows: abs(gradient_noise(gradients, rows) / wanted - 1) < 0.05 for rows in (40, 400, 13)}
Question(
    "You train with batches of 4 rows, out of millions, and want a tenth of the noise. How many rows must a batch "
    "have?",
    Choice("40", reached[40], "Ten times the rows divide the noise by the root of ten."),
    Choice("400", reached[400], "The noise goes with the root: a hundred times the rows."),
    Choice("13", reached[13], "That is the root of ten times as many: the wrong way round."),
)

# %% [markdown]
r"""
## What the noise does to the path

::: course.training.minibatches.descend_in_batches

`shuffled_batches` says which rows:
`torch.randperm` puts them into a new order, and the order is cut into pieces. When all rows have had their turn,
which is an *epoch*, the next order comes. Here are
[the twenty springs](../linear/slope_and_bias.py) with batches of 1, 5 and 20. The start and the learning
rate are the same, and so is the number of steps. (Where the pieces do not fit, the last one has
[fewer rows](#going-deeper-the-ragged-last-batch), and each of them counts for more.)
"""

# %%
from course.linear.cost import cost_surface
from course.linear.exact import solve_least_squares, with_ones
from course.training.minibatches import descend_in_batches, shuffled_batches


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


x = torch.linspace(0.1, 2, 20).double()  # mass in kg, from light to heavy
y = 3 * x + 8 + 0.5 * torch.randn(20, generator=seeded()).double()  # length in cm
springs, start = with_ones(x), torch.tensor([-10.0, 15.0]).double()
best = solve_least_squares(springs, y)

rows = {}
for size in (1, 5, 20):
    batches = itertools.islice(shuffled_batches(20, size, 60, seeded()), 60)
    path = descend_in_batches(springs, y, start, batches, lr=0.2)
    rows[f"batches of {size}"] = path

# %% alt="Three rows, for batches of 1, 5 and 20. On the right, paths on the contours of a tilted valley, from the upper left to the bottom. With batches of 1 the path jumps across the valley in long strokes, and at the bottom it stays a cloud of points. With 5 the strokes are short. With 20 it is one step to the floor, and then a smooth line along it. On the left the lines so far: with batches of 1 in all directions, with 20 in an orderly fan."
slopes, biases = torch.linspace(-12, 12, 49).double(), torch.linspace(0, 24, 49).double()
grid = {"slope in cm per kg": slopes, "bias in cm": biases}
cost = cost_surface(x, y, slopes, biases)
three = plotting.paths(x, y, rows, grid, cost, "mass in kg", "length in cm")

from course.training.minibatches import row_gradients

order = torch.cat(list(shuffled_batches(20, 1, 10, seeded())))
plotting.demo(
    "minibatches",
    three,
    "Which size of batch has the lowest cost after 60 samples? And which after 60 updates?",
    {"x": x, "y": y, "order": order, "start": start, "best": best},
    [
        (row_gradients, springs[:4], y[:4], start),
        *(
            (descend_in_batches, springs, y, start, list(order.split(size)[:20]), 0.1)
            for size in (1, 5, 20)
        ),
    ],
)

# %% tags=["claim", "always"]
spread = {}
for size in (1, 5, 20):
    batches = shuffled_batches(20, size, 200, seeded())
    late = descend_in_batches(springs, y, best, batches, lr=0.05)[len(x) :]
    spread[size] = (late - best).square().sum(dim=1).mean().sqrt().item()
assert spread[20] < 1e-9, "started at the best line, batches of all rows stay there"

# %% tags=["claim", "here"]
assert spread[1] > 1.5 * spread[5] > 0.01, (
    "batches of 5 move about it, and single rows move about it more than 1.5 times as far"
)

# %% [markdown]
r"""
The fewer rows in a batch, the more the path jumps. At the bottom it goes on jumping, unless a batch holds all rows.

## The PyTorch way

A `DataLoader` with `shuffle=True` draws an order for each epoch and makes batches;
[`Batches`][course.training.batches.Batches] does so for tensors in memory, faster. Given the same generator, `Batches`
draws the orders that `shuffled_batches` draws, so an ordinary PyTorch loop over them takes the very same path. A
`DataLoader` draws others, which are as random: it takes more numbers from its generator.
"""

# %%
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course.training.batches import Batches

layer = nn.Linear(1, 1).double()
with torch.no_grad():
    layer.weight.fill_(start[0])
    layer.bias.fill_(start[1])
optimizer = torch.optim.SGD(layer.parameters(), lr=0.2)
loader = Batches(TensorDataset(x.unsqueeze(1), y.unsqueeze(1)), 5, shuffle=True, generator=seeded())
for _ in range(15):
    for inputs, targets in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(layer(inputs), targets).backward()
        optimizer.step()

ours = rows["batches of 5"][-1]
print(f"PyTorch: slope {layer.weight.item():.6f}, bias {layer.bias.item():.6f}")
print(f"ours:    slope {ours[0]:.6f}, bias {ours[1]:.6f}")

# %% tags=["claim", "always"]
torchs = torch.stack([layer.weight.detach().squeeze(), layer.bias.detach().squeeze()])
assert torch.allclose(torchs, ours, atol=1e-9), "60 steps of PyTorch end where ours end"

numbered = TensorDataset(torch.arange(20))
of_batches, of_loader = (
    torch.cat([numbers for (numbers,) in kind(numbered, 5, shuffle=True, generator=seeded())])
    for kind in (Batches, DataLoader)
)
assert torch.equal(of_batches, torch.cat(list(shuffled_batches(20, 5, 1, seeded())))), (
    "`Batches` draws the order of `shuffled_batches`"
)

# %% tags=["claim", "here"]
assert not torch.equal(of_loader, of_batches), "from this seed, `DataLoader` draws another one"

# %% [markdown]
r"""
## What a step costs

More rows mean less noise, and more work. How much more? Measure what a step takes, on 8,192 springs:
"""

# %% tags=["exclusive", "volatile"]
import time

many = 2**13
masses = 0.1 + 1.9 * torch.rand(many, generator=seeded()).double()
lengths = 3 * masses + 8 + 0.5 * torch.randn(many, generator=seeded(1)).double()
table = with_ones(masses)


def seconds_per_update(size, epochs):
    """Return the time of one update, the shuffling included: the fastest of three tries."""
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        batches = shuffled_batches(many, size, epochs)
        path = descend_in_batches(table, lengths, start, batches, lr=0.01)
        seconds.append((time.perf_counter() - began) / (len(path) - 1))
    return min(seconds)


for size, epochs in {1: 1, 32: 4, 512: 40, many: 100}.items():
    print(f"{size:5} rows: {1e6 * seconds_per_update(size, epochs):4.0f} µs")

# %% [markdown]
r"""
A step with 32 rows takes about as long as one with a single row, because most of that time goes into *calling* torch,
and little into rows. From some size on, the rows do count. So take the size up to which rows are nearly free, on your
machine and with your model. Beyond it you pay for every row, and the noise falls with their root alone.

## Why rows are shuffled

A file has its order: by date, by class, from light to heavy. The springs lie from light to
heavy, too. Read them in that order, two at a time.
"""

# %%
in_order = list(torch.arange(20).split(2))
paths = {
    "in order": descend_in_batches(springs, y, start, 10 * in_order, lr=0.3),
    "shuffled": descend_in_batches(
        springs, y, start, shuffled_batches(20, 2, 10, seeded(1)), lr=0.3
    ),
}

# %% alt="Two rows. In order, the path on the contours is a saw: in every epoch a run to the upper right, then a jump back to the lower left; the teeth get smaller and end well to the upper left of the bottom, and the line on the left is too flat. Shuffled, the path jumps irregularly, arrives at the bottom and stays about it; the line runs through the points."
plotting.paths(x, y, paths, grid, cost, "mass in kg", "length in cm")

# %% symptom="The loss settles smoothly at the wrong place" cause="The rows come in the order of the file in every epoch: shuffle them."
long = descend_in_batches(springs, y, start, 300 * in_order, lr=0.3)[:: len(in_order)]
mixed = descend_in_batches(springs, y, start, shuffled_batches(20, 2, 300, seeded()), lr=0.3)
lowest = (springs @ best - y).square().mean()
costs = {
    "in order": (long @ springs.T - y).square().mean(dim=1),
    "shuffled": (mixed[:: len(in_order)] @ springs.T - y).square().mean(dim=1),
}
for name, each in costs.items():
    print(f"{name}: {each[100:].mean():.2f} cm² after an epoch, mean of the epochs from 100 to 300")
print(f"lowest:   {lowest:.2f} cm²")

# %% tags=["claim", "here"]
assert (long[-1] - long[-2]).norm() < 1e-6, "in order, one epoch ends where the one before it ended"
assert costs["in order"][-1] > 1.5 * costs["shuffled"][100:].mean(), (
    "the cost there is more than one and a half times what it is with shuffled rows, on average"
)

# %% [markdown]
r"""
An epoch holds the same rows in both runs. In order they come in blocks of one opinion: the heavy springs are last,
in every epoch, and nothing evens out what they say. Worse, the error does not look like noise. **The
symptom** is a loss that settles smoothly, at the wrong place. Shuffled anew in each epoch, every row is
as likely to come last as any other, and what is left hovers about the bottom.

An order need not do harm. With batches of four, these springs happen to do better in order: checked
below. But it is the file that decides, and not you. Rows that are
[sorted by class](../notes/claims.py#going-deeper-the-same-rows-in-the-same-order-a-fair-comparison) are worse: each batch
then knows one class alone.
"""


# %% tags=["claim", "here", "rare"]
def in_fours(batches):
    """Return the mean cost over the last ten epochs, from the fifty-first to the sixtieth."""
    path = descend_in_batches(springs, y, start, batches, lr=0.3)[-50:]
    return (path @ springs.T - y).square().mean()


ordered = in_fours(60 * list(torch.arange(20).split(4)))
assert all(ordered < in_fours(shuffled_batches(20, 4, 60, seeded(seed))) for seed in range(10)), (
    "in batches of four, in order, these rows end lower than shuffled by any of ten seeds"
)

# %% tags=["hide-input"]
whole = torch.stack(list(shuffled_batches(440, 44, 1, seeded())))
apart = gradients[:440][whole].mean(dim=1) - gradients[:440].mean(dim=0)
together = apart.mean(dim=0).norm().item()
alone = gradient_noise(gradients[:440], 44)
Question(
    "Hold the parameters still, and take the gradients of all batches of one shuffled epoch; 440 rows are in "
    "batches of 44. How far does the mean of these ten gradients stray from the gradient of all rows?",
    Choice(
        "as far as a single one",
        abs(together / alone - 1) < 0.1,
        "The mean of several gradients strays less than one of them.",
    ),
    Choice(
        "less, by the root of ten",
        abs(together / alone - 10**-0.5) < 0.1,
        "So it would be if the ten batches were drawn independently.",
    ),
    Choice(
        "not at all",
        together < 1e-9,
        "Together they hold every row once. What one batch has too much, the others have too little: that is "
        "why an epoch goes through all rows instead of drawing each batch anew.",
    ),
)

# %% [markdown]
r"""
## Going deeper: equal updates, equal samples

Which size is best depends on what you count: **updates**, the steps, or **samples**, the rows read. Compare on 8,192
springs, with batches of 1, 32, 512 and all.

Each size would like another learning rate, so each gets the best of the same nine, and anew for each budget. Chance
takes part through the order of the rows, and so there are 25 seeds for it. Ten choose the rate. The
other fifteen, which had no say in that, are reported. From seed to seed costs differ by factors, so their
logarithms are averaged: that gives the *geometric* mean. In brackets stands the interval that, in 95 of 100 such
experiments with these springs, holds the geometric mean over all orders at the chosen rate
([Better, or lucky?](seeds.py#the-interval) says how, and what it takes for granted). With the same
seed, all sizes read the rows in the same order, so they are compared in pairs. With batches of all rows there is no
chance, and no interval.
"""

# %%
from course.linear.convergence import hessian, largest_lr
from course.training.seeds import mean_interval
from course.training.minibatches import descend_together

bottom, bowl = solve_least_squares(table, lengths), hessian(table)
lrs = 0.95 * largest_lr(table) / 2.0 ** torch.arange(9)
batch_sizes = (1, 32, 512, many)


def log_costs(size, updates):
    """Return the chosen rate, and the log10 of each reported run's cost above the lowest."""
    epochs, seeds = 1 + updates * size // many, range(25 if size < many else 1)
    orders = [shuffled_batches(many, size, epochs, seeded(seed)) for seed in seeds]
    steps = itertools.islice(map(torch.stack, zip(*orders, strict=True)), updates)
    error = descend_together(table, lengths, start, steps, lrs) - bottom
    logs = (((error @ bowl) * error).sum(dim=2) / 2).log10()
    best_rate = logs[:10].mean(dim=0).argmin()
    reported = logs[10:] if size < many else logs  # with all rows there is one run, and no chance
    return lrs[best_rate], reported[:, best_rate]


def in_brackets(logs):
    mean, margin = mean_interval(logs)
    return f"({10 ** (mean - margin):.2g} to {10 ** (mean + margin):.2g})"


def compare(budget, updates):
    costs, rates = {}, {}
    print(f"{budget}\nbatch size  updates   rate     cost above the lowest in cm²")
    for size, steps in updates.items():
        rates[size], costs[size] = log_costs(size, steps)
        text = f"{size:10,} {steps:8,}   {rates[size]:.4f}   {10 ** costs[size].mean():.2g}  "
        print(text, in_brackets(costs[size]) if size < many else "")
    return costs, rates


per_update, _ = compare("Equal updates", dict.fromkeys(batch_sizes, 256))
per_sample, rates = compare("Equal samples", {size: many // size for size in batch_sizes})
fewer, more = per_update[1] - per_update[32], per_update[32] - per_update[512]
single = per_sample[1] - per_sample[32]


# %% tags=["claim", "in-general"]
def ahead(costs, better, worse):
    """Return whether a size has the lower cost: the paired interval of the logs is above 0."""
    mean, margin = mean_interval(costs[worse] - costs[better])
    return mean > margin


assert all(ahead(per_update, *pair) for pair in ((32, 1), (512, 32), (many, 512))), (
    "at equal updates, the larger batch has the lower cost, in each step from 1 to all: each paired "
    "95 % interval lies above 0"
)
assert all(ahead(per_sample, *pair) for pair in ((32, 512), (512, many))), (
    "at equal samples, batches of 32 beat those of 512, and these beat a single step with all rows, "
    "by paired 95 % intervals"
)

# %% tags=["claim", "here"]
for logs, rows in ((fewer, 32), (more, 16)):
    assert abs(logs.mean() - torch.tensor(rows).log10()) < 0.3, (
        "at equal updates, the costs' ratio is within a factor of two of that of the squared noise"
    )
assert abs(single.mean()) < 0.3, (
    "at equal samples, single rows and batches of 32 are within a factor of two"
)
assert rates[32] > 8 * rates[1], "and single rows have less than an eighth of the rate"

# %% [markdown]
r"""
The first table is a matter of course: with the same number of steps, better gradients are better. What is left
above the lowest cost goes about with the *square* of the noise: 32 times the rows divide it by
{{ 10 ** fewer.mean():.0f}} {{ in_brackets(fewer) }}, and another 16 times by {{ 10 ** more.mean():.0f}}
{{ in_brackets(more) }}. They had to be read, though, up to {{ many:,}} times as many. The second
table says what that was worth. With the same number of rows read, few steps are poor, since no rate may pass
the [border](../linear/convergence.py). But from 1 to 32 hardly anything is lost: single rows end at
{{ 10 ** single.mean():.2f}} times the cost {{ in_brackets(single) }}. The rate of 32 rows is
{{ rates[32] / rates[1]:.0f}} times theirs, and one step with them does about what 32 small steps do.

Two warnings: with a larger budget descent gets to where noise is all that is left, and then large batches, or a rate that
falls, gain. And the lowest cost on training rows is not yet the best answer on new ones.

## Going deeper: the ragged last batch

When $n$ is no multiple of $B$, the last of $\lceil n / B \rceil$ batches has fewer rows. That an
average of batch averages is then no mean over rows is shown [in
Measuring](measuring.py#over-what-the-smallest-case-by-hand), and with a
[counter-example](../notes/claims.py#the-average-of-the-batch-averages-is-the-mean) among the notes. Here is what it does to *training*. The ragged
batch takes a whole step, shared by fewer rows. In a full batch a row moves the
parameters by $\text{lr}\, g_i / B$; in the ragged one by more, since the divisor is the number of rows
there.

The smallest case is a model that is a single number, and five rows in batches of four. Small steps lead
to the mean of the targets, if every row counts the same.
"""

# %%
targets = torch.tensor([1.0, 1.0, 1.0, 1.0, 6.0]).double()


def settled(divisor=None, **options):
    """Return where descent moves about, and how far: mean and deviation over the last epochs."""
    batches = Batches(TensorDataset(targets), batch_size=4, generator=seeded(), **options)
    number, after = torch.tensor(0.0).double(), []
    for _ in range(2000):
        for (y_batch,) in batches:
            gradient = 2 * (number - y_batch).sum() / (divisor or len(y_batch))
            number = number - 0.01 * gradient
        after.append(number)
    last = torch.stack(after[500:])
    return last.mean().item(), last.std().item()


ways = {
    "in order": settled(),
    "shuffled": settled(shuffle=True),
    "in order, drop_last": settled(drop_last=True),
    "shuffled, drop_last": settled(shuffle=True, drop_last=True),
    "in order, sum / B": settled(divisor=4),
    "shuffled, sum / B": settled(divisor=4, shuffle=True),
}
print(f"mean of the rows       {targets.mean():.2f}")
for name, (where, deviation) in ways.items():
    print(f"{name:22} {where:.2f}, deviation {deviation:.3f}")

# %% tags=["claim", "here"]
weighted = (targets[:4].mean() + targets[4]) / 2
assert abs(ways["in order"][0] - weighted) < 0.05, (
    "in order, the last row counts as much as the four others together"
)
assert abs(ways["in order, drop_last"][0] - 1) < 1e-3, (
    "with `drop_last` and without shuffling, it does not count at all"
)
others = ("shuffled", "shuffled, drop_last", "in order, sum / B", "shuffled, sum / B")
assert all(abs(ways[name][0] - 2) < 0.05 for name in others), (
    "shuffled, or divided by B, rows count the same on average"
)
assert ways["shuffled"][1] > 20 * ways["shuffled, sum / B"][1], (
    "shuffled, the ragged batch makes descent hover more than 20 times as far out as with its due weight"
)

# %% [markdown]
r"""
- **In order**, the same rows have the additional weight in every epoch. That is a wrong answer.
- **Shuffled**, it falls to other rows each time. The answer is right on average, and moves more.
- **`drop_last=True`** leaves $\lfloor n / B \rfloor$ batches. Shuffled, every row has its turn in another epoch; in
  order, the last rows are never read.
- **Divide the sum of the losses by $B$**, in PyTorch `nn.MSELoss(reduction="sum")(…) / B`, and each row counts
  the same, whatever batch it is in. Here that takes nearly all of the hovering away as well, because an epoch holds
  every row once.

With hundreds of full batches an epoch, one ragged one hardly matters. With few it does, and with none
at all:
"""

# %% tags=["raises-exception"] cause="With `drop_last=True` fewer rows than a batch make no batch at all."
from course.training.loop import fit

dataset = TensorDataset(x.unsqueeze(1).float(), y.unsqueeze(1).float())
loader = Batches(dataset, batch_size=32, shuffle=True, drop_last=True)
model = nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
fit(model, loader, nn.MSELoss(), optimizer, epochs=100)

# %% [markdown]
r"""
Twenty rows make no full batch of 32. A loop of your own would have run a hundred epochs without a step, and
without a word: **the symptom** is a model that has not changed. **The repair** is to ask `len(loader)`, and to
keep the ragged batch when the data are small.

## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.training.exercises import minibatches as exercises

exercises.all_batches

# %% tags=["hide-input"]
exercises.enough_rows

# %% tags=["fold"]
from course.training.exercises import minibatches as exercises

noise_of_one = gradient_noise(gradients, 1)
enough = exercises.rows_needed(noise_of_one, noise_of_one / 10, len(gradients))

# %% [markdown]
r"""
??? success "What you find"
    For a tenth of the noise of a single patient, a batch needs {{ enough }} of the {{ len(gradients) }}. If
    patients could come twice, it would need 100.
"""

# %% tags=["hide-input"]
exercises.weights_of_rows

# %% [markdown]
r"""
## What to remember

- A batch's gradient is right on average. Its noise falls with the root of its size, and for different
  rows to zero at $B = n$.
- A good size is the one up to which rows are nearly free. Give each size its own rate.
- Shuffle in every epoch. In a fixed order, the error does not average out, and it looks like convergence.
- In a last batch that is shorter than the others, each row counts for more.

Reference: [`row_gradients`][course.training.minibatches.row_gradients],
[`gradient_noise`][course.training.minibatches.gradient_noise],
[`finite_population_factor`][course.training.minibatches.finite_population_factor],
[`measured_noise`][course.training.minibatches.measured_noise],
[`shuffled_batches`][course.training.minibatches.shuffled_batches],
[`descend_in_batches`][course.training.minibatches.descend_in_batches],
[`descend_together`][course.training.minibatches.descend_together]. The test that proves them is
`tests/training/test_minibatches.py`. Next: [what to do with a gradient](optimizers.py).
"""
