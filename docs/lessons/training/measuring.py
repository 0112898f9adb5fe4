# ---
# title: Measuring without fooling yourself
# description: >-
#   Averages over rows, baselines, and several seeds with an interval: what it takes before a number
#   says that one model is better than another.
# needs: >-
#   [one loop for everything](loop.py), [cost](../linear/cost.py), mean and standard deviation
# ---

# %% [markdown]
r"""
**The question.** You train two models and measure both. One of them gets a few more rows right. Is
it better?

## The idea

A number that you measured can mislead you, and no error message will say so. Ask it three questions:

1. **Over what is it an average?** Over rows, or over something that counts some rows more?
2. **Next to what does it stand?** What would a model score that has learned nothing?
3. **How far would it move**, if you did it all again and chance fell differently?

Here is a case. The digits that come with scikit-learn are real, 8 × 8 pixels each (Alpaydin and
Kaynak, 1998). One linear layer gives ten numbers per image, and the largest one is its answer. (The
criterion is the cross-entropy, [as before](loop.py#classes-which-digit-is-it).) A run draws with its *seed* which
rows it trains on, the first weights<!-- term -->, and the order of the batches. What differs between the two models
is the learning rate.
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
{{ len(validation) }} rows. Take the smaller learning rate, then? Put the three questions first.

## Over what: the smallest case, by hand

Five rows with their losses, read in batches of four. The last batch has one row.
"""

# %%
losses = torch.tensor([1.0, 1.0, 1.0, 1.0, 6.0])
means = torch.stack([batch.mean() for batch in losses.split(4)])
print("mean of each batch    ", means.tolist())
print("average of these means", means.mean().item())
print("mean over the rows    ", losses.mean().item())

# %% [markdown]
r"""
The average of batch averages gives the last row half of all the weight; its share is a fifth. The mean
over the $n$ rows is got back when each of the $q$ batches counts by its number of rows $n_j$:

$$
J = \sum_j \frac{n_j}{n}\, J_j ,
\qquad\text{and not}\qquad
\frac1q \sum_j J_j .
$$

::: course.training.measuring.weighted_mean

[`weighted_mean`][course.training.measuring.weighted_mean] is what [`fit`][course.training.loop.fit]
takes for the loss of an epoch. How wrong is the other average? When only the last batch is shorter,
and the full ones together have the mean $J_\mathrm{full}$, then

$$
\frac1q \sum_j J_j - J
= (J_\mathrm{last} - J_\mathrm{full}) \left( \frac1q - \frac{n_\mathrm{last}}{n} \right) .
$$

The error is large when batches are few and the last one is small: up to nearly $1/q$ of the difference
between a single row and all others. The formula holds for every mean over rows, so also for an
accuracy. Read the validation rows above in batches of every possible size:
"""

# %%
from course.training.measuring import predict, weighted_mean

outputs, targets = predict(slow, [(x[validation], y[validation])])
right = (outputs.argmax(dim=1) == targets).double().cpu()


def both_averages(values, size):
    batches = values.split(size)
    means = torch.stack([batch.mean() for batch in batches])
    return means.mean().item(), weighted_mean(means, [len(batch) for batch in batches])


sizes = range(1, len(right) + 1)
averages = 100 * torch.tensor([both_averages(right, size) for size in sizes])
unweighted, weighted = averages.T
worst = (unweighted - weighted).abs().argmax().item()

# %% alt="Accuracy in percent against the batch size. The curve of the weighted mean is a horizontal line. The average of batch averages stays near it for small batches and leaves it in peaks and drops that grow with the batch size; the highest, just before the batch holds all rows, is about four points above the line."
from course import plotting

plotting.curves(
    {"weighted by rows": weighted, "average of batch averages": unweighted},
    xlabel="batch size",
    ylabel="accuracy in %",
)

# %% tags=["claim", "always"]
from sklearn.metrics import accuracy_score

expected = 100 * accuracy_score(targets.cpu(), outputs.argmax(dim=1).cpu())
gaps = []
for size in sizes:
    *full, last = right.split(size)
    apart = last.mean() - torch.cat(full).mean() if full else torch.tensor(0.0).double()
    gaps.append(100 * apart * (1 / (len(full) + 1) - len(last) / len(right)))
