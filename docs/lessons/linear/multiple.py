# ---
# title: Several inputs
# description: >-
#   A weight for each input, the plane that they make, and an honest score on real patients.
# needs: >-
#   [slope and bias](slope_and_bias.py), [the exact answer](exact.py) and [how inputs are
#   scaled](convergence.py#scaling-the-inputs)
# ---

# %% [markdown]
r"""
**The question.** Nearly everything depends on more than one number: how a disease goes on, on age, weight and blood. What
does a prediction from several inputs look like, and how good is it for patients that the model has not seen?

## The idea

Give every input a weight of its own, and add up:

$$
\hat y_i = w_0 x_{i0} + w_1 x_{i1} + \dots + b = x_i \cdot w + b .
$$

The dot product with $w$ turns the $d$ numbers of a row into one. Put $n$ rows below each other, and all
predictions are one product, $x w + b$. With one input this is a line, with two a plane. With
ten nobody can draw it, and nothing else changes: same cost<!-- term -->, same gradient, same descent.

## The smallest case, by hand

The spring of the lessons before has a second hook now, halfway down. A mass at the end pulls the whole
spring and makes it 3 cm longer per kg. A mass at the middle pulls only the upper half, and makes it longer by
half of that.
"""

# %%
import torch

x = torch.tensor([[1.0, 0.0], [1.0, 2.0], [0.0, 2.0]])  # kg: at the end, at the middle
weight = torch.tensor([3.0, 1.5])  # cm per kg
bias = torch.tensor(8.0)  # cm

first = x[0, 0] * weight[0] + x[0, 1] * weight[1] + bias
print("first row", first.item(), "- all rows", (x @ weight + bias).tolist())

# %% [markdown]
r"""
Read the shapes axis<!-- term --> by axis:

| | shape | axis 0 | axis 1 |
| --- | --- | --- | --- |
| `x` | `(n, d)` | the rows | the inputs |
| `weight` | `(d,)` | the inputs | |
| `x @ weight` | `(n,)` | the rows | |
| `bias` | `()` | | |
| `x @ weight + bias` | `(n,)` | the rows | |

The axis of the inputs meets itself in the product and is summed away. The bias has no axis and is added to
every row. One number per row is left, which is the shape of the targets.

## Prediction and descent as functions

::: course.linear.multiple.predict

The derivative by a weight is what it was for the slope, twice the mean of residual times input, once for each
column: $\frac2n\, x^\top (\hat y - y)$ gives all $d$ of them. [`predict`][course.linear.multiple.predict] and
[`gradient`][course.linear.multiple.gradient] are all that [`descend_weights`][course.linear.multiple.descend_weights]
needs. Load the spring thirty times, and descend from zeros:
"""

# %%
from course.linear.convergence import largest_lr
from course.linear.exact import solve_least_squares, with_ones
from course.linear.multiple import descend_weights, predict

generator = torch.Generator().manual_seed(0)
noise = 0.5 * torch.randn(30, generator=generator).double()  # cm
x = 2 * torch.rand(30, 2, generator=generator).double()  # mass in kg
y = predict(x, torch.tensor([3.0, 1.5]).double(), torch.tensor(8.0).double()) + noise  # cm

lr = 0.5 * largest_lr(with_ones(x))
path = descend_weights(x, y, lr, steps=500)
best = solve_least_squares(with_ones(x), y)
for name, theta in {"descent": path[-1], "least squares": best}.items():
    print(f"{name:14}end {theta[0]:.4f}, middle {theta[1]:.4f} cm/kg, bias {theta[2]:.4f} cm")

# %% tags=["claim", "here"]
from sklearn.linear_model import LinearRegression

model = LinearRegression().fit(x.numpy(), y.numpy())
assert torch.allclose(path[-1], best, atol=1e-6), (
    "descent ends within a millionth of the exact answer"
)

