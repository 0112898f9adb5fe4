# ---
# title: One loop for everything
# description: >-
#   The training loop taken apart call by call, written once for all models, and what happens when
#   one of its calls is missing.
# needs: >-
#   [gradient descent](../linear/descent.py), also the part with PyTorch, and [a line as a
#   module](../linear/prediction.py)
# ---

# %% [markdown]
r"""
**The question.** A line and a network, measured lengths and handwritten digits: how much of the
code that trains them has to differ? And of the calls in that code, which one could you leave out?

## The idea

Training is a circle: parameters → outputs → loss → gradients → parameters. Each arrow is one call,
and one more call prepares the next round.

| Call | It reads | It writes |
| --- | --- | --- |
| `optimizer.zero_grad()` | | no gradients, from here on |
| `outputs = model(x)` | inputs, **parameters** | **outputs**, and the graph of how they came about |
| `loss = criterion(outputs, y)` | outputs, targets | the **loss** $J$, one number |
| `loss.backward()` | loss, graph | **gradients**, *added* to those that are there |
| `optimizer.step()` | gradients | **parameters** |

None of the five knows what the model computes or what the loss means. So the circle can be written
once. It goes around once per *batch*, a handful of rows; one pass over all batches is an *epoch*.

## The smallest case, by hand

One parameter, $\hat y = w x$, and two batches: the first has two rows, the second only one.
"""

# %%
import torch
from torch import nn

batches = [
    (torch.tensor([[1.0], [2.0]]), torch.tensor([[2.0], [4.0]])),
    (torch.tensor([[3.0]]), torch.tensor([[6.0]])),
]
w, lr = 0.0, 0.05
losses = []
for x, y in batches:
    residuals = w * x - y
    loss = (residuals**2).mean().item()
    derivative = 2 * (residuals * x).mean().item()
    w = w - lr * derivative
    losses.append(loss)
    print(f"loss {loss:5.2f}, derivative {derivative:6.1f}, new w {w:.2f}")

# %% tags=["hide-input"]
from course.practice import Choice, Question

by_rows = (2 * losses[0] + losses[1]) / 3
by_batches = (losses[0] + losses[1]) / 2
afterwards = sum(((w * x - y) ** 2).sum().item() for x, y in batches) / 3
smallest = nn.Linear(1, 1, bias=False)
nn.init.zeros_(smallest.weight)

from course.training.loop import fit

descent = torch.optim.SGD(smallest.parameters(), lr=lr)
told = fit(smallest, batches, nn.MSELoss(), descent, epochs=1).training[0]

Question(
    "What would you write down as the loss of this epoch, the mean over its three rows?",
    Choice(
        f"{by_batches:.2f}",
        abs(told - by_batches) < 1e-3,
        "That is the mean of the two batches. The row of the short batch then counts as much as "
        "the two others together.",
    ),
    Choice(
        f"{by_rows:.2f}",
        abs(told - by_rows) < 1e-3,
        "Two rows with a mean of "
        f"{losses[0]:.2f} and one with {losses[1]:.2f}. Each row was measured before the step that "
        "it caused: that costs nothing, because the loss was computed anyway.",
    ),
    Choice(
        f"{afterwards:.2f}",
        abs(told - afterwards) < 1e-3,
        f"That is the loss of the three rows with the last $w = {w:.2f}$. It is a good number to "
        "know, and takes one more pass over all rows.",
    ),
)

# %% [markdown]
r"""
## The loop, written once

::: course.training.loop.fit

Find the five calls of the table in [`fit`][course.training.loop.fit]. The lines around them:

- `model.train()` switches on what some layers do in training alone, such as dropout (below).
- `check_shapes` stops you before `(n, 1)` meets `(n,)` and both
  [broadcast](../linear/cost.py#what-goes-wrong-a-column-meets-a-row).
- `loss.detach()` keeps the number and lets go of the graph.
- `sizes` remembers how many rows each batch had, for the mean over rows.
- `evaluate` measures on rows that are not trained on, the *validation rows*: in `eval` mode, without gradients.
- A *callback* is a function of yours that is called after each epoch.

Here is the smallest case again, now with autograd and `SGD`.
"""