assert torch.allclose(weighted, torch.full_like(weighted, expected), atol=1e-3), (
    "weighted by rows, every batch size gives the accuracy that scikit-learn gives"
)
assert torch.allclose(unweighted - weighted, torch.stack(gaps).float(), atol=1e-3), (
    "for every batch size, the error of the other average is that of the formula"
)

# %% tags=["claim", "here"]
assert (unweighted - weighted).abs().max() > max(2, abs(first)), (
    "this error reaches more than 2 points, and more than the two models differ by"
)

# %% [markdown]
r"""
Same model, same rows: with batches of {{ worst + 1 }} the average of averages says
{{ unweighted[worst]:.1f }} %, and {{ weighted[worst]:.1f }} % is true. That is more than the two
models differ by. For this reason the package `course` has no average of batch averages.
"""

# %% tags=["hide-input"]
from course.practice import Choice, Question

n, size = 513, 256
whole, ragged = divmod(n, size)
weight = 1 / (whole + 1) / ragged
Question(
    f"A loader reads {n} rows in batches of {size}. What is the weight of the very last row in the "
    "average of batch averages?",
    Choice("1/513", weight == 1 / n, "That is its weight in the mean over rows."),
    Choice("1/256", weight == 1 / size, "That is the part of a row in a full batch."),
    Choice(
        "1/3",
        weight == 1 / 3,
        f"There are {whole} full batches and one with {ragged} row, which has all the weight of its "
        f"batch: {weight * n:.0f} times what it should have.",
    ),
)

# %% [markdown]
r"""
## What no average of batches can give

Some numbers are no mean over rows at all. R² compares the squared error with the spread of the
targets around their mean $\bar y$:

$$
R^2 = 1 - \frac{\sum_i (\hat y_i - y_i)^2}{\sum_i (y_i - \bar y)^2} .
$$

A batch has its own $\bar y$ and its own spread, so it has an R² of its own, and weighting does not
repair it. Here is a linear model on data about diabetes, which are real as well: ten measurements of
each patient, and how far the disease went in a year (Efron et al., 2004). A tenth of the rows trains
it.
"""

# %%
from sklearn.datasets import load_diabetes

from course.training.metrics import r_squared

generator = torch.Generator().manual_seed(0)
measurements, progress = load_diabetes(return_X_y=True, scaled=False)
x2 = torch.tensor(measurements, dtype=torch.float32)
y2 = torch.tensor(progress, dtype=torch.float32)
known, new = split_rows(len(x2), (0.1, 0.9), generator)
x2 = (x2 - x2[known].mean(dim=0)) / x2[known].std(dim=0)


def train(*layers, lr, epochs):
    model = nn.Sequential(*layers, nn.Flatten(0))  # (n, 1) becomes (n,)
    nn.init.constant_(layers[-1].bias, y2[known].mean().item())
    optimizer = torch.optim.Adam(model.to(device).parameters(), lr)
    fit(model, [(x2[known], y2[known])], nn.MSELoss(), optimizer, epochs)
    return model


torch.manual_seed(0)  # nn.Linear draws its weights from torch's global generator
linear = train(nn.Linear(10, 1), lr=1.0, epochs=300)

outputs, targets = predict(linear, [(x2[new], y2[new])])
by_size = {}
for size in (4, 8, 16, 64, len(new)):
    batches = list(zip(outputs.split(size), targets.split(size), strict=True))
    values = torch.stack([r_squared(*batch) for batch in batches])
    by_size[size] = weighted_mean(values, [len(batch) for batch, _ in batches])
    print(f"batches of {size:3d}: R² {by_size[size]:6.3f}")

# %% tags=["claim", "always"]
from sklearn.metrics import mean_squared_error, r2_score

whole = r_squared(outputs, targets).item()
assert abs(whole - r2_score(targets.cpu(), outputs.cpu())) < 1e-4, (
    "R² of all rows at once is scikit-learn's"
)