# %% tags=["claim", "always"]
assert torch.allclose(best, torch.tensor([*model.coef_, model.intercept_]).double(), atol=1e-9), (
    "scikit-learn's LinearRegression finds the same weights"
)

# %% [markdown]
r"""
What was found is a plane over the two masses. From it to each measured length goes the residual:
"""

# %% alt="A tilted plane in space, seen from the side. Its height is the length in centimetres over the mass at the end and the mass at the middle. It rises along both, nearly twice as steeply along the mass at the end. Thirty dots lie close to it, some above and some below, each tied to the plane by a short upright line." lead="With two inputs the model is a plane, and the residuals stand above and below it."
from course import plotting

plotting.plane(
    x,
    y,
    weight=best[:2],
    bias=best[2],
    labels=("mass at the end in kg", "mass at the middle in kg", "length in cm"),
)

# %% [markdown]
r"""
Walk along one edge, and only one mass changes: the slope that you feel is its weight. That is the meaning
of each weight, *with the other inputs held still*.

## The PyTorch way

`nn.Linear(d, 1)` is the same model. It can have several outputs, so it keeps an axis for them, of length 1
here: its weight has the shape `(1, d)`, its bias `(1,)`, and its answers `(n, 1)`.
"""

# %%
from torch import nn

torch.manual_seed(0)
layer = nn.Linear(2, 1).double()
shapes = {"weight": layer.weight, "bias": layer.bias, "answers": layer(x), "y": y}
for name, tensor in shapes.items():
    print(f"{name:8}{tuple(tensor.shape)}")

# %% [markdown]
r"""
The targets have one axis, the answers two. `nn.Flatten(0)` behind the layer makes `(n,)` of `(n, 1)`, and
[`descend_model`][course.linear.slope_and_bias.descend_model] trains it as it trained the line.
"""

# %%
from course.linear.slope_and_bias import descend_model

learned = descend_model(nn.Sequential(layer, nn.Flatten(0)), x, y, lr, steps=500)[-1]
print("nn.Linear     end {:.4f}, middle {:.4f} cm/kg, bias {:.4f} cm".format(*learned))

# %% tags=["claim", "here"]
assert torch.allclose(learned, best, atol=1e-6), (
    "`nn.Linear` and SGD end within a millionth of the exact answer, too"
)

# %% [markdown]
r"""
## What goes wrong: (n, 1) against (n,)

Leave `nn.Flatten(0)` out. The answers have the shape `(30, 1)`, the targets `(30,)`, and their difference is
a table of [every answer with every target](../tensors/broadcasting.py), `(30, 30)`. So each answer is compared
with all targets, and the mean of the squares is lowest where each answer is their mean.
"""

# %% tags=["warns"] symptom="R² is 0 although the loss fell" cause="Predictions `(n, 1)` meet targets `(n,)`, so the best that the model can do is to answer with the mean."
trapped = nn.Linear(2, 1).double()
optimizer = torch.optim.SGD(trapped.parameters(), lr=lr)
for _ in range(1000):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(trapped(x), y)
    loss.backward()
    optimizer.step()

(end, middle), constant = trapped.weight[0].tolist(), trapped.bias.item()
print(f"weights {end:.4f} and {middle:.4f}, bias {constant:.4f}, mean target {y.mean():.4f}")
print(f"loss {loss:.4f}, variance of the targets {y.var(correction=0):.4f}")

# %% tags=["claim", "always"]
assert trapped.weight.abs().max() < 1e-5, "trained through the table, both weights end at 0"
assert abs(constant - y.mean()) < 1e-5, "and the bias at the mean of the targets"
assert abs(loss - y.var(correction=0)) < 1e-8, "the loss at the variance of the targets"

# %% [markdown]
r"""
The loss fell, the program ended, and for this model no mass stretches a spring. PyTorch warned, once. Written as
`((answers - y) ** 2).mean()`, the same mistake does not even warn. A loop that checks the shapes stops instead:
"""

