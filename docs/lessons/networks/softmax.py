# ---
# title: Which of ten?
# description: >-
#   From yes or no to one of many classes: a logit for each class, softmax, and the loss of the true
#   class.
# needs: >-
#   [the loss of a yes or no](../logistic/entropy.py), [products of tables](../tensors/matrices.py),
#   and [the training loop](../training/loop.py)
# ---

# %% [markdown]
r"""
**The question.** A line and a sigmoid answer yes or no. But which of ten digits is this, which of ten pieces
of clothing? One linear layer is enough to get most of them right, and you can look at what it has learned.

## The idea

Give each class a linear model of its own. For $k$ classes that makes $k$ logits $z_0, \dots, z_{k-1}$, and
**the largest one decides**. To say how sure the model is, turn the logits into probabilities. *Softmax*
raises $e$ to each logit, which makes it positive, and divides by the sum, so that they add up to 1:

$$
p_j = \frac{e^{z_j}}{e^{z_0} + \dots + e^{z_{k-1}}} .
$$

## The smallest case, by hand

One input and three classes: a line for each.
"""

# %%
import torch

weight = torch.tensor([[-1.0], [0.0], [1.0]])
bias = torch.tensor([0.0, 1.0, 0.0])
x = torch.linspace(-5, 5, 201).unsqueeze(1)
logits = x @ weight.T + bias
names = ["class 0", "class 1", "class 2"]
print(logits.shape)

# %% alt="Three straight lines over an input from −5 to 5: class 0 falls, class 1 is level at 1, class 2 rises. Upright dotted lines at −1 and 1 mark where another line becomes the highest."
from course import plotting

lines = dict(zip(names, logits.T, strict=True))
plotting.functions(
    x[:, 0], lines, xlabel="input", ylabel="logit", borders={"0 | 1": -1, "1 | 2": 1}
)

# %% [markdown]
r"""
Left of −1 class 0 is highest, right of 1 class 2, between them class 1. Softmax keeps that order, and says
more:
"""

# %%
from course.networks.softmax import softmax

print(softmax(logits[100:101]), "at input 0")

# %% alt="The three probabilities over the same input. That of class 0 falls from 1 to 0 in the shape of an S, that of class 2 rises, and that of class 1 is a hill between them, a little above one half at its top. At −1 and at 1 two curves cross."
curves = dict(zip(names, softmax(logits).T, strict=True))
plotting.functions(
    x[:, 0], curves, xlabel="input", ylabel="probability", borders={"0 | 1": -1, "1 | 2": 1}
)

# %% [markdown]
r"""
Where two lines cross, two classes are equally likely. Nowhere is the model quite sure, and near the borders it
is least so.

## Softmax in code

::: course.networks.softmax.softmax

Why does the code take the largest logit away first? Add one number to all logits of a row, and numerator and
denominator of $p_j$ are multiplied by the same power of $e$: **no probability changes**. So you may choose the
number such that nothing overflows.
"""

# %%
row = torch.tensor([[1.0, 2.0, 4.0]])
print("softmax         ", softmax(row))
print("1,000 more      ", softmax(row + 1000))
print("without the step", (row + 1000).exp() / (row + 1000).exp().sum())

