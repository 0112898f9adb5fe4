# ---
# title: Better, or lucky?
# description: >-
#   Two models compared over several seeds, in pairs and with an interval: how far a difference would
#   move, if chance fell differently.
# needs: >-
#   [measuring without fooling yourself](measuring.py), mean and standard deviation
# ---

# %% [markdown]
r"""
**The question.** You train two models and measure both. One of them gets a few more rows right. Is
it better, or was it lucky?

## The idea

What you measure depends on chance: on which rows the model trains on and is measured on, where its weights<!-- term -->
begin, in which order it reads. All of these are drawn by a random generator, which starts from a *seed*. Another
seed, and the number is another one. So a number has a reach: how far would it move, if you did it all again?

## One seed

A run draws with its seed which digits it trains on, the first weights<!-- no term --> and the order of the batches. What
differs between the two models is the learning rate alone.
"""

# %%
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import TensorDataset

from course.device import pick_device
from course.training.batches import Batches
from course.training.loop import fit
from course.training.measuring import evaluate
from course.training.metrics import accuracy
from course.training.splits import split_rows

device = pick_device()
pixels, digits = load_digits(return_X_y=True)
x = torch.tensor(pixels / 16, dtype=torch.float32)
y = torch.tensor(digits)


def run(seed, lr):
    generator = torch.Generator().manual_seed(seed)
    training, validation, test = split_rows(len(x), (0.4, 0.2, 0.4), generator)
    model = nn.Linear(64, 10)
    nn.init.uniform_(model.weight, -0.125, 0.125, generator=generator)
    nn.init.zeros_(model.bias)
    dataset = TensorDataset(x[training], y[training])
    batches = Batches(dataset, 64, shuffle=True, generator=generator)
    optimizer = torch.optim.SGD(model.to(device).parameters(), lr)
    fit(model, batches, nn.CrossEntropyLoss(), optimizer, epochs=8)
    return model, validation, test


def percent_right(model, rows):
    batches = [(x[rows], y[rows])]
    measured = evaluate(model, batches, nn.CrossEntropyLoss(), {"accuracy": accuracy})
    return 100 * measured["accuracy"]


slow, validation, _ = run(seed=0, lr=0.2)
fast, _, _ = run(seed=0, lr=0.3)
first = percent_right(fast, validation) - percent_right(slow, validation)
print(f"learning rate 0.2: {percent_right(slow, validation):.1f} % of validation rows")
print(f"learning rate 0.3: {percent_right(fast, validation):.1f} %")

# %% [markdown]
r"""
A difference of {{ abs(first):.1f }} points: {{ abs(first) * len(validation) / 100:.0f }} of
{{ len(validation) }} rows. Take the smaller learning rate, then?

## Several seeds

Repeat both runs with twenty seeds. With the same seed, both get the same rows, the same first weights and the
same order: they are *paired*.
"""

# %%
seeds = range(20)


def repeat(lr):
    runs = [run(seed, lr) for seed in seeds]
    on_validation = [percent_right(model, validation) for model, validation, _ in runs]
    on_test = [percent_right(model, test) for model, _, test in runs]
    return torch.tensor(on_validation), torch.tensor(on_test)


slow_validation, _ = repeat(0.2)
fast_validation, fast_test = repeat(0.3)

# %% alt="Two rows of twenty dots, one dot per seed. Each row is about five points wide and the two overlap almost completely; the bar at the mean of the lower row, learning rate 0.3, is about one point further right." lead="Two learning rates with twenty seeds each: is the second one better?"
from course import plotting

groups = {"learning rate 0.2": slow_validation, "learning rate 0.3": fast_validation}
plotting.dots(groups, xlabel="validation rows right in %")

# %%
difference = fast_validation - slow_validation
across = (fast_validation.unsqueeze(1) - slow_validation)[~torch.eye(len(seeds), dtype=torch.bool)]
mean_share, spread = fast_validation.mean(), fast_validation.std()
print(f"with the same seed, 0.2 is ahead in {(difference < 0).sum()} of {len(seeds)}")
print(f"with two different seeds, in {(across < 0).sum()} of {len(across)}")
print(f"standard deviation from seed to seed: {spread:.2f} points")

# %% [markdown]
r"""
The one seed of the beginning was an exception. (This page looked for one: among several ways to draw
the first weights, it takes one with which seed 0 misleads. You cannot know whether yours does.) And
had the two models come with two different seeds, one of them from somebody else's report, say, `0.2`
would have been ahead in {{ 100 * (across < 0).float().mean():.0f }} of 100 comparisons.

## The interval

Let $m$ runs give the values $v$, with the mean $\bar v$ and the standard deviation
$s$. The mean of $m$ independent runs varies less than a single one, by the factor $\sqrt m$. If runs are
independent and their values about normal, then in 95 of 100 such experiments the mean that ever more
runs would approach lies within

$$
\bar v \pm t \, \frac{s}{\sqrt m} .
$$

The factor $t$ is Student's (1908), here for these 95 of 100 and $m - 1$ degrees of freedom: it makes up
for not knowing the true standard deviation, and it is large when runs are few.

::: course.training.seeds.mean_interval

[`mean_interval`][course.training.seeds.mean_interval] takes $t$ from
[`t_quantile`][course.training.seeds.t_quantile]. Of one run it gives no interval:
"""