# %% tags=["raises-exception"] cause="The model answers with a column and the targets have no second axis: `nn.Flatten(0)` behind the layer, or `squeeze(1)`."
descend_model(nn.Linear(2, 1).double(), x, y, lr, steps=500)

# %% [markdown]
r"""
**The repair** is one shape for both, by `nn.Flatten(0)`, by `squeeze(1)` on the answers, or by `unsqueeze(1)`
on the targets. **The symptom**: all predictions are the mean of the targets.

## Ten inputs: real patients

Ten measurements of each of 442 patients with diabetes, and how far the disease went in the year after (Efron et
al., 2004). Ask for the numbers as they were measured, `scaled=False`: scikit-learn would scale them by the mean and deviation of
*all* rows, so rows that are to test the model would have a say in what it is trained on. Scale them by what the
training rows say:

::: course.linear.multiple.mean_and_std

[`mean_and_std`][course.linear.multiple.mean_and_std] sees the training rows alone, and its result standardises all rows.
Twenty times, draw three quarters of the patients to train on, and measure on the others:
"""

# %%
from sklearn.datasets import load_diabetes

from course.linear.multiple import mean_and_std
from course.training.metrics import r_squared
from course.training.splits import split_rows

patients = load_diabetes(scaled=False)
inputs, progress = torch.tensor(patients.data), torch.tensor(patients.target)


def score(training, new):
    """Return R² of the mean and of least squares, on new rows, and that on the training rows."""
    mean, std = mean_and_std(inputs[training])
    columns = with_ones((inputs - mean) / std)
    theta = solve_least_squares(columns[training], progress[training])
    constant = progress[training].mean().expand(len(new))
    return (
        r_squared(constant, progress[new]),
        r_squared(columns[new] @ theta, progress[new]),
        r_squared(columns[training] @ theta, progress[training]),
    )


generator = torch.Generator().manual_seed(0)
splits = [split_rows(len(inputs), (0.75, 0.25), generator) for _ in range(20)]
on_mean, on_new, on_training = torch.tensor([score(*split) for split in splits]).T
print(len(splits[0][0]), "patients to train on,", len(splits[0][1]), "new ones")

# %% [markdown]
r"""
R² is the share of the targets' variance that is explained: 1 is perfect, 0 is as good as their mean. The *baseline*
predicts the mean of the training targets for everybody. It lies slightly below 0, because the new
patients have another mean. Which split you draw matters:
"""

# %% alt="Three rows of twenty dots, R² on the horizontal axis. The mean of the targets lies at zero or shortly below. The model on new rows spreads from about 0.40 to 0.55. The same models on their training rows lie close together at about 0.52."
plotting.dots(
    {"mean of targets": on_mean, "new rows": on_new, "training rows": on_training}, xlabel="R²"
)

# %% tags=["claim", "always"]
assert (on_mean < 1e-9).all(), "the baseline's R² is at most 0, on every split"

# %% tags=["claim", "here"]
assert (on_new > 0.3).all(), "ten inputs explain more than 0.3 of the variance, on every split"
assert on_new.mean() + 0.02 < on_training.mean(), "on average, training rows flatter the model"

# %% [markdown]
r"""
The honest sentence is: a weight for each of ten measurements explains about half of the variance of new patients,
{{ on_new.mean().item():.2f }} on average, and on a single split anything from {{ on_new.min().item():.2f }} to
{{ on_new.max().item():.2f }}. The other half it does not.
"""

# %% tags=["hide-input"]
from course.practice import Choice, Question