# %% tags=["claim", "here"]
assert all(value < whole - 0.005 for size, value in by_size.items() if size <= 16), (
    "averaged over batches of 16 or fewer it comes out too low, although each batch has its weight"
)
assert by_size[4] < 0, "with batches of 4, it falls below zero"

# %% [markdown]
r"""
The predictions are the same in every line. In a small batch the targets lie close to the batch's own
mean, so the same error is divided by less. A batch of a single row has no spread and no R². It is the
same with the area under a ROC curve, and even with the root of the mean squared error: a mean of roots
is not the root of a mean.

So collect first, and measure once.

::: course.training.measuring.predict

[`predict`][course.training.measuring.predict] switches the model to `eval` mode, records no gradients,
and leaves the model in the mode in which it came.
[`evaluate`][course.training.measuring.evaluate], which you met above, hands all of these outputs and
targets at once to each metric.

**The PyTorch way**, when outputs are too many to keep: a loss with `reduction="sum"`. Sums over
batches may be added, and one division by $n$ at the end makes them a mean.
"""

# %%
batches = Batches(TensorDataset(x2[new].to(device), y2[new].to(device)), 64)
summed = nn.MSELoss(reduction="sum")
total = sum(summed(linear(inputs), targets).item() for inputs, targets in batches)
collected = evaluate(linear, batches, nn.MSELoss())["loss"]
print(f"sums of batches, divided once {total / len(new):.2f}")
print(f"evaluate                      {collected:.2f}")

# %% tags=["claim", "always"]
reference = mean_squared_error(targets.cpu(), outputs.cpu())
assert abs(total / len(new) / collected - 1) < 1e-4, "both are equal"
assert abs(collected / reference - 1) < 1e-4, "and equal to scikit-learn's"

# %% [markdown]
r"""
## Next to what: the baseline

Is {{ collected:.0f }} a good mean squared error? Its unit is that of the target, squared; by itself it
says nothing. Put it next to a model that never looks at its inputs.

::: course.training.measuring.Constant

R² has this [`Constant`][course.training.measuring.Constant] built in: it is 0 for the mean of the rows
it is measured on. Now train a larger network for long, until it knows its {{ len(known) }} training
rows by heart.
"""

# %%
from course.training.measuring import Constant

mean = Constant(y2[known].mean()).to(device)
network = train(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 1), lr=0.05, epochs=400)


def measured(model, rows):
    return evaluate(model, [(x2[rows], y2[rows])], nn.MSELoss(), {"R²": r_squared})


print("                     training rows         new rows")
print("                        MSE     R²        MSE     R²")
models = {"mean of the targets": mean, "linear": linear, "network": network}
for name, model in models.items():
    old, now = measured(model, known), measured(model, new)
    numbers = (old["loss"], old["R²"], now["loss"], now["R²"])
    print(f"{name:20}", "{:6.0f} {:6.2f}     {:6.0f} {:6.2f}".format(*numbers))

# %% tags=["claim", "always"]
assert abs(measured(mean, known)["R²"]) < 1e-5, (
    "on the rows that it comes from, the mean has an R² of 0"
)

# %% tags=["claim", "here"]
assert measured(network, known)["R²"] > 0.98, "on training rows, the network's R² is above 0.98"
assert measured(network, new)["R²"] < -0.05, "on new rows it is negative: worse than the mean"
assert measured(network, new)["loss"] > measured(mean, new)["loss"], (
    "there, the mean of the training targets has the lower squared error"
)
assert measured(linear, new)["R²"] > 0.2, "the linear model's is above 0.2 there"

# %% tags=["hide-input"]
splits = [split_rows(len(y2), (0.1, 0.9), generator) for _ in range(100)]
at_new = torch.stack([r_squared(y2[a].mean().expand(len(b)), y2[b]) for a, b in splits])
positive = (at_new > 1e-6).double().mean()
Question(
    "The baseline's answer is the mean of the *training* targets. On new rows its R² is not exactly "
    "zero. Is it positive when another draw of the rows is luckier?",
    Choice(
        "Never",
        positive == 0,
        "On the new rows, no constant has a smaller squared error than *their* mean, which has an "
        f"R² of 0. In {len(splits)} draws the lowest was {at_new.min():.2f}, and none was above 0.",
    ),
    Choice(
        "About half of the time",
        0.3 < positive < 0.7,
        "The training mean lies above the new one about half of the time, and below it otherwise; "
        "but a miss costs on both sides.",
    ),
)

