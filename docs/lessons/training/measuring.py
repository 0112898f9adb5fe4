# ---
# title: Measuring without fooling yourself
# description: >-
#   What a number is an average of, and next to what it stands: means over rows, and baselines.
# needs: >-
#   [one loop for everything](loop.py), [cost](../linear/cost.py), mean and standard deviation
# ---

# %% [markdown]
r"""
**The question.** A model is right in 90 of 100 cases. Was that averaged over the right
things, and is it much?

## The idea

A number that you measured can mislead you, and no error message will say so. Ask it three questions:

1. **Over what is it an average?** Over rows, or over something that counts some rows more?
2. **Next to what does it stand?** What would a model score that has learned nothing?
3. **How far would it move**, if you did it all again and chance fell differently?

This page is about the first two; [the next](seeds.py) about the third. First a model to measure:
[the digits](loop.py#classes-which-digit-is-it) of an earlier lesson, and a linear layer that gives ten numbers per
image, of which the largest is its answer. Its *accuracy* is the part of the validation rows that it gets right.
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


generator = torch.Generator().manual_seed(0)
training, validation, _ = split_rows(len(x), (0.4, 0.2, 0.4), generator)
model = nn.Linear(64, 10)
nn.init.uniform_(model.weight, -0.125, 0.125, generator=generator)
nn.init.zeros_(model.bias)
batches = Batches(TensorDataset(x[training], y[training]), 64, shuffle=True, generator=generator)
optimizer = torch.optim.SGD(model.to(device).parameters(), lr=0.2)
fit(model, batches, nn.CrossEntropyLoss(), optimizer, epochs=8)

rows = [(x[validation], y[validation])]
scores = evaluate(model, rows, nn.CrossEntropyLoss(), {"accuracy": accuracy})
print(f"{100 * scores['accuracy']:.1f} % of {len(validation)} validation rows are right")

# %% [markdown]
r"""
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
takes for the loss of an epoch. An accuracy is a mean over rows, too: each row is right, 1, or wrong, 0. Read
the validation rows of the digits in batches of every possible size, and average both ways:
"""

# %%
from course.training.measuring import predict, weighted_mean

outputs, targets = predict(model, rows)
right = (outputs.argmax(dim=1) == targets).double().cpu()


def both_averages(values, size):
    batches = values.split(size)
    means = torch.stack([batch.mean() for batch in batches])
    return means.mean().item(), weighted_mean(means, [len(batch) for batch in batches])


sizes = range(1, len(right) + 1)
averages = 100 * torch.tensor([both_averages(right, size) for size in sizes])
unweighted, weighted = averages.T
worst = (unweighted - weighted).abs().argmax().item()

# %% alt="Accuracy in percent against the batch size. The curve of the weighted mean is a horizontal line. The average of batch averages stays near it for small batches and leaves it in peaks and drops that grow with the batch size; the highest, just before the batch holds all rows, is about four points above the line." lead="The same model and the same rows: averaged batch by batch, its accuracy depends on the batch size."
from course import plotting

plotting.curves(
    {"weighted by rows": weighted, "average of batch averages": unweighted},
    xlabel="batch size",
    ylabel="accuracy in %",
)

# %% tags=["claim", "always"]
from sklearn.metrics import accuracy_score

expected = 100 * accuracy_score(targets.cpu(), outputs.argmax(dim=1).cpu())
assert torch.allclose(weighted, torch.full_like(weighted, expected), atol=1e-3), (
    "weighted by rows, every batch size gives the accuracy that scikit-learn gives"
)

# %% tags=["claim", "here"]
assert (unweighted - weighted).abs().max() > 2, (
    "the other average is off by more than 2 points with some batch size"
)

# %% [markdown]
r"""
With batches of {{ worst + 1 }} the average of averages says {{ unweighted[worst]:.1f }} %, and
{{ weighted[worst]:.1f }} % is true. The error is large when batches are few and the last one is small.
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
## Going deeper: how wrong the other average is

When only the last of the $q$ batches is shorter, and the full ones together have the mean
$J_\mathrm{full}$, then

$$
\frac1q \sum_j J_j - J
= (J_\mathrm{last} - J_\mathrm{full}) \left( \frac1q - \frac{n_\mathrm{last}}{n} \right) .
$$

The error is up to nearly $1/q$ of the difference between a single row and all others. The formula holds for
every mean over rows.
"""

# %% tags=["claim", "always"]
gaps = []
for size in sizes:
    *full, last = right.split(size)
    apart = last.mean() - torch.cat(full).mean() if full else torch.tensor(0.0).double()
    gaps.append(100 * apart * (1 / (len(full) + 1) - len(last) / len(right)))
assert torch.allclose(unweighted - weighted, torch.stack(gaps).float(), atol=1e-3), (
    "for every batch size, the error of the other average is that of the formula"
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
repair it. Here is a linear model on [the patients](loop.py#numbers-how-far-a-disease-went-on)
(Efron et al., 2004). A tenth of the rows trains it.
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
mean, so the same error is divided by less. A batch of a single row has no spread and no R². Even the root
of the mean squared error is such a number: a mean of roots is not the root of a mean.

So collect first, and measure once.

::: course.training.measuring.predict

[`predict`][course.training.measuring.predict] switches the model to `eval` mode and records no gradients.
[`evaluate`][course.training.measuring.evaluate], which you met above, hands all of these outputs and
targets at once to each metric.

## Going deeper: when the outputs are too many to keep

Then take a loss with `reduction="sum"`. Sums over batches may be added, and one division by $n$ at the end
makes them a mean.
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

Is {{ evaluate(linear, [(x2[new], y2[new])], nn.MSELoss())["loss"]:.0f }} a good mean squared error? By itself it
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
than this network.

## What goes wrong: an accuracy without its base rate

R² tells; an accuracy does not. Ask of every digit: is it an 8? Train on the true answers, and once more on
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
An accuracy of {{ answers["trained on shuffled answers"]:.0f }} % without having learned anything from the images. **The
symptom** is an accuracy close to the base rate; **the repair**, to put the two next to each other. The *base rate*, here {{ base:.1f }} %, is the accuracy of answering always the most frequent class. It is
the zero of the scale: {{ answers["trained on true answers"]:.1f }} % means that
{{ 100 * (answers["trained on true answers"] - base) / (100 - base):.0f }} % of the baseline's errors
are gone.

## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.training.exercises import measuring as exercises

exercises.base_rate

# %% tags=["hide-input"]
exercises.r2_in_batches

# %% [markdown]
r"""
??? success "What it gives on the digits"
    The base rate of the ten digits is
    {{ 100 * exercises.majority_accuracy(y[training], y[validation]):.1f }} %.

## What to remember

- Average over rows: weight each batch by its size.
- What is no average, such as R², is computed once, on all rows.
- A number alone says nothing. Put the baseline next to it: the mean (R² = 0), or the most frequent class.

Reference: [`weighted_mean`][course.training.measuring.weighted_mean],
[`predict`][course.training.measuring.predict], [`evaluate`][course.training.measuring.evaluate],
[`Constant`][course.training.measuring.Constant] and the [metrics][course.training.metrics]. The test that
proves them is `tests/training/test_measuring.py`. Next: [better, or lucky?](seeds.py)
"""
