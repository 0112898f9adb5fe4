# ---
# title: PyTorch in one page
# description: >-
#   From a table of numbers to a trained network and a fair judgement of it, in one short program.
# needs: >-
#   Python and the chain rule for derivatives; [tensors](../tensors/index.md) and
#   [derivatives](../autograd/derivatives.py) help
# ---

# %% [markdown]
r"""
**The question.** A table describes tumours by numbers measured under a microscope. Can a network
learn from it which ones are malignant, and how would you know that it has? Here is a whole program;
all other lessons look closer at one of its lines.
"""

# %% [markdown]
r"""
## The idea

A model is a function with numbers in it that you may change, its *parameters*. Training repeats
one step: measure with a *loss* $J$ how wrong the model is, find out how the loss depends on each
parameter $w$, and move each parameter a little way downhill:

$$
w \leftarrow w - \text{lr} \cdot \frac{\partial J}{\partial w} .
$$

The *learning rate* $\text{lr}$ says how far. PyTorch brings five pieces for this:

| Piece | What it does |
| --- | --- |
| `Tensor` | holds numbers: data, parameters, derivatives |
| autograd | remembers what you computed, and delivers the derivatives when you call `backward` |
| `nn.Module` | a model: keeps the parameters and turns inputs into predictions |
| a criterion | the loss: turns predictions and targets into one number |
| an optimizer | takes the step for all parameters |

What repeats the step is a loop that you write yourself.
"""

# %% [markdown]
r"""
## The smallest case, by hand

Take one parameter $w$, one input $x$, and the answer “yes”, written $y = 1$. Three steps lead to a loss.

1. **A number.** The model computes $z = w x$, which may be anything. It is called a *logit*: the larger, the
   more it speaks for “yes”.
2. **A probability.** The *sigmoid* $\sigma(z) = 1 / (1 + e^{-z})$ turns it into a number between 0 and 1,
   the probability of “yes”; a logit of 0 gives one half.
3. **A loss.** Take the negative logarithm of the probability that the right answer got:
   $J = -\ln \sigma(z)$. It is close to zero when the model is sure and right, and large when it is sure
   and wrong.

With `requires_grad=True`, autograd remembers everything that is
computed from `w`.
"""

# %%
import torch

x = torch.tensor([2.0])
w = torch.tensor([0.5], requires_grad=True)
z = w * x
p = torch.sigmoid(z)
loss = -torch.log(p)
loss.backward()
by_hand = (p - 1) * x
print(f"logit {z.item():.4f}, probability {p.item():.4f}, loss {loss.item():.4f}")
print(f"derivative {w.grad.item():.4f}, by hand {by_hand.item():.4f}")

# %% [markdown]
r"""
By hand, the chain rule gives $dJ/dw = (\sigma(w x) - 1)\, x$. **The PyTorch way** is to leave steps 2 and 3 to one function, the
*criterion* `nn.BCEWithLogitsLoss`: it takes the logit, and for the answer “no”, $y = 0$, it takes
$-\ln(1 - \sigma(z))$. (BCE is binary cross-entropy.)
"""

# %%
from torch import nn

y = torch.tensor([1.0])
criterion = nn.BCEWithLogitsLoss()

# %% tags=["claim", "always"]
assert torch.allclose(loss, criterion(w * x, y)), "the criterion gives −ln σ(wx)"
assert torch.allclose(w.grad, by_hand), "autograd finds the derivative that we found by hand"

# %% [markdown]
r"""
Now compute the same loss with it, and call `backward` a second time.
"""

# %%
first = w.grad.item()
criterion(w * x, y).backward()

# %% tags=["hide-input"]
import math

from course.practice import Choice, Question

now = w.grad.item()
Question(
    f"`w.grad` was {first:.4f}. What is it now?",
    Choice(
        f"Still {first:.4f}",
        math.isclose(now, first, rel_tol=1e-4),
        "The derivative is the same, and yet `grad` is not: `backward` does not replace what is there.",
    ),
    Choice(
        f"{2 * first:.4f}, twice as much",
        math.isclose(now, 2 * first, rel_tol=1e-4),
        "`backward` does not replace what `grad` holds, it **adds** to it.",
    ),
    Choice(
        "Zero: the second call has cleared it",
        math.isclose(now, 0, abs_tol=1e-4),
        "Nothing clears `grad` for you: `backward` adds to what is there.",
    ),
)