# %% [markdown]
r"""
The table says it plainly: the mean of the training targets, which ignores all inputs, predicts better
than this network, and the network's R² is negative. An accuracy does not say it. Ask of every digit: is it an 8? Train on the true answers, and once more on
the same answers **shuffled** over the training rows, so that the images say nothing about them.
"""

# %%
generator = torch.Generator().manual_seed(0)
training, validation, _ = split_rows(len(x), (0.4, 0.2, 0.4), generator)
is_eight = (y == 8).float()
shuffled = is_eight[training][torch.randperm(len(training), generator=generator)]


def share_right(model):
    batches = [(x[validation], is_eight[validation])]
    measures = evaluate(model, batches, nn.BCEWithLogitsLoss(), {"accuracy": accuracy})
    return 100 * measures["accuracy"]


def train_on(answers):
    model = nn.Sequential(nn.Linear(64, 1), nn.Flatten(0))
    nn.init.zeros_(model[0].weight)
    dataset = TensorDataset(x[training], answers)
    batches = Batches(dataset, 64, shuffle=True, generator=generator)
    optimizer = torch.optim.SGD(model.to(device).parameters(), lr=0.5)
    fit(model, batches, nn.BCEWithLogitsLoss(), optimizer, epochs=40)
    return model


never = Constant(is_eight[training].mean().logit()).to(device)
answers = {
    "never an 8": share_right(never),
    "trained on shuffled answers": share_right(train_on(shuffled)),
    "trained on true answers": share_right(train_on(is_eight[training])),
}
for name, share in answers.items():
    print(f"{name:28}{share:.1f} % right")

# %% tags=["claim", "here"]
base = answers["never an 8"]
assert base > 85, "who never says 8 is right on more than 85 % of the rows"
assert abs(answers["trained on shuffled answers"] - base) < 1, (
    "training on shuffled answers gives the same, to one point"
)
assert answers["trained on true answers"] > base + 3, (
    "training on the true answers gives at least 3 points more"
)

# %% [markdown]
r"""
An accuracy of {{ answers["trained on shuffled answers"]:.0f }} % without having learned anything from the images. The
*base rate*, here {{ base:.1f }} %, is the accuracy of answering always the most frequent class. It is
the zero of the scale: {{ answers["trained on true answers"]:.1f }} % means that
{{ 100 * (answers["trained on true answers"] - base) / (100 - base):.0f }} % of the baseline's errors
are gone. (For all ten digits the base rate is about a tenth, so the {{ percent_right(slow, validation):.0f }} % above
did come from learning.)

## How far would it move: several seeds

Back to the two learning rates. Repeat both runs with twenty seeds. With the same seed, both get the
same rows, the same first weights and the same order: they are *paired*.
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
groups = {"learning rate 0.2": slow_validation, "learning rate 0.3": fast_validation}
plotting.dots(groups, xlabel="validation rows right in %")

# %%
difference = fast_validation - slow_validation
across = (fast_validation.unsqueeze(1) - slow_validation)[~torch.eye(len(seeds), dtype=torch.bool)]
mean_share, spread = fast_validation.mean(), fast_validation.std()
others = range(len(x) - len(training))  # the rows that a run does not train on
drawn = len(validation) / len(others)  # without putting back, which makes the share vary less
from_rows = (mean_share * (100 - mean_share) / len(validation) * (1 - drawn)).sqrt()
print(f"with the same seed, 0.2 is ahead in {(difference < 0).sum()} of {len(seeds)}")
print(f"with two different seeds, in {(across < 0).sum()} of {len(across)}")
print(f"standard deviation from seed to seed: {spread:.2f} points")

# %% [markdown]
r"""
The one seed of the beginning was an exception. (This page looked for one: among several ways to draw
the first weights, it takes one with which seed 0 misleads. You cannot know whether yours does.) And
had the two models come with two different seeds, one of them from somebody else's report, say, `0.2`
would have been ahead in {{ 100 * (across < 0).float().mean():.0f }} of 100 comparisons.

