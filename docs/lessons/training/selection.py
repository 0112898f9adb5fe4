# ---
# title: Which rows may choose
# description: >-
#   Training, validation and test rows: degree, outliers, learning rate, batch size and the moment to
#   stop are chosen on one set, and judged on another, once.
# needs: >-
#   [the exact answer](../linear/exact.py), [one loop for everything](loop.py) and
#   [measuring](measuring.py)
# ---

# %% [markdown]
r"""
**The question.** A model has a degree, a learning rate, a batch size, a moment to stop. Each choice is made
by comparing numbers. On which rows may you compare, and which number may you promise in the end?

## The idea

A number that something was chosen for is, on average, too good: the choice took the luck along. So rows
are split in three, by what they decide.

| Rows | What they decide | How often they are read |
| --- | --- | --- |
| training | the parameters | at every step |
| validation | the settings<!-- term -->: degree, learning rate, batch size, when to stop | at every comparison |
| test | nothing | once, at the end |

Training rows flatter the parameters that were fitted to them, validation rows the setting that won on them. Only rows
that decided nothing say what new rows will bring.

## The smallest case, by hand

Two training rows, one validation row. A constant or a line?
"""

# %%
import torch

x, y = torch.tensor([10.0, 20.0, 30.0]), torch.tensor([9.0, 11.0, 10.0])
slope = (y[1] - y[0]) / (x[1] - x[0])
answers = {"constant": y[:2].mean().expand(3), "line": y[0] + slope * (x - x[0])}
for name, predictions in answers.items():
    squares = (predictions - y) ** 2
    print(f"{name:9} training {squares[:2].mean():.0f}, validation {squares[2]:.0f}")

# %% [markdown]
r"""
The line has as many parameters as there are training rows, so its training error is 0 whatever the targets
are. It says nothing about the line. The third row does.

## Eighty plants, split

Each plant grew at a temperature of its own, from 5 °C ($x = -1$) to 35 °C ($x = 1$), and was weighed after four
weeks. The plants are made up, so the truth is known: around an expected weight, single plants vary with a
variance of 1 g². So that variance is the **floor**: no model has a lower mean squared error on new plants, on average.
"""

# %%
import math

from course.training.splits import HeldOut, split_rows


def grow(generator):
    x = -torch.cos(math.pi * (torch.arange(80).double() + 0.5) / 80)
    noise = torch.randn(80, generator=generator).double()
    return x, expected_weight(x) + noise


def expected_weight(x):
    return 4 + 10 * torch.exp(-(((15 * x - 3) / 8) ** 2))  # in g


generator = torch.Generator().manual_seed(0)
plants, weights = grow(generator)
rest, test = split_rows(80, (0.6, 0.4), generator)
held_out = HeldOut(plants[test], weights[test])
x, y = plants[rest], weights[rest]


def split(seed):
    return split_rows(48, (2 / 3, 1 / 3), torch.Generator().manual_seed(seed))


print(held_out, "and", [len(rows) for rows in split(0)], "rows for training and validation")

# %% [markdown]
r"""
[`HeldOut`][course.training.splits.HeldOut] keeps the test rows sealed until [the test set](#the-test-set-once) is
opened. The others are split anew with each seed.

## Too stiff, too wild

Which degree should a curve have? [`polynomial_features`][course.training.selection.polynomial_features] makes
the columns, the [exact answer](../linear/exact.py) the parameters. Every degree meets the same splits:

::: course.training.selection.sweep
"""

# %%
from course.linear.exact import solve_least_squares, with_ones
from course.training.seeds import mean_interval
from course.training.selection import best_setting, polynomial_features, sweep


def curve(x, y, degree):
    parameters = solve_least_squares(with_ones(polynomial_features(x, degree)), y)
    return lambda x: with_ones(polynomial_features(x, degree)) @ parameters


def error(degree, seed, part):
    parts = split(seed)
    predict = curve(x[parts[0]], y[parts[0]], degree)
    return (predict(x[parts[part]]) - y[parts[part]]).square().mean().item()


degrees, seeds = range(1, 15), range(10)
on_training = sweep(lambda degree, seed: error(degree, seed, 0), degrees, seeds)
on_validation = sweep(lambda degree, seed: error(degree, seed, 1), degrees, seeds)
degree = degrees[best_setting(on_validation)]
print("lowest mean on validation rows: degree", degree)

# %% alt="Error in g² on a log scale against the degree, up to 14. The training curve falls at every degree, from about 13 to 0.7, and crosses the floor at 1 near degree 5. The validation curve falls with it at first, turns at degree 5 near 1.7 and rises, to about 5 at degree 14: a U."
from course import plotting