# %%
from course.training.loop import fit

smallest = nn.Linear(1, 1, bias=False)
nn.init.zeros_(smallest.weight)
optimizer = torch.optim.SGD(smallest.parameters(), lr=lr)

history = fit(smallest, batches, nn.MSELoss(), optimizer, epochs=1)
print(f"w {smallest.weight.item():.2f}, loss of the epoch {history.training[0]:.2f}")

# %% tags=["claim", "always"]
assert abs(smallest.weight.item() - w) < 1e-5, "`fit` takes the two steps that we took by hand"
by_rows = (2 * losses[0] + losses[1]) / 3
assert abs(history.training[0] - by_rows) < 1e-4, "its loss of the epoch is the mean over the rows"

# %% [markdown]
r"""
## Numbers: how far a disease went on

The first real problem is a regression. The inputs are ten measurements of each patient with
diabetes, the target is a number for how far the disease had gone on a year later (Efron, Hastie,
Johnstone and Tibshirani, *Least Angle Regression*, 2004). A fifth of the rows is kept for
validation, and the statistics to scale with come from the others.
"""

# %%
from sklearn.datasets import load_diabetes
from torch.utils.data import TensorDataset

from course.training.batches import Batches
from course.training.metrics import r_squared
from course.training.splits import split_rows

measurements, progress = load_diabetes(return_X_y=True, scaled=False)
raw, target = torch.tensor(measurements).float(), torch.tensor(progress).float()

rows, held = split_rows(len(raw), (0.8, 0.2), torch.Generator().manual_seed(0))
scaled = (raw - raw[rows].mean(dim=0)) / raw[rows].std(dim=0)
learned = TensorDataset(scaled[rows], target[rows])
measured = [(scaled[held], target[held])]


def linear_model():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(raw.shape[1], 1), nn.Flatten(0))


model = linear_model()
patients = fit(
    model,
    Batches(learned, batch_size=32, shuffle=True),
    nn.MSELoss(),
    torch.optim.SGD(model.parameters(), lr=0.02),
    epochs=20,
    validation=measured,
    metrics={"R²": r_squared},
)
print(f"loss {patients['validation'][-1]:.0f}, R² {patients.validation['R²'][-1]:.2f}")

# %% [markdown]
r"""
`nn.Flatten(0)` turns outputs `(n, 1)` into `(n,)`, the shape<!-- term --> of the targets. R² is one minus the
squared error divided by that of always predicting the targets' mean: 1 for perfection, 0 for that
mean, below 0 for what is worse. `fit` returns a [`History`][course.training.loop.History], one number per epoch.

## Classes: which digit is it?

The second problem is a classification: which of ten digits is on an image of 8×8 pixels (Alpaydin and Kaynak, 1998)?
A *network* answers: two linear layers, and between them a ReLU, which turns negative numbers into 0. It gives ten
numbers for an image, the *logits*, and the class of the largest is its answer. Its *accuracy* is the part of the
rows with the right answer.

Before the second layer stands *dropout*. While training, it sets each number to zero with probability
one half, and doubles those that are left, so that none can rely on another and the mean stays; in `eval` mode it
does nothing. The rows lie sorted by digit, as rows of files often do.

[`pick_device`][course.device.pick_device] finds a graphics card if there is one; network and rows have to be in
the same place. (Lessons whose rows would fit a printed table stay on the CPU: there is nothing to share out.)

The loss is the *cross-entropy*: the mean of $-\ln$ of the probability that the model gives to the
right class. (`nn.CrossEntropyLoss` makes probabilities of the logits itself, by
[softmax](../networks/softmax.py).) Whoever gives a tenth to each of ten digits has $\ln 10 =$ {{ torch.tensor(10.0).log().item():.2f }}.
"""