# %% tags=["raises-exception"] cause="One run says nothing of how far another would be: take several seeds."
from course.training.seeds import mean_interval, t_quantile

mean_interval(difference[:1])

# %%
mean_slow, margin_slow = mean_interval(slow_validation)
mean_fast, margin_fast = mean_interval(fast_validation)
gain, margin = mean_interval(difference)
errors = (slow_validation.var() / len(seeds) + fast_validation.var() / len(seeds)).sqrt().item()
apart = t_quantile(0.95, degrees=2 * len(seeds) - 2) * errors
print(f"learning rate 0.2      {mean_slow:.2f} ± {margin_slow:.2f}")
print(f"learning rate 0.3      {mean_fast:.2f} ± {margin_fast:.2f}")
print(f"difference, not paired {mean_fast - mean_slow:+.2f} ± {apart:.2f}")
print(f"difference, paired     {gain:+.2f} ± {margin:.2f}")

# %% [markdown]
r"""
The difference is the same both times. What pairing changes is its interval. A hard split is hard for
both models, and the subtraction takes that away; without pairing, the squares of the two standard
errors add up, and the interval is {{ apart / margin:.1f }} times as wide. Here is the paired interval
after three seeds, after four, and so on:
"""

# %% alt="The mean difference against the number of seeds. It starts below zero with the first seed, rises within a few seeds and then stays near one point. The two ends of the interval begin far apart, below and above zero, and close in quickly; from about the sixth seed on both lie above zero, and they go on drawing slowly nearer to the mean."
so_far = [mean_interval(difference[:m]) for m in range(3, len(seeds) + 1)]
blank = [torch.nan] * 2
low = blank + [mean - reach for mean, reach in so_far]
high = blank + [mean + reach for mean, reach in so_far]
running = difference.cumsum(0) / torch.arange(1, len(seeds) + 1)
ends = torch.tensor([low, high])
plotting.curves(
    {"mean": running, "interval": ends, "no difference": [0.0] * len(seeds)},
    xlabel="number of seeds",
    ylabel="0.3 ahead by … points",
)

# %% tags=["claim", "here", "rare"]
assert first < 0, "with seed 0, the smaller learning rate is ahead"

# %% tags=["claim", "here"]
assert (difference < 0).sum() <= 3, "with the same seed, that is so in at most 3 of the 20 runs"
assert 0.15 < (across < 0).float().mean() < 0.45, (
    "with two different seeds it is ahead in 15 to 45 % of all pairs"
)
assert mean_interval(difference[:3])[0] - mean_interval(difference[:3])[1] < 0, (
    "with 3 seeds, the interval contains 0: nothing is decided"
)
assert apart > 2 * margin, "not paired, that of 20 seeds is more than twice as wide"

# %% tags=["claim", "in-general"]
assert gain - 1.5 * margin > 0, (
    "over ever more splits of these digits, paired, 0.3 is better: with 20 seeds the 95 % interval lies above 0 by more than half its margin"
)

# %% [markdown]
r"""
Decide on the number of seeds beforehand. Whoever stops as soon as the interval leaves zero out finds a
difference where there is none more often than five times in a hundred.

The answer to the question of the beginning: the model that came out ahead is not the better one. On
these digits, and with this training, the larger learning rate is better by
{{ gain:.1f }} ± {{ margin:.1f }} points.
"""

# %% tags=["hide-input"]
from course.practice import Choice, Question

ratio = t_quantile(0.95, 79) / 80**0.5 / (t_quantile(0.95, 19) / 20**0.5)
Question(
    "You go from 20 runs to 80, and their standard deviation stays what it was. What becomes of the "
    "margin?",
    Choice("a quarter", abs(ratio - 0.25) < 0.1, "It goes with the root of the number of runs."),
    Choice(
        "half",
        abs(ratio - 0.5) < 0.1,
        f"Four times as many runs, and $\\sqrt 4 = 2$. Exactly it is {ratio:.2f} times as wide, "
        "because $t$ becomes a little smaller too.",
    ),
    Choice(
        "nearly the same",
        ratio > 0.6,
        "The spread of single runs stays; that of their mean shrinks.",
    ),
)

# %% [markdown]
r"""
## What goes wrong: the seed that looked best

There are twenty runs with learning rate `0.3`. Why not report the best of them, and call its seed a
setting<!-- term -->? Because it was chosen for its number. Each run also has test rows that no choice has seen.
"""