means = on_validation.mean(dim=1)
errors = {"training": on_training.mean(dim=1), "validation": means, "floor": torch.ones(14)}
plotting.curves(errors, xlabel="degree", ylabel="mean squared error in g²", log=True)

# %% [markdown]
r"""
Three of these curves, on the training plants of one split. Fewer powers are not the only way to make a curve stiff:
a *penalty* on large parameters, as in [what a weight can mean](../linear/identifiability.py#what-regularisation-chooses),
does so and keeps them all.
"""

# %% alt="Training plants, temperature to the right, weight upwards: low at both ends, highest a little right of the middle. Degree 1 is a rising straight line that misses the hump. Degree 5 follows the hump. Degree 14 turns up and down between single plants, and between 13 and 21 degrees, where no training plant stands, it rises to 20 g." lead="Three curves for the same plants: too stiff, about right, too wild." symptom="Very good on training rows, poor on validation rows" cause="The model overfits: it has learned the noise of its training rows. Take a simpler model, more data, weight decay or early stopping."
rows = split(0)[0]
grid = torch.linspace(-1, 1, 400).double()
axes = {"xlabel": "temperature in °C", "ylabel": "weight in g"}
three = {d: curve(x[rows], y[rows], d)(grid) for d in (1, degree, degrees[-1])}
shown = {f"degree {d}": (20 + 15 * grid, heights) for d, heights in three.items()}
curved = plotting.fits(20 + 15 * x[rows], y[rows], shown, **axes)

from course.linear.cost import mean_squared_error
from course.linear.identifiability import ridge

tables = [polynomial_features(x[rows], d) for d in (2, 5, 9)]
plotting.demo(
    "selection",
    curved,
    "Stay at degree 14. How strong has the penalty to be until the validation error is at its lowest, "
    "and what has then become of the training error?",
    {
        "x": x.round(decimals=6),
        "y": y.round(decimals=6),
        "train": rows,
        "valid": split(0)[1],
    },
    [
        *((polynomial_features, x[rows[:6]], d) for d in (1, 2, 14)),
        *((ridge, table, y[rows], s) for table in tables for s in (1e-3, 0.5)),
        (mean_squared_error, curve(x[rows], y[rows], 3)(x[rows]), y[rows]),
    ],
)

# %% tags=["claim", "always"]
assert (on_training.diff(dim=0) < 1e-9).all(), (
    "with every split, a higher degree never raises the training error"
)

# %% tags=["claim", "here"]
assert on_training[-1].max() < 1, "at degree 14 it is below the floor: noise was learned by heart"
assert means[0] > 5 * means[degree - 1], "too stiff: degree 1 has more than five times the error"
assert means[-1] > 1.2 * means[degree - 1], "too wild: degree 14 has more than 1.2 times the error"
assert 4 <= degree <= 7, "the degree that is chosen is between 4 and 7"

# %% [markdown]
r"""
Too stiff a curve misses what is there (*underfitting*: both errors are high). Too wild a one learns the noise
of its own rows (*overfitting*: the training error is low, the validation error is not). The training error cannot choose. It always asks for more.

## Learning rate and batch size

Networks have no exact answer: they are trained, and the training has settings too. Train the curve of degree
{{ degree }}, with 20 epochs of SGD and five splits for each pair of settings. A run that ends with a larger error than
the answer 0 for every plant counts as diverged.
"""


# %%
from torch import nn
from torch.utils.data import TensorDataset

from course.training.batches import Batches
from course.training.loop import fit


def make(degree):
    model = nn.Sequential(nn.Linear(degree, 1), nn.Flatten(0)).double()
    for parameter in model.parameters():
        nn.init.zeros_(parameter)
    return model


def train(model, lr, batch_size, seed, epochs, callbacks=()):
    training, validation = split(seed)
    columns = polynomial_features(x, model[0].in_features)
    dataset = TensorDataset(columns[training], y[training])
    order = torch.Generator().manual_seed(seed)
    batches = Batches(dataset, batch_size, shuffle=True, generator=order)
    optimizer = torch.optim.SGD(model.parameters(), lr)
    seen = [(columns[validation], y[validation])]
    return fit(model, batches, nn.MSELoss(), optimizer, epochs, seen, callbacks=callbacks)


def last_error(pair, seed):
    size, lr = pair
    return train(make(degree), lr, size, seed, epochs=20).validation["loss"][-1]