# %%
from sklearn.datasets import load_digits

from course.device import pick_device
from course.training.metrics import accuracy

pixels, labels = load_digits(return_X_y=True)
images, digits = torch.tensor(pixels).float() / 16, torch.tensor(labels)

n_train = 500
parts = (n_train / len(images), 1 - n_train / len(images))
seen, unseen = split_rows(len(images), parts, torch.Generator().manual_seed(0))
seen = seen[digits[seen].argsort()]

device = pick_device()
images, digits = images.to(device), digits.to(device)
training_set = TensorDataset(images[seen], digits[seen])
validation = [(images[unseen], digits[unseen])]
criterion = nn.CrossEntropyLoss()


def network():
    layers = (nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 10))
    return nn.Sequential(*layers).to(device)


torch.manual_seed(0)
model = network()
history = fit(
    model,
    Batches(training_set, batch_size=32, shuffle=True),
    criterion,
    torch.optim.SGD(model.parameters(), lr=0.3),
    epochs=25,
    validation=validation,
    metrics={"accuracy": accuracy},
)
print(f"loss {history['validation'][-1]:.3f}, accuracy {history.validation['accuracy'][-1]:.3f}")

# %% alt="Training and validation loss fall together from about two. The validation loss is the lower of the two in every epoch." lead="One loop for everything: here it learns to read digits, and the loss falls on rows that it does not train on, too."
from course import plotting

plotting.curves(history, ylabel="mean cross-entropy")

# %% tags=["claim", "here"]
assert patients["training"][-1] < patients["training"][0] / 4, (
    "`fit` brought the squared error of the line below a quarter of its first epoch's"
)
assert patients.validation["R²"][-1] > 0.4, "on patients it has not seen, R² is above 0.4"
assert history.validation["accuracy"][-1] > 0.9, (
    "the same `fit` trained a network that reads more than 90 % of the unseen digits right"
)

# %% tags=["hide-input"]
from course.training.measuring import evaluate

known = evaluate(model, [training_set.tensors], criterion)["loss"]
lower = history["validation"][-1]

Question(
    "Why is the validation loss **below** the training loss?",
    Choice(
        "The validation rows are easier.",
        lower < known,
        f"Measured in the same way, after training and in `eval` mode, the training rows have "
        f"{known:.3f} and the validation rows {lower:.3f}.",
    ),
    Choice(
        "The training loss is measured under harder conditions.",
        known < lower < history["training"][-1],
        "With half of the hidden units off, and before each step. Measured like the validation "
        f"rows, the training rows have {known:.3f}, against {lower:.3f}. So compare the two curves "
        "only if you know how each was measured.",
    ),
    Choice(
        "The two curves were swapped.",
        history["training"] == history.validation["loss"],
        "`fit` files each under its name.",
    ),
)

# %% [markdown]
r"""
What had to differ between the two problems is this, and nothing in the loop:

| Task | outputs | targets | criterion |
| --- | --- | --- | --- |
| numbers | `(n,)`, predictions | `(n,)`, floats | `nn.MSELoss()` |
| yes or no | `(n,)`, logits | `(n,)`, floats 0 and 1 | `nn.BCEWithLogitsLoss()` |
| classes | `(n, k)`, logits | `(n,)`, class numbers, integers | `nn.CrossEntropyLoss()` |

## Where no call may be missing

Here the loop is written out, with a switch in front of each call. Leave out one call at a time, and train the network
on the digits again, with three seeds.
"""

# %% tags=["fold"]
from course.training.loop import History
from course.training.measuring import weighted_mean