few = [split[0][:15] for split in splits]
scores = torch.tensor([score(rows, new) for rows, (_, new) in zip(few, splits, strict=True)])
on_few_new, on_few_training = scores[:, 1].median().item(), scores[:, 2].median().item()
Question(
    "Train the ten weights and the bias on 15 patients only, and measure on the same new rows as before. What "
    "becomes of R², on a typical split?",
    Choice(
        "both fall: fewer rows, less to learn from",
        on_few_training < on_training.mean(),
        f"On the 15 rows it rises, to {on_few_training:.2f}: eleven parameters fit fifteen numbers "
        "nearly by heart.",
    ),
    Choice(
        "on training rows it rises, on new rows it falls below 0",
        on_few_training > on_training.mean() and on_few_new < 0,
        f"{on_few_training:.2f} on the rows that it knows, {on_few_new:.1f} on new ones: worse than the "
        "mean. It is the new rows that count.",
    ),
    Choice(
        "on new rows it stays: it is the same model",
        abs(on_few_new - on_new.mean()) < 0.05,
        "The form is the same. The weights are not.",
    ),
)

# %% [markdown]
r"""
## Going deeper: how sure is the average?

Two intervals around the average, each made to hold what it is about in 95 of 100 cases:
"""

# %%
from course.training.seeds import mean_interval

average, margin = mean_interval(on_new)
ratio = len(splits[0][1]) / len(splits[0][0])
corrected = margin * (1 + len(splits) * ratio) ** 0.5
print(f"a single split:       {average:.3f}, standard deviation {on_new.std():.3f}")
print(f"mean, these patients: {average:.3f} ± {margin:.3f}")
print(f"mean, new patients:   {average:.3f} ± {corrected:.3f}")

# %% tags=["claim", "in-general"]
assert average - corrected > 0.3, "the lower end of the wider 95 % interval is above 0.3, too"

# %% [markdown]
r"""
The first is about the mean over ever more
splits of *these* patients. The second, wider, makes up roughly for the rows that splits share, and is the one to
quote for patients yet to come (Nadeau and Bengio, 2003; [several seeds](../training/seeds.py) has both).

## Going deeper: descent on ten inputs

[`fit`][course.training.loop.fit], which has [a lesson of its own](../training/loop.py), measures the
loss after each epoch on the new patients as well. (Here an epoch is one step, and the training loss is that
before it: so validation is a step ahead.) As long as you look at it to decide anything, they are *validation* rows.
"""

# %% alt="Training and validation loss of the patients on a log scale over 40 epochs. Both fall steeply within about ten epochs and then stay level, close together at about 3,000. A level line, the mean of the targets, lies at more than twice that height."
from course.training.loop import fit

training, new = splits[0]
mean, std = mean_and_std(inputs[training])
scaled = (inputs - mean) / std
answer = solve_least_squares(with_ones(scaled[training]), progress[training])

torch.manual_seed(0)
ten = nn.Linear(10, 1).double()
model = nn.Sequential(ten, nn.Flatten(0))
optimizer = torch.optim.SGD(model.parameters(), lr=0.9 * largest_lr(with_ones(scaled[training])))
history = fit(
    model,
    [(scaled[training], progress[training])],
    nn.MSELoss(),
    optimizer,
    epochs=40,
    validation=[(scaled[new], progress[new])],
)
of_mean = (progress[training].mean() - progress[new]).square().mean().item()
plotting.curves({**history, "mean of targets": [of_mean] * 40}, log=True)

# %% tags=["claim", "here"]
lr = optimizer.param_groups[0]["lr"]
learned = descend_weights(scaled[training], progress[training], lr, steps=5000)[-1]
assert torch.allclose(learned, answer, atol=1e-3), (
    "after 5,000 steps, descent is within a thousandth of least squares in all eleven parameters"
)

# %% tags=["claim", "always"]
known = LinearRegression().fit(inputs[training].numpy(), progress[training].numpy())
explained = r_squared(torch.tensor(known.predict(inputs[new].numpy())), progress[new])
assert torch.isclose(explained, score(training, new)[1]), (
    "scikit-learn, without any scaling, has the same R²: least squares needs no scale"
)