# %% tags=["claim", "always"]
z = torch.randn(50, 10, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
assert torch.allclose(softmax(z), torch.softmax(z, dim=1)), "it is `torch.softmax`"
assert torch.allclose(softmax(z + 1000), softmax(z)), (
    "a number added to all logits of a row changes no probability"
)
assert torch.allclose(softmax(z[:, :2])[:, 1], torch.sigmoid(z[:, 1] - z[:, 0])), (
    "with two classes it is the sigmoid of the difference of the logits"
)

# %% tags=["hide-input"]
from course.practice import Choice, Question

before, after = softmax(row), softmax(10 * row)
Question(
    "Take the logits 1, 2 and 4 times ten. What becomes of the probabilities?",
    Choice(
        "Nothing: only the order counts",
        torch.allclose(before, after, atol=1e-3),
        "The order stays, the differences grow. Adding a number changes nothing; multiplying does.",
    ),
    Choice(
        "The largest comes close to 1",
        (after.max() > 0.999).item(),
        f"It goes from {before.max():.3f} to {after.max():.3f}: what counts is the *difference* of "
        "the logits, and that is ten times as large.",
    ),
    Choice(
        "All come close to one third",
        torch.allclose(after, torch.full((1, 3), 1 / 3), atol=0.1),
        "That is what dividing the logits by ten does.",
    ),
)

# %% [markdown]
r"""
## The loss of the true class

Row by row, the model gives some probability $p_y$ to the class $y$ that is true. As for
[yes and no](../logistic/likelihood.py), the likelihood of all labels is the product of these
probabilities, and the loss is the mean of its negative logarithm, row by row: $-\ln p_y$. It is 0 for a model
that is sure and right, and $\ln k$ for one that knows nothing and gives every class $1/k$.

::: course.networks.softmax.cross_entropy

The loss never takes the logarithm of a probability, which may have been rounded to 0:
[`log_softmax`][course.networks.softmax.log_softmax] takes $\ln\left(e^{z_0} + \dots + e^{z_{k-1}}\right)$
from each logit.

Its gradient is short, too. Differentiate $-\ln p_y = \ln\left(e^{z_0} + \dots\right) - z_y$
by a logit $z_j$: the first part gives $p_j$, and the second one $-1$ for the true class alone.

$$
\frac{\partial (-\ln p_y)}{\partial z_j} = p_j - 1 \ \text{ if } j = y, \qquad p_j \ \text{ otherwise.}
$$

**The logit of a wrong class is pushed down by the probability that it got; that of the true class is pulled up by what
its probability lacks of 1.**
The truth is a *one-hot* row: zeros, with a 1 at the true class.
"""

# %%
from course.networks.softmax import cross_entropy, cross_entropy_gradient, log_softmax, one_hot

label = torch.tensor([1])
print("ln p       ", log_softmax(row))
print("loss       ", cross_entropy(row, label))
print("p          ", softmax(row))
print("the truth  ", one_hot(label, 3))
print("gradient   ", cross_entropy_gradient(row, label))

# %% tags=["claim", "always"]
from torch.nn import functional as F

labels = torch.arange(50) % 10
z.requires_grad_()
loss = F.cross_entropy(z, labels)
(slopes,) = torch.autograd.grad(loss, z)
assert torch.allclose(cross_entropy(z, labels), loss), "the loss is `F.cross_entropy`"
assert torch.allclose(cross_entropy_gradient(z.detach(), labels), slopes), (
    "the gradient, what the model said less what is true, divided by the number of rows, is autograd's"
)
assert torch.allclose(cross_entropy(torch.zeros(50, 10), labels), torch.tensor(10.0).log()), (
    "a model that knows nothing about ten classes has the loss ln 10"
)

# %% [markdown]
r"""
## Real images

Fashion-MNIST has pieces of clothing of ten kinds, 28 × 28 gray pixels each
([shown here](../data/augmentation.py#two-data-sets)). For a linear layer an image is a row of 784
numbers. A twelfth of the training rows is put aside to validate, and the test set stays closed. (The pixels
are scaled by the mean and the standard deviation of all rows but the test rows. The validation rows have had a small say in
them; the test rows have not.)
"""

# %%
import warnings

from course.data.mnist import load_fashion_mnist
from course.training.splits import HeldOut, split_rows

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the next line says what was read
    train, test = load_fashion_mnist()
print(train.source)

x, y = train.images.flatten(1).float(), train.labels
mean, std = x.mean(), x.std()
x = (x - mean) / std
held_out = HeldOut((test.images.flatten(1).float() - mean) / std, test.labels)
print(x.shape, y.shape, held_out)

# %% [markdown]
r"""
!!! note "What this page was built with"
    {{ train.source }}. {{ "Digits stand in for the clothes here: read “digit” for “piece of clothing”." if train.stand_in else "Without them, scikit-learn's digits would stand in." }}
    What is checked below holds with either.

**The PyTorch way:** `nn.Linear` gives the logits, and `nn.CrossEntropyLoss` takes them as they are, with
the numbers of the classes. There is no softmax in the model. [`fit`][course.training.loop.fit] is the loop that you
know. The learning rate falls to 0 in equal steps ([a schedule](../training/schedules.py)), so that the last batches move the weights less than the first.
"""

# %%
from torch import nn
from torch.utils.data import TensorDataset

from course.device import pick_device
from course.training.batches import Batches
from course.training.loop import fit
from course.training.measuring import predict
from course.training.metrics import accuracy

device = pick_device()
steps = 300 if train.stand_in else 1300  # a small data set needs fewer


def trained(seed, *more):
    """Return a model, the rows that it was not trained on, and the history."""
    generator = torch.Generator().manual_seed(seed)
    rows, validation = split_rows(len(x), (11 / 12, 1 / 12), generator)
    layer = nn.Linear(784, 10)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    model = nn.Sequential(layer, *more).to(device)
    dataset = TensorDataset(x[rows], y[rows])
    batches = Batches(dataset, 256, shuffle=True, generator=generator)
    epochs = steps // len(batches)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    falling = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, epochs * len(batches))
    optimizer.register_step_post_hook(lambda *_: falling.step())
    history = fit(model, batches, nn.CrossEntropyLoss(), optimizer, epochs)
    return model, validation, history


def percent_right(model, x, y):
    return 100 * accuracy(*predict(model, [(x, y)])).item()


runs = [trained(seed) for seed in range(3)]
right = [percent_right(model, x[rows], y[rows]) for model, rows, _ in runs]
print("validation rows right, three seeds:", ", ".join(f"{each:.1f} %" for each in right))
print(f"base rate of all rows but the test rows: {100 * y.bincount().max() / len(y):.1f} %")

# %% tags=["claim", "here"]
goal = 90.0 if train.stand_in else 85.5
assert sum(right) / 3 >= goal, (
    f"on validation rows the mean of three seeds is at least {goal:g} % right"
)

# %% [markdown]
r"""
## What it has learned

The layer has {{ runs[0][0][0].weight.numel():,}} weights: one for each pixel and each class. Put those of a class back
where their pixels are, and you see what it looks for. Since a number added to the logits of all classes means nothing,
[`class_weights`][course.networks.softmax.class_weights] takes away the mean over the classes.
"""

# %%
from course.networks.softmax import class_weights

model, validation, quick = runs[0]
images = class_weights(model[0].cpu(), (28, 28))

# %% alt="Ten small images on black, one for each class, each below its name. In each lie orange patches and blue ones, in another pattern for every class." lead="The weights of one linear layer, put back where their pixels are: bright orange speaks for the class, blue against it."
plotting.weights(images, labels=train.classes, limit=images.abs().quantile(0.99).item())

# %% [markdown]
r"""
Each is a template: ink on orange speaks for the class, ink on blue against it. That is also the limit of the
model: it has one template for a class, whatever else
the class may look like. Here is where that goes wrong, the mistakes of which it was most sure:
"""

# %% alt="Five small gray images, each below two names: what the model took it for, and what it is."
logits, labels = (
    each.cpu() for each in predict(model.to(device), [(x[validation], y[validation])])
)
sure, classes = softmax(logits).max(dim=1)
wrong = torch.where(classes == labels, 0.0, sure).topk(5).indices
plotting.gallery(
    [train.images[validation[i]] for i in wrong],
    labels=[f"{train.classes[classes[i]]}? {train.classes[labels[i]]}" for i in wrong],
    columns=5,
)

# %% [markdown]
r"""
Above each stands the guess, with a question mark, and then the truth. Everything was chosen on validation rows.
Now open the test set, once:
"""

# %%
final = percent_right(model, *held_out.open())
print(f"test rows right: {final:.1f} % of {len(held_out):,}")

# %% [markdown]
r"""
That is the result, and nothing is changed after it. (With the real images the test set is not quite untouched: while this course was made,
earlier trials of such a layer were measured on the same test rows, though nothing was chosen by them.)

## What goes wrong: softmax twice

`nn.CrossEntropyLoss` begins with a softmax. A model that ends in one too gives it probabilities, and nothing stops
you:
"""

# %% symptom="With ten classes the loss never falls below 1.46, however long you train" cause="The model ends in a softmax, and `nn.CrossEntropyLoss` takes the softmax of its outputs again."
twice, validation, slow = trained(0, nn.Softmax(dim=1))
for name, each, history in (("once", model, quick), ("twice", twice, slow)):
    share = percent_right(each, x[validation], y[validation])
    print(f"softmax {name:5}: loss {history.training[-1]:.3f}, {share:.1f} % right")

# %% tags=["claim", "always"]
floor = cross_entropy(torch.eye(10), torch.arange(10)).item()
assert abs(floor - torch.tensor(1 + 9 / torch.e).log().item()) < 1e-6, (
    "with ten classes, a model that is sure and right has the loss ln(1 + 9/e) after softmax twice"
)
assert slow.training[-1] > floor, "and the training stays above that floor"

# %% [markdown]
r"""
Even a model that is sure and right gives the loss the “logits” 1 and nine times 0, and that costs
$\ln(1 + 9/e) = {{ floor:.3f }}$. A model that is less sure, or wrong, pays more, so this is a floor. **The symptom** is a loss that never falls below this number, here {{ slow.training[-1]:.3f }}. The share of
right answers may look harmless, because the order of the classes survives. **The repair** is to take the softmax out
of the model.

## Going deeper: other targets

`nn.CrossEntropyLoss` takes more than class numbers. Targets may be **probabilities**, a row for each example:
the loss is then the mean of $-\sum_j t_j \ln p_j$. **Label smoothing** makes such targets from labels: it keeps
a part of the probability back and shares it among all classes, so that no logit has to grow without end. A
**weight** for each class lets the rows of rare classes count more; the mean divides by the sum of the weights. Rows
whose label is `ignore_index` do not count.

::: course.networks.softmax.smooth

::: course.networks.softmax.cross_entropy_of

::: course.networks.softmax.weighted_cross_entropy
"""

# %% tags=["claim", "always"]
from course.networks.softmax import cross_entropy_of, smooth, weighted_cross_entropy

z, labels = z.detach(), torch.arange(50) % 10
soft = smooth(labels, 10, amount=0.1).double()
assert torch.allclose(cross_entropy_of(z, soft), F.cross_entropy(z, soft)), (
    "targets that are probabilities give what `F.cross_entropy` gives for them"
)
assert torch.allclose(cross_entropy_of(z, soft), F.cross_entropy(z, labels, label_smoothing=0.1)), (
    "smoothed labels give its `label_smoothing`"
)
weight = torch.linspace(0.1, 3, 10, dtype=torch.float64)
some = torch.where(labels == 3, -100, labels)
assert torch.allclose(weighted_cross_entropy(z, some, weight), F.cross_entropy(z, some, weight)), (
    "weights for classes and labels to ignore give its `weight` and `ignore_index`"
)

# %% [markdown]
r"""
What it does not take, it says. Class numbers must be whole:
"""

# %% tags=["raises-exception"] cause="The numbers of classes are no whole numbers: cast them with `long()`."
F.cross_entropy(torch.zeros(2, 10), torch.tensor([3.0, 7.0]))

# %% [markdown]
r"""
The repair is `.long()`. Floating-point targets would be probabilities, and those need a column for each class.

## Going deeper: the same as scikit-learn

scikit-learn's `LogisticRegression` with several classes is this model, with a penalty of half the squared
weights, divided by $C$ times the number of rows. On its own small digits, 8 × 8 pixels, descend on the same cost
to its lowest point:
"""

# %%
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

pixels, digits = load_digits(return_X_y=True)
small, answers = torch.from_numpy(pixels / 16), torch.from_numpy(digits)
known = LogisticRegression(C=1.0, tol=1e-8, max_iter=5000).fit(pixels / 16, digits)

layer = nn.Linear(64, 10).double()
nn.init.zeros_(layer.weight)
optimizer = torch.optim.LBFGS(layer.parameters(), max_iter=500, tolerance_grad=1e-9)


def penalised():
    optimizer.zero_grad()
    penalty = layer.weight.square().sum() / 2 / len(small)
    loss = cross_entropy(layer(small), answers) + penalty
    loss.backward()
    return loss


for _ in range(5):
    optimizer.step(penalised)
ours, theirs = softmax(layer(small)).detach(), torch.from_numpy(known.predict_proba(pixels / 16))
print(f"largest difference of two probabilities: {(ours - theirs).abs().max():.0e}")

# %% tags=["claim", "always"]
assert (ours - theirs).abs().max() < 1e-3, "all probabilities are scikit-learn's, to 0.001"

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.networks.exercises import softmax as exercises

exercises.log_sum

# %% tags=["hide-input"]
exercises.layer_gradient

# %% tags=["hide-input"]
exercises.surest

# %% [markdown]
r"""
## What to remember

- A logit for each class, the largest one decides. Softmax makes them probabilities; only *differences* of
  logits count.
- The loss of a row is $-\ln p_y$. At the start it should be near $\ln k$.
- Its gradient is what the model said, less what is true.
- `nn.CrossEntropyLoss` takes logits and class numbers (`int64`). No softmax at the end of the model.
- Look at the weights, and at the mistakes of which the model was sure.

Reference: [`softmax`][course.networks.softmax.softmax],
[`log_softmax`][course.networks.softmax.log_softmax],
[`cross_entropy`][course.networks.softmax.cross_entropy],
[`cross_entropy_gradient`][course.networks.softmax.cross_entropy_gradient],
[`class_weights`][course.networks.softmax.class_weights],
[`weights`][course.plotting.drawings.weights.weights]. The test that proves the first five is
`tests/networks/test_softmax.py`. Next:
[what one unit cannot do](hidden.py).
"""