The draw of the validation rows explains most of this spread. Drawing {{ len(validation) }} from the
{{ len(others) }} that were not trained on gives a share of {{ mean_share:.1f }} % a standard deviation of
about {{ from_rows:.1f }} points.

**The interval.** Let $m$ runs give the values $v$, with the mean $\bar v$ and the standard deviation
$s$. The mean of $m$ independent runs varies less than a single one, by the factor $\sqrt m$. If runs are
independent and their values about normal, then in 95 of 100 such experiments the mean that ever more
runs would approach lies within

$$
\bar v \pm t \, \frac{s}{\sqrt m} .
$$

The factor $t$ is Student's (1908), here for these 95 of 100 and $m - 1$ degrees of freedom: it makes up
for not knowing the true standard deviation, and it is large when runs are few.

::: course.training.measuring.mean_interval

[`mean_interval`][course.training.measuring.mean_interval] takes $t$ from
[`t_quantile`][course.training.measuring.t_quantile]. Of one run it gives no interval:
"""

# %% tags=["raises-exception"] cause="One run says nothing of how far another would be: take several seeds."
from course.training.measuring import mean_interval, t_quantile

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
    "with 20 seeds, paired, the lower end of the 95 % interval is well above 0"
)

# %% [markdown]
r"""
Decide on the number of seeds beforehand. Whoever stops as soon as the interval leaves zero out finds a
difference where there is none more often than five times in a hundred.

The answer to the question of the beginning: the model that came out ahead is not the better one. On
these digits, and with this training, the larger learning rate is better by
{{ gain:.1f }} ± {{ margin:.1f }} points.

**Is it true that 95 of 100 such intervals contain the true mean?** Where the truth is known, it
can be counted: draw five numbers from a normal distribution, and look whether their interval contains
its mean.
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
    ± {{ margin * (1 + len(seeds) * len(validation) / len(training)) ** 0.5:.2f }} instead of
    ± {{ margin:.2f }}, next to a difference of {{ gain:.2f }}. So for such digits, twenty splits of these
    hardly decide.
"""

# %% tags=["hide-input"]
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
[test rows that are opened once][course.training.splits.HeldOut]. **The symptom**: a
result that comes with a seed, and fades with any other one. Trying twenty learning rates and
reporting the best validation number is the same mistake, with less room for luck if all of them are
measured on the same rows.

## Practice
"""

# %% tags=["hide-input"]
from course.training.exercises import measuring as exercises

exercises.base_rate

# %% tags=["hide-input"]
exercises.standard_error

# %% [markdown]
r"""
??? success "What they give on the data of this page"
    The base rate of the ten digits is
    {{ 100 * exercises.majority_accuracy(y[training], y[validation]):.1f }} %. A single run of learning
    rate `0.3` varies with a standard deviation of {{ spread:.2f }} points, the mean of {{ len(seeds) }}
    runs with a standard error of {{ exercises.standard_error_of_mean(fast_validation):.2f }}.

## What to remember

- Average over rows: weight each batch by its size. What is no average, such as R², is computed
  once on all rows.
- A number alone says nothing. Put the baseline next to it: the mean (R² = 0), or the most frequent class.
- Repeat with several seeds, pair what you compare, and give the mean with its interval. One run has none.
- What was chosen for its number looks better than it is.

Reference: [`weighted_mean`][course.training.measuring.weighted_mean],
[`predict`][course.training.measuring.predict], [`evaluate`][course.training.measuring.evaluate],
[`Constant`][course.training.measuring.Constant],
[`mean_interval`][course.training.measuring.mean_interval] and the
[metrics][course.training.metrics]. The test that proves them is `tests/training/test_measuring.py`. Next:
[which rows may choose](selection.py).
"""