# %% alt="Four rows. In the first, twenty dots of the validation accuracies. Below it a single dot, the chosen run, at the right end of that range. In the third row the twenty test accuracies, in about the same range as the first. Below it the chosen run again, now near the middle." symptom="A good result fades with another seed" cause="The seed was chosen for its number: report the mean over all seeds, with its interval."
best = fast_validation.argmax()
plotting.dots(
    {
        "all, validation": fast_validation,
        "chosen, validation": fast_validation[best : best + 1],
        "all, test": fast_test,
        "chosen, test": fast_test[best : best + 1],
    },
    xlabel="rows right in %",
)

# %% [markdown]
r"""
Seed {{ best }} reaches {{ fast_validation[best]:.1f }} % on its validation rows and
{{ fast_test[best]:.1f }} % on its test rows. The mean of all seeds is {{ fast_test.mean():.1f }} %. What was
chosen was mostly luck, and luck does not repeat. How much can luck do? Take twenty models that are all
equally good, each right with the same probability on every row, independently of the others.
"""

# %%
generator = torch.Generator().manual_seed(0)
share = mean_share / 100
rows = torch.rand(500, 20, len(validation), generator=generator) < share
lucky = 100 * rows.double().mean(dim=2).amax(dim=1)
optimism = lucky.mean() - mean_share
print(f"every model is right with probability {share:.3f}")
print(f"the best of 20 models on {len(validation)} rows: {lucky.mean():.1f} %")
print(f"(mean of {len(lucky)} trials)")

# %% tags=["claim", "here"]
above = fast_validation[best] - fast_validation.mean()
assert fast_test[best] - fast_test.mean() < above / 2, (
    "on test rows, the chosen run keeps less than half of its lead over the mean of all runs"
)
assert 2 < optimism < 4, "among equal models, the best of 20 looks 2 to 4 points better than it is"
assert optimism > 2 * gain, "that is more than twice what the two learning rates differ by"

# %% [markdown]
r"""
Choosing among equals gave {{ optimism:.1f }} points out of nothing. **The repair**: report the mean and its
interval over all seeds. If you need one model, choose it on validation rows and report what it does on
[test rows that are opened once](selection.py). **The symptom**: a result that comes with a seed, and fades with
any other one.

## Going deeper: do 95 of 100 intervals contain the mean?

Where the true mean is known, it can be counted: draw five numbers from a normal distribution, and look whether
their interval contains its mean.
"""

# %%
generator = torch.Generator().manual_seed(0)
draws = torch.randn(4000, 5, generator=generator)
with_t = [abs(mean) < reach for mean, reach in map(mean_interval, draws)]
with_two = draws.mean(dim=1).abs() < 1.96 * draws.std(dim=1) / 5**0.5
t = t_quantile(0.95, degrees=4)
print(f"with Student's t = {t:.2f}: {100 * sum(with_t) / len(draws):.1f} %")
print(f"with 1.96:              {100 * with_two.float().mean():.1f} %")

# %% tags=["claim", "here"]
covered = sum(with_t) / len(draws)
assert abs(covered - 0.95) < 0.015, "95 % of the intervals contain the mean, within 1.5 points"
assert with_two.float().mean() < 0.9, "with 1.96, right for a great many runs, fewer than 90 % do"

# %% [markdown]
r"""
!!! note "What the digits do not give"
    These draws are independent. The twenty splits are so only as splits of *these* digits, because they
    share rows: their interval says what more such splits would give. For digits yet to be collected it
    is too narrow. A correction (Nadeau and Bengio, 2003) multiplies the margin by
    $\sqrt{1 + m \, n_\mathrm{validation} / n_\mathrm{training}}$, which makes it
    ± {{ margin * (1 + len(seeds) * 0.2 / 0.4) ** 0.5:.2f }} instead of
    ± {{ margin:.2f }}, next to a difference of {{ gain:.2f }}. So for such digits, twenty splits of these
    hardly decide.

## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.training.exercises import seeds as exercises

exercises.standard_error

# %% tags=["hide-input"]
exercises.ahead

# %% [markdown]
r"""
??? success "What they give on the data of this page"
    A single run of learning rate `0.3` varies with a standard deviation of {{ spread:.2f }} points, the mean of
    {{ len(seeds) }} runs with a standard error of {{ exercises.standard_error_of_mean(fast_validation):.2f }}. Of the
    two learning rates, the {{ exercises.which_is_ahead(slow_validation, fast_validation) }} one is ahead.

## What to remember

- One run says little. Repeat with several seeds, their number fixed beforehand.
- Pair what you compare: the same seed for both, and the interval of the differences.
- If the interval contains 0, nothing is decided.
- What was chosen for its number looks better than it is.

Reference: [`mean_interval`][course.training.seeds.mean_interval],
[`t_quantile`][course.training.seeds.t_quantile], [`dots`][course.plotting.drawings.dots.dots]. The test that
proves the first two is `tests/training/test_seeds.py`. Next: [which rows may choose](selection.py).
"""