# %% [markdown]
r"""
So every step has to begin by clearing `grad`, which `zero_grad` does. One whole step, then, has five lines: clear, predict, measure, differentiate, move.
"""

# %%
optimizer = torch.optim.SGD([w], lr=0.1)
start = w.detach().clone()

optimizer.zero_grad()
logit = w * x
loss = criterion(logit, y)
loss.backward()
optimizer.step()

# %% tags=["claim", "always"]
assert torch.allclose(w, start - 0.1 * w.grad), "the optimizer's step is w − lr · dJ/dw"

# %% tags=["claim", "here"]
assert criterion(w * x, y) < loss, "after the step, the loss is smaller"

# %% [markdown]
r"""
## The data

The table comes with scikit-learn: tumours of the breast, described by measurements of the cell
nuclei seen in a sample (Street, Wolberg and Mangasarian, *Nuclear feature extraction for breast
tumor diagnosis*, 1993). NumPy computes in `float64`, networks in `float32`, so you convert.
"""

# %%
from sklearn.datasets import load_breast_cancer

measurements, labels = load_breast_cancer(return_X_y=True)
x = torch.tensor(measurements, dtype=torch.float32)
y = torch.tensor(labels == 0, dtype=torch.float32)  # 1 is malignant, 0 benign
# %% [markdown]
r"""
There are {{ len(x) }} rows with {{ x.shape[1] }} measurements each, {{ int(y.sum()) }} of them malignant. A model that looks at nothing
and always says “benign” is right for {{ 100 * (1 - y.mean().item()):.1f }} % of them. This *base
rate* is what any accuracy has to be compared with.

**Split first.** A model can learn its rows by heart. What counts is how it does on rows that it
has never seen, so [`split_rows`][course.networks.workflow.split_rows] puts a fifth of them aside before
anything that the model uses is computed.

**Then scale.** The column that varies most has a standard deviation
{{ (x.std(dim=0).max() / x.std(dim=0).min()).item():,.0f }} times that of the column that varies
least, and one learning rate has to suit them all. So bring every column to mean zero and standard
deviation one. The test rows stand for patients who are yet to come, and those cannot have a say in
the mean: [`column_statistics`][course.networks.workflow.column_statistics] sees the training rows alone.
"""

# %%
from course.networks.workflow import column_statistics, split_rows

generator = torch.Generator().manual_seed(0)
train_rows, test_rows = split_rows(len(x), 0.2, generator)
mean, std = column_statistics(x[train_rows])

x_train, y_train = (x[train_rows] - mean) / std, y[train_rows]
x_test, y_test = (x[test_rows] - mean) / std, y[test_rows]
print("training rows:", tuple(x_train.shape))

# %% [markdown]
r"""
## The model

A hidden layer has $k$ units. Each takes a weighted sum of the $d$ inputs, adds a bias, and cuts the
result off at zero with the *activation* $\operatorname{relu}(a) = \max(a, 0)$. A weighted sum of
the units, and one more bias, gives the logit:

$$
z = w_2 \cdot \operatorname{relu}(W_1 x + b_1) + b_2 .
$$

Here $W_1$ is a table of weights<!-- term -->, one row per unit and one column per input; $w_2$ has one weight
per unit, and $b_1$ and $b_2$ are the biases.

Without the activation, the two layers would be [no more than one](#going-deeper-two-layers-or-one). The
weights of an `nn.Linear` are made with `requires_grad=True` already.

::: course.networks.workflow.Classifier

`pick_device` chooses the graphics card if there is one, else the processor; `.to(device)` moves a
model or a tensor there.
"""

# %%
from course.device import pick_device
from course.networks.workflow import Classifier

device = pick_device()
model = Classifier(x.shape[1], 16, generator).to(device)

# %% tags=["hide-input"]
parameters = sum(parameter.numel() for parameter in model.parameters())
inputs, units = x.shape[1], model.hidden.out_features
Question(
    f"How many parameters does this model have, with {inputs} inputs and {units} units?",
    Choice(
        f"{inputs + units}: one for each input and each unit",
        parameters == inputs + units,
        "Every unit has a weight of its own for every input.",
    ),
    Choice(
        f"{inputs * units + units}: the weights of the two layers",
        parameters == inputs * units + units,
        f"The {units} biases of the hidden layer and the one of the output layer are missing.",
    ),
    Choice(
        f"{inputs * units + units + units + 1}: weights and biases of the two layers",
        parameters == inputs * units + units + units + 1,
        f"The hidden layer has {inputs} × {units} weights and {units} biases, the output layer "
        f"{units} weights and one bias.",
    ),
)