def train(without="nothing", seed=0, epochs=25):
    torch.manual_seed(seed)
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
    batches = Batches(training_set, batch_size=32, shuffle=without != "shuffling")
    history = History()
    for _ in range(epochs):
        if without != "train()":
            model.train()
        losses, sizes = [], []
        for x, y in batches:
            if without != "zero_grad()":
                optimizer.zero_grad()
            loss = criterion(model(x), y)
            if without != "backward()":
                loss.backward()
            if without != "step()":
                optimizer.step()
            losses.append(loss.detach())
            sizes.append(len(y))
        history.training.append(weighted_mean(torch.stack(losses), sizes))
        if without != "eval()":
            model.eval()
        with torch.no_grad():
            outputs = model(images[unseen])
        measured = {"loss": criterion, "accuracy": accuracy}
        for name, measure in measured.items():
            value = measure(outputs, digits[unseen]).item()
            history.validation.setdefault(name, []).append(value)
    return model, history


calls = ("nothing", "zero_grad()", "backward()", "step()", "train()", "eval()", "shuffling")
models, runs = {}, {}
for call in calls:
    trained = [train(call, seed) for seed in range(3)]
    models[call] = trained[0][0]
    runs[call] = [history for _, history in trained]

# %% tags=["hide-input"] symptom="The loss does not change, and the accuracy stays that of guessing" cause="`backward` or `step` is missing, or the optimizer holds the parameters of another model."
flat = max(runs["backward()"][0].training) - min(runs["backward()"][0].training)

Question(
    "You leave out `loss.backward()`. What do you see?",
    Choice(
        "An exception, because `step` finds no gradients.",
        len(runs["backward()"][0].training) < 25,
        "`step` passes over parameters that have no gradient, without a word.",
    ),
    Choice(
        "A loss that neither falls nor rises.",
        flat < 0.1,
        "No gradients, no steps: the parameters stay where they began. What little the curve "
        f"moves, {flat:.2f} from its lowest to its highest, is dropout.",
    ),
    Choice(
        "A loss that becomes `nan`.",
        not all(map(torch.isfinite, torch.tensor(runs["backward()"][0].training))),
        "For that the parameters have to move.",
    ),
)

# %% alt="Six panels, each with a training and a validation loss on a log scale. The whole loop: both fall together, the validation loss below. Without zero_grad both are lower in the first epochs, then rise above two and stay there. Without backward or step both are flat at their start. Without train the training loss falls far below the validation loss. Without eval the validation loss lies above the training loss. Without shuffling the training loss falls slowly; the validation loss stays at its start for ten epochs, jumping up and down, and ends as high as the training loss." symptom="The loss falls at first, then it rises and stays high" cause="`zero_grad` is missing, so gradients add up."
titles = {
    "nothing": "the whole loop",
    "zero_grad()": "without zero_grad()",
    "backward()": "without backward() or step()",
    "train()": "without train()",
    "eval()": "without eval()",
    "shuffling": "without shuffling",
}
pictures = {title: runs[call][0] for call, title in titles.items()}
plotting.panels(pictures, ylabel="mean cross-entropy", log=True)


# %% tags=["fold"]
def last(call, what):
    ends = {
        "training": [history.training[-1] for history in runs[call]],
        "validation": [history.validation["loss"][-1] for history in runs[call]],
        "right": [100 * history.validation["accuracy"][-1] for history in runs[call]],
    }
    return sum(ends[what]) / len(ends[what])


def kept_for_backward(model, x):
    """Return how many bytes the graph keeps until a backward that never comes."""
    storages = {}

    def keep(kept):
        storage = kept.untyped_storage()  # two tensors may share it
        storages[storage.data_ptr()] = storage.nbytes()
        return kept

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda kept: kept):
        outputs = model(x)  # holds the graph while we count
    return sum(storages.values()) if outputs.requires_grad else 0


young, _ = train("shuffling", epochs=1)
with torch.no_grad():
    answers = young.eval()(images[unseen]).argmax(dim=1)
high_answers, high_digits = (
    (each >= 8).float().mean().item() for each in (answers, digits[unseen])
)

needless = kept_for_backward(models["nothing"].eval(), images[unseen])
with torch.no_grad():
    nothing_kept = kept_for_backward(models["nothing"], images[unseen])