# %% [markdown]
r"""
## Going deeper: what a weight means

On the training rows of the first split, all inputs have the standard deviation 1 now. So each weight is in target
units *per standard deviation* of its input, and the bias is the prediction for an average patient. Next to each weight stands the
slope of the same input alone, from a model that has no other:
"""

# %%
from course.linear.multiple import in_input_units

slopes = torch.stack(
    [solve_least_squares(with_ones(scaled[training, j]), progress[training])[0] for j in range(10)]
)
print("input   std   weight   alone")
for name, *row in zip(patients.feature_names, std, answer[:-1], slopes, strict=True):
    print("{:5}{:7.2f}{:8.1f}{:8.1f}".format(name, *row))
per_unit, at_zero = in_input_units(answer[:-1], answer[-1], mean, std)

# %% tags=["claim", "always"]
assert torch.allclose(
    predict(inputs[new], per_unit, at_zero), predict(scaled[new], answer[:-1], answer[-1])
), "weights per unit of the input predict the same from inputs as they are"

# %% tags=["claim", "here"]
total, bmi = (patients.feature_names.index(name) for name in ("s1", "bmi"))
assert slopes[total] > 10 > -10 > answer[total], (
    "total cholesterol (s1) has a positive slope alone, and a negative weight among all"
)

# %% [markdown]
r"""
**What it means.** Of two patients who are equal in the other nine, and one standard deviation of the body mass index apart
({{ std[bmi]:.1f }} kg/m²), the model predicts {{ answer[bmi]:.0f }} units more progress for the one with the higher. Divided by
the deviation that is {{ per_unit[bmi]:.1f }} per kg/m²; [`in_input_units`][course.linear.multiple.in_input_units]
converts all of them.

**What it does not mean.**

- *Not a cause.* Nobody was given another body mass. The weight compares patients, it does not treat them.
- *Not the slope alone.* That is {{ slopes[bmi]:.0f }} for the body mass index, and for total cholesterol (`s1`)
  even the sign changes. The other inputs take their part: exercise 2 makes this exact.
- *Not importance, where inputs are relatives.* `s1` and `s2` share what they say, and the data hardly decide who
  says it. [What a weight can mean](identifiability.py) shows how far such weights wander.
- *Not comparable per unit.* A weight per year is twelve times that per month, for the same prediction.

## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.linear.exercises import multiple as exercises

exercises.one_per_row

# %% tags=["hide-input"]
exercises.alone

# %% tags=["fold"]
from course.linear.exercises import multiple as exercises

own = exercises.own_slope(scaled[training], progress[training], bmi)
assert torch.isclose(own, answer[bmi])

# %% [markdown]
r"""
??? success "What you find"
    For the body mass index it is {{ own:.1f }}, the weight in the model with all ten. A weight is the slope on what is
    an input's *own* (Frisch and Waugh, 1933). Where little is, as of total cholesterol (`s1`), the
    slope rests on little.
"""

# %% tags=["hide-input"]
exercises.honest

# %% [markdown]
r"""
## What to remember

- `(n, d) @ (d,) + ()` is `(n,)`; `nn.Linear(d, 1)` answers `(n, 1)`. Give answers and targets one shape, or
  the model learns the mean.
- With several inputs the line becomes a plane. Cost, gradient, descent and `lstsq` stay what they are.
- Standardise with the training rows. Report R² on other rows, over several splits, next to the baseline.
- A weight says how predictions differ per unit of its input, with all the others held still; not more.

Reference: [`predict`][course.linear.multiple.predict], [`gradient`][course.linear.multiple.gradient],
[`descend_weights`][course.linear.multiple.descend_weights],
[`mean_and_std`][course.linear.multiple.mean_and_std],
[`in_input_units`][course.linear.multiple.in_input_units], [`plane`][course.plotting.drawings.plane.plane]. The test that
proves the first five is `tests/linear/test_multiple.py`. Next: [several outputs](outputs.py).
"""