sizes, rates = (2, 8, 32), (0.01, 0.03, 0.1, 0.3, 1.0)
pairs = [(size, lr) for size in sizes for lr in rates]
losses = sweep(last_error, pairs, seeds=range(5), limit=y.square().mean().item())
chosen = best_setting(losses)
batch_size, lr = pairs[chosen]
print(f"chosen: batches of {batch_size}, learning rate {lr}")


# %% alt="A table of tiles, three batch sizes by five learning rates, each with a mean error and its interval. The lowest error is at rate 0.1 for batches of 2, and at 0.3 for batches of 8 and 32. At rate 1 all tiles are empty and say diverged. To the lower left, large batches with small rates, errors are above 10."
def text(runs):
    if not runs.isfinite().all():
        return f"diverged\n{runs.isinf().sum()} of {len(runs)}"
    return "{:.2f}\n± {:.2f}".format(*mean_interval(runs))


plotting.tiles(
    losses.mean(dim=1).view(3, 5),
    {"batch size": sizes, "learning rate": rates},
    [[text(losses[5 * row + column]) for column in range(5)] for row in range(3)],
    best=divmod(chosen, 5),
)

# %% tags=["claim", "here"]
exact = on_validation[degree - 1, :5]
assert losses.isinf().any(dim=1).view(3, 5)[:, -1].all(), (
    "at rate 1, every batch size diverges with some split"
)
assert losses[chosen].mean() < 1.2 * exact.mean(), (
    "the best pair comes within a fifth of the exact answer's validation error"
)
assert losses[12].mean() > 3 * losses[chosen].mean(), (
    "batches of 32 at a rate of 0.1 have more than three times the error of the best pair"
)

# %% [markdown]
r"""
With equal epochs, large batches take few steps, so they want a large rate. Choose the two together, or each is chosen
for a value of the other that you will not use. The diverged tiles belong to the table: they say where the edge is.

## When to stop

Now the same with degree {{ degrees[-1] }}, which is too wild. Descent learns the broad bends first and the noise later.
So there is a moment in between. To end there is called *early stopping*.
"""

# %% alt="Two curves over 400 epochs on a log scale. Training falls steeply, then slowly and with many small jumps. Validation falls steeply, is lowest before epoch 20, at about 1, and rises from there to almost twice that."
history = train(make(degrees[-1]), lr, batch_size, seed=0, epochs=400)
plotting.curves(history, ylabel="mean squared error in g²", log=True)

# %% [markdown]
r"""
[`EarlyStopping`][course.training.stopping.EarlyStopping] ends the training when 50 epochs have brought nothing
new, and [`BestModel`][course.training.stopping.BestModel] keeps the weights of the best epoch, in a file. Load
them into a new model:
"""

# %%
import tempfile
from pathlib import Path

from course.training.stopping import BestModel, EarlyStopping

model = make(degrees[-1])
with tempfile.TemporaryDirectory() as folder:
    best = BestModel(model, path=Path(folder) / "best.pt")
    callbacks = [best, EarlyStopping(patience=50)]
    stopped = train(model, lr, batch_size, seed=0, epochs=400, callbacks=callbacks)
    best.restore()
    loaded = make(degrees[-1])
    BestModel(loaded, path=Path(folder) / "best.pt").restore()

columns = polynomial_features(x, degrees[-1])
print(f"ended after epoch {stopped.epochs}, kept epoch {best.epoch}")

# %% tags=["claim", "always"]
assert stopped.validation["loss"] == history.validation["loss"][: stopped.epochs], (
    "until it stops, the run is the one of the figure"
)
lowest = min(history.validation["loss"])
assert torch.equal(loaded(columns), model(columns)), (
    "the loaded model's predictions are identical, bit for bit"
)

# %% tags=["claim", "here"]
assert best.epoch == 1 + history.validation["loss"].index(lowest), (
    "the epoch that was kept is the best of all 400, though the run saw fewer"
)
assert history.validation["loss"][-1] > 1.2 * lowest, (
    "after 400 epochs the validation error is more than 1.2 times the lowest"
)

# %% [markdown]
r"""
On these validation rows the model that was kept has {{ lowest:.2f }} g², and degree {{ degree }} has {{ on_validation[degree - 1, 0]:.2f }}, so we
take it. (And {{ lowest:.2f }} is the lowest of {{ stopped.epochs }} numbers. Expect it to be too low.)

## The test set, once

Open it, and give the mean squared error with its interval, which allows for other test plants: of such intervals,
about 95 in 100 would contain the expected error of this model if squared errors were normal; they are skewed, so it is somewhat fewer.
"""