# %% [markdown]
r"""
## The loop

The training rows are shuffled and dealt out in batches, and every batch gives one step. The loss of
a batch is the mean over its rows. One pass over all batches is an *epoch*. Find the five lines.
(`check_shapes` stops you where logits and targets differ in shape<!-- term -->, which could give a
[wrong loss without an error](../tensors/broadcasting.py).)

::: course.networks.workflow.train
"""

# %%
from torch.utils.data import DataLoader, TensorDataset

from course import plotting
from course.networks.workflow import train

dataset = TensorDataset(x_train.to(device), y_train.to(device))
batches = DataLoader(dataset, batch_size=32, shuffle=True, generator=generator)
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)

losses = train(model, batches, nn.BCEWithLogitsLoss(), optimizer, epochs=20)

# %% alt="One curve: the mean training loss falls steeply over the first epochs and then flattens out, still falling slowly at the end."
plotting.curves({"training": losses}, ylabel="mean training loss")

# %% tags=["claim", "here"]
assert losses[-1] < losses[0] / 4, "the last epoch's loss is less than a quarter of the first's"

# %% [markdown]
r"""
The loss fell from {{ losses[0]:.3f }} to {{ losses[-1]:.3f }}.
"""

# %% tags=["hide-input"]
calls = []  # counted on the same rows, with steps of length zero
counted = torch.optim.SGD(model.parameters(), lr=0.0)
counted.register_step_post_hook(lambda *_: calls.append(1))
train(model, DataLoader(dataset, 32), nn.BCEWithLogitsLoss(), counted, len(losses))
n, size, epochs = len(dataset), 32, len(losses)
Question(
    f"With {n} training rows, batches of {size} and {epochs} epochs: how many times was "
    "`optimizer.step()` called?",
    Choice(
        f"{epochs}: once per epoch",
        len(calls) == epochs,
        "It stands inside the loop over the batches: every batch gives one step.",
    ),
    Choice(
        f"{n // size * epochs}: once per full batch",
        len(calls) == n // size * epochs,
        f"The {n % size} rows that are left over make a shorter batch, and it gives a step too.",
    ),
    Choice(
        f"{-(-n // size) * epochs}: once per batch, the short one included",
        len(calls) == -(-n // size) * epochs,
        f"The rows make {-(-n // size)} batches, the last one with {n % size} rows, and every epoch "
        "goes through all of them.",
    ),
    Choice(
        f"{n * epochs}: once per row",
        len(calls) == n * epochs,
        "The rows of a batch share a step: the loss is the mean over them.",
    ),
)

# %% [markdown]
r"""
## Is it any good?

Open the test set once, at the end. A logit of zero and more is a probability from one half on, so it counts
as the answer “malignant”. [`accuracy`][course.networks.workflow.accuracy] is the share of rows with the
right answer.

It never stands alone: put beside it what you get without a network, the base rate
and scikit-learn's logistic regression, which is this model without its hidden layer (and with a
mild penalty on large weights).
"""

# %% tags=["fold"]
from sklearn.linear_model import LogisticRegression

from course.networks.workflow import accuracy

known = accuracy(model, x_train.to(device), y_train.to(device))
unseen = accuracy(model, x_test.to(device), y_test.to(device))
baseline = LogisticRegression(max_iter=1000).fit(x_train, y_train)

print(f"network, training rows  {known:.3f}")
print(f"network, test rows      {unseen:.3f}")
print(f"logistic regression     {baseline.score(x_test, y_test):.3f}")
print(f"always benign           {1 - y_test.mean().item():.3f}")

# %% [markdown]
r"""
With {{ len(y_test) }} test rows, a single tumour
is worth {{ 100 / len(y_test):.1f }} percentage points, and which tumours were drawn is chance. To
see how much chance there is, repeat everything with ten *seeds*, the
numbers that fix what a random generator draws: another split, other first weights,
another order of the batches.
"""


# %% tags=["fold"]
def experiment(seed, loop=train):
    generator = torch.Generator().manual_seed(seed)
    train_rows, test_rows = split_rows(len(x), 0.2, generator)
    mean, std = column_statistics(x[train_rows])
    x_train, y_train = (x[train_rows] - mean) / std, y[train_rows]
    x_test, y_test = (x[test_rows] - mean) / std, y[test_rows]

    model = Classifier(x.shape[1], 16, generator).to(device)
    dataset = TensorDataset(x_train.to(device), y_train.to(device))
    batches = DataLoader(dataset, 32, shuffle=True, generator=generator)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
    losses = loop(model, batches, nn.BCEWithLogitsLoss(), optimizer, epochs=20)

    baseline = LogisticRegression(max_iter=1000).fit(x_train, y_train)
    return {
        "losses": losses,
        "network": accuracy(model, x_test.to(device), y_test.to(device)),
        "logistic regression": baseline.score(x_test, y_test),
        "always benign": 1 - y_test.mean().item(),
    }


def collect(runs, key):
    return torch.tensor([run[key] for run in runs])


seeds = range(10)
runs = [experiment(seed) for seed in seeds]

# %% alt="Three rows of ten dots, one dot per split, with a bar at each row's mean. The dots of the network and of logistic regression cover the same narrow range close to 1; the dots of always benign lie far to the left, a little above 0.6." lead="Ten ways to split the rows: the network and a simpler model, logistic regression, do about equally well, and both far better than the answer that is always the same."
names = ["network", "logistic regression", "always benign"]
scores = {name: collect(runs, name) for name in names}
plotting.dots(scores, xlabel="accuracy on the test rows")

# %% tags=["claim", "always"]
again = torch.tensor(runs[0]["losses"])
gain = scores["network"] - scores["always benign"]
difference = scores["network"] - scores["logistic regression"]
assert torch.allclose(again, torch.tensor(losses), atol=1e-3), (
    "seed 0 gives the training losses above again"
)

# %% tags=["claim", "here"]
assert gain.min() > 0.2, "on each split, the network beats the base rate by 20 points or more"
assert -0.02 < difference.mean() < 0.01, (
    "averaged over the splits, the network is at most 1 point ahead of logistic regression, "
    "and at most 2 points behind"
)

# %% [markdown]
r"""
**What we observe.** The network has learned something: no split brings it anywhere near the base
rate. But it is no better than logistic regression: its mean lead over the splits is
{{ 100 * difference.mean().item():+.1f }} points. On these data a straight border is enough, and the
hidden layer buys nothing that ten splits could show. (They share rows, so they are not ten independent
trials.)

To choose a width or a learning rate takes [a third set of rows](../training/selection.py): what was
chosen on the test rows can no longer be judged by them.
"""

# %% [markdown]
r"""
## What goes wrong: a loop without `zero_grad`

Take the line `optimizer.zero_grad()` out of the loop. There is no error and no warning. The ten seeds are
the same.
"""


# %% tags=["fold"]
def train_without_zero_grad(model, batches, criterion, optimizer, epochs):
    history = []
    for _ in range(epochs):
        total, rows = 0.0, 0
        for x, y in batches:
            # optimizer.zero_grad() is missing
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(y)
            rows += len(y)
        history.append(total / rows)
    return history


broken = [experiment(seed, loop=train_without_zero_grad) for seed in seeds]

# %% alt="Training loss against the epoch on a log scale, ten curves for each loop. With zero_grad the curves fall together and stay low. Without it they start no higher, then climb in jumps to values a thousand times larger and more." symptom="A quick start, then the loss swings and grows out of all proportion" cause="`zero_grad` is missing: each step follows the sum of all gradients so far."
good, bad = collect(runs, "losses"), collect(broken, "losses")
both = {"with zero_grad": good, "without zero_grad": bad}
plotting.curves(both, ylabel="mean training loss", log=True)

# %% tags=["claim", "here"]
assert (good[:, -1] < good[:, 0] / 2).all(), "with zero_grad, every run ends below half its start"
assert bad[:, 0].mean() < good[:, 0].mean(), (
    "in the first epoch, the broken loop is ahead on average"
)
assert (bad[:, -1] > 100 * good[:, -1]).all(), (
    "in the last, each of its runs has more than a hundred times the loss of its twin"
)
lead = collect(broken, "network") - collect(broken, "always benign")
assert lead.mean() > 0.2, "its accuracy stays 20 points or more above the base rate, on average"

# %% [markdown]
r"""
Each step now moves against the [sum of all gradients so far](../autograd/partial.py#gradients-add-up), and in the last epoch the median
loss is {{ bad[:, -1].median().item():,.0f }} against {{ good[:, -1].median().item():.3f }}.
"""

# %% [markdown]
r"""
**The repair** is the line, anywhere between one step and the next `backward`; the lower curves are
what it gives. **The symptom** to remember: a quick start, then a loss that swings and grows out of all
proportion.
"""

# %% [markdown]
r"""
## Going deeper: why it grows

At first the broken loop is even ahead: in the first epoch, its mean loss is
{{ bad[:, 0].mean().item():.2f }} against {{ good[:, 0].mean().item():.2f }}. Its accuracy on
the test rows, {{ 100 * collect(broken, "network").mean().item():.0f }} % on average against
{{ 100 * scores["network"].mean().item():.0f }} %, gives far less away: watch the loss.

In the **sum of all gradients so far** the old ones never fade, so the
parameters roll down the valley, and up the other side, like a ball without friction. In one valley
such a ball would not rise above its start. But every batch is a valley of its own, and the speed
that one adds the next need not take back: so the loss can grow. The missing friction is more than a
picture: an optimizer with momentum keeps such a sum and shrinks it by a factor at each step,
and a forgotten `zero_grad` is momentum with the factor 1, where nothing shrinks.
"""

# %% tags=["claim", "always"]
bce = nn.BCEWithLogitsLoss()
rows = list(DataLoader(TensorDataset(x_train.double(), y_train.double()), 32))
forgetful = Classifier(x.shape[1], 16, torch.Generator().manual_seed(0)).double()
rolling = Classifier(x.shape[1], 16, torch.Generator().manual_seed(0)).double()

plain = torch.optim.SGD(forgetful.parameters(), lr=0.2)
momentum = torch.optim.SGD(rolling.parameters(), lr=0.2, momentum=1.0)
train_without_zero_grad(forgetful, rows, bce, plain, epochs=1)
train(rolling, rows, bce, momentum, epochs=1)
for one, other in zip(forgetful.parameters(), rolling.parameters(), strict=True):
    assert torch.allclose(one, other), (
        "one epoch without zero_grad gives the weights that SGD with momentum 1 gives"
    )

# %% tags=["claim", "here"]
alone = Classifier(x.shape[1], 16, torch.Generator().manual_seed(0)).double()
whole = [(x_train.double(), y_train.double())]
plain = torch.optim.SGD(alone.parameters(), lr=0.2)
history = train_without_zero_grad(alone, whole, bce, plain, epochs=300)
assert max(history) == history[0], (
    "with all training rows in one batch, 300 steps of the broken loop never raise the loss above "
    "its start"
)

# %% [markdown]
r"""
## Going deeper: two layers or one?

Leave out `torch.relu`. Find the one weight per input, and the one bias,
with which a single layer computes the same logits as the two. Hint: `A @ B` is the product of two
matrices, and the weights are `model.hidden.weight` and `model.output.weight`.
"""

# %% tags=["fold"]
hidden, output = model.hidden, model.output
inputs = x_test.to(device)
two_layers = output(hidden(inputs)).squeeze(-1)

weight = output.weight @ hidden.weight
bias = output.weight @ hidden.bias + output.bias
one_layer = (inputs @ weight.T + bias).squeeze(-1)
gap = (two_layers - one_layer).abs().max().item()
assert gap < 1e-3

# %% [markdown]
r"""
??? success "The answer"
    $w_2 \cdot (W_1 x + b_1) + b_2$ is $(w_2 W_1)\, x + (w_2 \cdot b_1 + b_2)$. The weights are
    `output.weight @ hidden.weight`, the bias is `output.weight @ hidden.bias + output.bias`. On the
    test rows the logits differ by at most {{ gap:.0e }}, which is rounding. So it takes the
    activation to make a second layer worth having.
"""

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.networks.exercises import workflow as exercises

exercises.baseline

# %% tags=["fold"]
from course.networks.exercises import workflow as exercises

rates = []
for seed in seeds:
    _, rows = split_rows(len(x), 0.2, torch.Generator().manual_seed(seed))
    rates.append(exercises.base_rate(y[rows]))
assert torch.allclose(torch.tensor(rates), scores["always benign"])

# %% [markdown]
r"""
??? success "What you find"
    Over the ten splits, the base rate of the test rows ranges from {{ 100 * min(rates):.1f }} % to
    {{ 100 * max(rates):.1f }} %; on all rows it is {{ 100 * exercises.base_rate(y):.1f }} %. So compare
    an accuracy with the base rate of the rows it was measured on.
"""

# %% tags=["hide-input"]
exercises.scaling

# %% tags=["fold"]
by_all, _ = exercises.scale(x, x)  # as if all rows were training rows
leaky, own = [], []
for seed in seeds:
    train_rows, test_rows = split_rows(len(x), 0.2, torch.Generator().manual_seed(seed))
    fitted = LogisticRegression(max_iter=1000).fit(by_all[train_rows], y[train_rows])
    leaky.append(fitted.score(by_all[test_rows], y[test_rows]))

    by_training, _ = exercises.scale(x[train_rows], x[test_rows])
    by_own, _ = exercises.scale(x[test_rows], x[test_rows])
    fitted = LogisticRegression(max_iter=1000).fit(by_training, y[train_rows])
    own.append(fitted.score(by_own, y[test_rows]))

leak = 100 * (torch.tensor(leaky) - scores["logistic regression"])
company = 100 * (torch.tensor(own) - scores["logistic regression"])
assert leak.abs().max() < 2
assert company.abs().max() > leak.abs().max()

# %% [markdown]
r"""
??? success "What you find"
    Fit logistic regression on the same ten splits. Scale with the numbers of *all* rows instead, and
    its accuracy changes by {{ leak.abs().max().item():.1f }} points at most: mean and standard
    deviation of this many rows hardly depend on a fifth of them. It is a mistake all the same: you
    cannot know beforehand that a leak<!-- term --> will be harmless, and one that lets the targets through is
    not. Scale the test rows by *their own* numbers, and it changes by up to
    {{ company.abs().max().item():.1f }} points, and a patient who comes alone cannot be scaled at all.
"""

# %% tags=["hide-input"]
exercises.one_epoch


# %% tags=["fold"]
def twenty_epochs(epoch):
    generator = torch.Generator().manual_seed(0)
    model = Classifier(x.shape[1], 16, generator).to(device)
    start = [parameter.detach().clone() for parameter in model.parameters()]
    batches = DataLoader(dataset, 32, shuffle=True, generator=generator)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
    losses = [epoch(model, batches, nn.BCEWithLogitsLoss(), optimizer) for _ in range(20)]
    pairs = zip(model.parameters(), start, strict=True)
    return losses, max((new - old).abs().max().item() for new, old in pairs)


_, still = twenty_epochs(exercises.one_epoch.starter)
repaired, moved = twenty_epochs(exercises.train_epoch)
assert still == 0
assert repaired[-1] < repaired[0] / 2

# %% [markdown]
r"""
??? success "What you find"
    On the tumours, the largest change of any parameter in twenty epochs is {{ still }} with the loop
    as it was: the step finds the gradients already cleared. Repaired, it is {{ moved:.2f }}, and the
    loss falls from {{ repaired[0]:.3f }} to {{ repaired[-1]:.3f }}.
"""

# %% tags=["hide-input"]
exercises.evaluation

# %% tags=["fold"]
border = 0.5
with torch.no_grad():
    logits = model(x_test.to(device)).cpu()
between = int(((logits >= 0) & (logits < border)).sum())
shifted = ((logits >= border) == (y_test == 1)).float().mean().item()
right = exercises.fraction_right(model, x_test.to(device), y_test.to(device))
assert right == unseen
assert round(len(y_test) * abs(right - shifted)) <= between

# %% [markdown]
r"""
??? success "What you find"
    With the border at a logit of {{ border }}, the model would say “malignant” from a probability of
    {{ torch.sigmoid(torch.tensor(border)).item():.2f }} on. How many of these {{ len(y_test) }} test
    rows have a logit between the two borders? {{ between }}. The accuracy would be {{ shifted:.3f }}
    instead of {{ right:.3f }}: that a program prints a good accuracy does not prove its border right.
"""

# %% [markdown]
r"""
## What to remember

- One training step: `zero_grad`, forward, loss, `backward`, `step`. `backward` adds; you clear.
- Split first. Whatever is computed from data to prepare data comes from the training rows.
- An accuracy means something beside a base rate, a baseline, and the spread over several seeds.
- A broken loop may run without an error and keep a decent accuracy. Look at the loss.

Reference: [`split_rows`][course.networks.workflow.split_rows],
[`column_statistics`][course.networks.workflow.column_statistics],
[`Classifier`][course.networks.workflow.Classifier], [`train`][course.networks.workflow.train],
[`accuracy`][course.networks.workflow.accuracy], [`pick_device`][course.device.pick_device]. The
test that proves them is `tests/networks/test_workflow.py`. Next:
[which of ten?](softmax.py)
"""