# %% [markdown]
r"""
In numbers, after the last epoch, as means over three seeds:

| Left out | training loss | validation loss | right | The symptom |
| --- | --- | --- | --- | --- |
| nothing | {{ last("nothing", "training"):.2f }} | {{ last("nothing", "validation"):.2f }} | {{ last("nothing", "right"):.0f }} % | |
| `zero_grad()` | {{ last("zero_grad()", "training"):.2f }} | {{ last("zero_grad()", "validation"):.2f }} | {{ last("zero_grad()", "right"):.0f }} % | a quick start, then the loss rises and stays high |
| `backward()` | {{ last("backward()", "training"):.2f }} | {{ last("backward()", "validation"):.2f }} | {{ last("backward()", "right"):.0f }} % | a flat loss; every `grad` is `None` |
| `step()` | {{ last("step()", "training"):.2f }} | {{ last("step()", "validation"):.2f }} | {{ last("step()", "right"):.0f }} % | a flat loss; there are gradients |
| `train()` | {{ last("train()", "training"):.2f }} | {{ last("train()", "validation"):.2f }} | {{ last("train()", "right"):.0f }} % | a training loss far below the validation loss: the first validation left `eval` mode on, and with it dropout off |
| `eval()` | {{ last("eval()", "training"):.2f }} | {{ last("eval()", "validation"):.2f }} | {{ last("eval()", "right"):.0f }} % | a worse validation, and another one each time you measure |
| shuffling | {{ last("shuffling", "training"):.2f }} | {{ last("shuffling", "validation"):.2f }} | {{ last("shuffling", "right"):.0f }} % | a loss that falls late, a validation loss that jumps |
| `no_grad()` | | | | the same numbers; but the outputs of one validation keep {{ needless / 1e6:.1f }} MB alive for a `backward` that never comes |

Not one of them raises an exception, and those in the lower half still read most digits right: without
the whole loop beside them you would not know. (Without shuffling, the last batches hold eights and nines: so are
{{ 100 * high_answers:.0f }} % of the answers after an epoch, and {{ 100 * high_digits:.0f }} % of the digits.)
"""

# %% tags=["claim", "always"] symptom="The same validation rows give another number each time" cause="`model.eval()` is missing, so dropout is still at work."
fitted = torch.tensor([history["training"], history["validation"]])
alone = torch.tensor([runs["nothing"][0]["training"], runs["nothing"][0]["validation"]])
assert torch.allclose(fitted, alone, atol=1e-4), (
    "with nothing left out, the loop gives what `fit` gave"
)
assert all(p.grad is None for p in models["backward()"].parameters()), (
    "without `backward`, there are no gradients"
)
assert all(p.grad is not None for p in models["step()"].parameters()), (
    "without `step`, every parameter has one"
)
with torch.no_grad():
    noisy = models["eval()"].train()
    once, twice = (criterion(noisy(images[unseen]), digits[unseen]) for _ in range(2))
assert needless > 0 == nothing_kept, "with `no_grad` the outputs keep nothing for `backward`"

# %% tags=["claim", "here"] symptom="From the second epoch on, the training loss is far below the validation loss" cause="`model.train()` is missing after a validation, so dropout stays off; otherwise the model overfits."
for whole, broken in zip(runs["nothing"], runs["zero_grad()"], strict=True):
    assert broken.training[0] < whole.training[0], "without `zero_grad`, the first epoch is better"
    assert broken.training[-1] > 5 * whole.training[-1], "and the last more than five times worse"
for call in ("backward()", "step()"):
    for run in runs[call]:
        assert all(abs(loss - 2.3) < 0.15 for loss in run.training), (
            "without `backward` or `step`, the loss stays within 0.15 of 2.3"
        )