# %%
test_x, test_y = held_out.open()
answers = loaded(polynomial_features(test_x, degrees[-1])).detach()
found, margin = mean_interval((answers - test_y) ** 2)
lowest = min(stopped.validation["loss"])
everywhere = loaded(polynomial_features(plants, degrees[-1])).detach()
truly = 1 + (everywhere - expected_weight(plants)).square().mean().item()
print(f"validation {lowest:.2f}, test {found:.2f} ± {margin:.2f} g²")
print(f"expected on new plants, as we know how they are made: {truly:.2f} g²")

# %% tags=["claim", "here"]
assert found - margin < truly < found + margin, (
    "the interval of the test error contains the expected error"
)

# %% [markdown]
r"""
That is the number to report, with its interval.

## What goes wrong: a second look

The number disappoints, and you have another idea. Try it, and look again?
"""

# %% tags=["raises-exception"] cause="The test set was opened before: a second look would choose for it."
held_out.open()

# %% [markdown]
r"""
With a second look, the test set would have chosen between two models. **The repair** is more validation: several
splits. **The symptom** is a test error that falls from version to version, and a product that does not get better.

## Going deeper: how sure is the choice?

Differences to degree {{ degree }}, paired by split, with intervals that speak of other
splits of these plants. (No difference can be below 0:
degree {{ degree }} was chosen for that, on these very splits.)
"""

# %%
for d in (4, 6, 8, 10):
    gap, margin = mean_interval(on_validation[d - 1] - on_validation[degree - 1])
    print(f"degree {d:2} is worse by {gap:.2f} ± {margin:.2f} g²")

# %% [markdown]
r"""
Between its neighbours and degree {{ degree }} these plants cannot decide. The first exercise has a rule for that (Hastie et
al., 2009, section 7.10.1).

## Going deeper: one wrong plant

Somebody weighs one training plant together with its pot, 30 g too much: an *outlier*. The squared error makes
all plants pay for it. `nn.HuberLoss` (Huber, 1964) squares small residuals and counts large ones only in
proportion to their size.
"""


# %% tags=["fold"]
def fit_all(criterion, targets):
    model, columns = make(degree), polynomial_features(x[rows], degree)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.3)
    fit(model, [(columns, targets)], criterion, optimizer, epochs=500)
    return lambda x: model(polynomial_features(x, degree)).detach()


wrong = x[rows].sub(0.6).abs().argmin()  # of the plant that grew nearest to 29 °C
targets = y[rows].clone()
targets[wrong] += 30
bent, firm = fit_all(nn.MSELoss(), targets), fit_all(nn.HuberLoss(delta=2.0), targets)

# %% alt="The plants again, one of them far above all others at 29 degrees, with 40 g. The curve of the squared error is pulled up there, and away from the plants on both sides. The curve of the Huber loss stays with the plants."
two = {"squared error": bent(grid), "Huber loss": firm(grid)}
shown = {name: (20 + 15 * grid, heights) for name, heights in two.items()}
plotting.fits(20 + 15 * x[rows], targets, shown, **axes)

# %% tags=["claim", "here"]
clean = curve(x[rows], y[rows], degree)(x)
pulled, held = ((f(x) - clean).square().mean().sqrt() for f in (bent, firm))
residuals = (firm(x[rows]) - targets).abs()
assert pulled > 5 * held, (
    "the wrong plant moves the curve of the squared error more than five times as far"
)
assert residuals.argmax() == wrong, "under the Huber loss, its residual is the largest of all"
assert residuals[wrong] > 10 * residuals.median(), "more than ten times their median"

# %% [markdown]
r"""
**When may you drop it?** When you find out what went wrong (the note says "with pot"), by a rule that was fixed
before you saw whether it helps, in all three sets alike; and you report how many went. A bad fit alone is
no reason: whoever drops what the model misses has let the model choose its data. Without a reason, keep the
plant and take a loss that it can hardly bend. New data will have such plants, too.

## Going deeper: how much the winner is flattered

Repeat the choice of a degree: 300 times eighty new plants, one split each, and the degrees 3 to 9 in a random
order. Note for the winner among the first one, two, … seven how far its test error is *above* its validation
error.
"""


# %%
def both_errors(seed):
    generator = torch.Generator().manual_seed(seed)
    x, y = grow(generator)
    training, *others = split_rows(80, (0.4, 0.2, 0.4), generator)
    tried = (torch.randperm(7, generator=generator) + 3).tolist()
    squares = [(curve(x[training], y[training], d)(x) - y) ** 2 for d in tried]
    return torch.tensor([[each[part].mean() for part in others] for each in squares])


repeats = torch.stack([both_errors(seed) for seed in range(1, 301)])  # (300, 7, 2)


def flattered(tried):
    winners = repeats[:, :tried, 0].argmin(dim=1)
    validation, test = repeats[torch.arange(300), winners].T
    return test - validation


each = [flattered(tried) for tried in range(1, 8)]
gaps, reaches = torch.tensor([mean_interval(gap) for gap in each]).T
print(f"one degree, nothing to choose: {gaps[0]:+.2f} ± {reaches[0]:.2f} g²")
print(f"the best of seven:             {gaps[-1]:+.2f} ± {reaches[-1]:.2f} g²")

# %% alt="Test error minus validation error of the winner, against the number of degrees tried. It begins near zero, with an interval around zero, and rises with every further degree, to about 0.2. From the third degree on, the whole interval is above zero."
ends = torch.stack([gaps - reaches, gaps + reaches])
shown = {"winner": gaps, "interval": ends, "no flattery": torch.zeros(7)}
plotting.curves(shown, xlabel="degrees tried", ylabel="test − validation in g²")

# %% tags=["claim", "in-general"]
assert gaps[0].abs() < reaches[0], (
    "of a single degree, the 95 % interval contains 0: what was not chosen is not flattered"
)
assert gaps[-1] > 2 * reaches[-1], (
    "of the best of seven, the gap is more than twice its 95 % margin above 0"
)
wider, beyond = mean_interval(each[-1] - each[1])
assert wider > beyond, (
    "paired by experiment, it is wider for seven degrees than for two, by more than its 95 % margin"
)

# %% tags=["hide-input"]
from course.practice import Choice, Question

grows = bool(gaps[-1] > gaps[0])
wildest = degrees[on_training.mean(dim=1).argmin()]
Question(
    "You try seventy settings that are about equally good, your seven among them. What do you expect?",
    Choice(
        "The winner's validation error will be about its test error.",
        not grows,
        "So it is for a setting that was not chosen by that number.",
    ),
    Choice(
        "The lowest validation error will be no higher, and on average further below the winner's "
        "test error.",
        grows,
        f"More numbers have a lower minimum, and more luck in it: here {gaps[-1]:.2f} g² for seven, "
        f"{gaps[3]:.2f} for four.",
    ),
    Choice(
        "The lowest training error will be the winner's.",
        wildest == degree,
        f"The training error is lowest for the wildest, here degree {wildest}, which did not win.",
    ),
)

# %% [markdown]
r"""
The setting chosen may well be good: trying more is no mistake by itself. To *report* the number that it was
chosen by is (Cawley and Talbot, 2010). [What notes often say](../notes/claims.py) has the pure case, models that know nothing.

## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.training.exercises import selection as exercises

exercises.simplest

# %% tags=["hide-input"]
exercises.standing_out

# %% tags=["hide-input"]
exercises.patience

# %% tags=["fold"]
from course.training.exercises import selection as exercises

simple = degrees[exercises.simplest_setting(on_validation)]
out = exercises.suspects(firm(x[rows]) - targets, factor=6.0)
assert out.tolist() == [wrong]

# %% [markdown]
r"""
??? success "What you find"
    Over the ten splits, the rule of one standard error takes degree {{ simple }}, where the lowest mean takes
    {{ degree }}. Of the residuals under the Huber loss (“one wrong plant” above), with the factor 6,
    {{ len(out) }} plant stands out: the one with its pot.

## What to remember

- Training rows choose parameters, validation rows choose settings, test rows choose nothing.
- Too stiff: both errors are high. Too wild: the training error is low, the validation error is not.
- Choose learning rate and batch size together, over several splits.
- Stop early, and keep the best weights. Then open the test set, once.
- The winner's validation error is on average too low, and the more so the more you tried.

Reference: [`polynomial_features`][course.training.selection.polynomial_features],
[`sweep`][course.training.selection.sweep], [`best_setting`][course.training.selection.best_setting],
[`HeldOut`][course.training.splits.HeldOut], [`EarlyStopping`][course.training.stopping.EarlyStopping],
[`BestModel`][course.training.stopping.BestModel], [`tiles`][course.plotting.drawings.tiles.tiles]. The test that proves the
first three is `tests/training/test_selection.py`. Next: back to the [theme](index.md).
"""