assert last("train()", "training") < last("nothing", "training") / 2, (
    "without `train`, the training loss ends below half of what it was"
)
assert last("eval()", "validation") > 1.5 * last("nothing", "validation"), (
    "without `eval`, the validation loss is more than one and a half times as large"
)
assert once != twice, "and measured twice, it differs"
assert last("shuffling", "validation") > 2 * last("nothing", "validation"), (
    "unshuffled, the validation loss is more than twice as large"
)
assert high_answers > 0.9, "unshuffled, after one epoch, nine of ten answers are 8 or 9"

# %% [markdown]
r"""
## Going deeper: an optimizer that holds another model

You want to begin afresh, make a new model, and keep the optimizer.
"""

# %% tags=["raises-exception"] cause="The model was made anew after its optimizer, which still moves the old parameters."
model = linear_model()
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
model = linear_model()  # afresh

batches = Batches(learned, batch_size=32, shuffle=True)
fit(model, batches, nn.MSELoss(), optimizer, epochs=20)

# %% [markdown]
r"""
An optimizer holds the parameters that it was given, and goes on moving those of the old model. In a loop of your own,
**the symptom** is a flat loss, as without `step`. **The repair** is the order: first the model, then its optimizer.
"""

# %%
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
repaired = fit(model, batches, nn.MSELoss(), optimizer, epochs=20)
print(f"first epoch {repaired.training[0]:.0f}, last {repaired.training[-1]:.0f}")

# %% tags=["claim", "here"]
assert repaired.training[-1] < repaired.training[0] / 4, "with a new optimizer, the model learns"

# %% [markdown]
r"""
## Going deeper: a loss that explodes

The patients again, and this time nobody has scaled the columns. Nothing else changes.
"""

# %% tags=["raises-exception"] cause="The inputs are not scaled, or the learning rate is too large."
unscaled = Batches(TensorDataset(raw[rows], target[rows]), batch_size=32, shuffle=True)
model = linear_model()
fit(model, unscaled, nn.MSELoss(), torch.optim.SGD(model.parameters(), lr=0.02), epochs=20)

# %% [markdown]
r"""
A hand-written loop would go on, with a model of `nan`. `fit` says where it was and what to try. **The repair** is the
second hint: the run with scaled columns above. Why the size of the inputs matters so much,
[descent](../linear/descent.py#what-goes-wrong-the-same-spring-in-grams) has shown.

## Going deeper: libraries that have a loop

This loop *is* the PyTorch way: PyTorch has no `fit`, and its own tutorials write the five calls out. Libraries on top of
it have one, such as Lightning, Ignite and skorch. The five calls are the same everywhere.

## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.training.exercises import loop as exercises

exercises.step

# %% tags=["hide-input"]
exercises.repair

# %% tags=["hide-input"]
exercises.callback

# %% tags=["fold"]
from course.training.exercises import loop as exercises

torch.manual_seed(0)
model = network()
stopped = fit(
    model,
    Batches(training_set, batch_size=32, shuffle=True),
    criterion,
    torch.optim.SGD(model.parameters(), lr=0.3),
    epochs=200,
    validation=validation,
    metrics={"accuracy": accuracy},
    callbacks=[exercises.stalled],
)
assert stopped.epochs < 200

# %% [markdown]
r"""
??? success "What you find with it on the digits"
    Training ends after {{ stopped.epochs }} of at most 200 epochs, with {{ 100 * stopped.validation["accuracy"][-1]:.0f }} % of
    the unseen digits right. A training loss may go on falling while the network learns its rows by
    heart: stop by the validation loss.

## What to remember

- Parameters → outputs → loss → gradients → parameters. Each arrow is one call, and `zero_grad` goes
  before.
- The problem brings model, batches, criterion and optimizer. The loop stays the same.
- A missing `zero_grad`, `backward`, `step`, `train` or `eval` raises nothing. Know the symptoms: flat, rising, jagged, too good in training, worse
  in validation.
- The loss of an epoch is a mean over rows, not over batches.

Reference: [`fit`][course.training.loop.fit], [`History`][course.training.loop.History]. The test that
proves them is `tests/training/test_loop.py`. Next:
[one row at a time](stochastic.py).
"""
