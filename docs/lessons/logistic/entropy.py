# ---
# title: Cross-entropy in practice
# description: >-
#   Why cross-entropy by its formula becomes inf and nan, and how to compute it from logits instead.
# needs: >-
#   [where the loss comes from](likelihood.py), the [training loop](../training/loop.py) and the
#   [base rate](../training/measuring.py#next-to-what-the-baseline)
# ---

# %% [markdown]
r"""
**The question.** Your classifier trains well for an hour. Then one row comes about which it is very sure,
the loss is `nan`, and everything that it had learned is lost. The formula was right. What went wrong?

## The idea

A classifier computes a logit<!-- term --> $z$, any number, and gives "yes" the probability $\sigma(z)$. The answer is
$y = 1$ for yes or $y = 0$ for no. The [cross-entropy](likelihood.py#a-probability-for-each-strip-cross-entropy)
of this one row is

$$
J = -y \ln \sigma(z) - (1 - y) \ln \left(1 - \sigma(z)\right) ,
$$

the negative logarithm of the probability that the model gave to what happened. On paper it is finite for
every $z$, and a model that is surely wrong is pulled back at full strength: the slope is $\sigma(z) - y$.

A computer keeps only so many digits of a probability, and rounds one that is nearly 1 to 1. Then the formula asks for the
logarithm of 0. The way out is to compute the loss **from the logit**, and never by way of the probability.

## The smallest case, by hand

One row. The model says yes with the logit 20, and the answer is no. Then the loss is
$\ln(1 + e^{20})$, a little more than 20.
"""

# %%
import torch

z = torch.tensor(20.0)
probability = torch.sigmoid(z)
print("probability of yes", probability.item())
print("probability of no ", (1 - probability).item())
print("loss, answer no   ", (-torch.log(1 - probability)).item())
both = -1 * torch.log(probability) - 0 * torch.log(1 - probability)
print("loss, answer yes  ", both.item())

# %% [markdown]
r"""
The probability of "no" is two billionths. Next to 1, `float32` has no room for it: the nearest number to
$\sigma(20)$ is 1. The loss is infinite. Worse is the last line, where the model is **right**: the formula
still computes the other half, zero times minus infinity, and that is `nan`. One such row in a batch makes
the mean `nan`, and after one step all weights<!-- term --> are. A logit of 20 is nothing unusual: a weight of 5 and an
input of 4 suffice.

## No probability on the way

With $-\ln \sigma(z) = \ln(1 + e^{-z})$ and $1 - \sigma(z) = e^{-z}\, \sigma(z)$, the formula becomes

$$
\begin{aligned}
J &= y \ln(1 + e^{-z}) + (1 - y) \left( z + \ln(1 + e^{-z}) \right) \\
  &= z - z y + \ln(1 + e^{-z}) .
\end{aligned}
$$

For $z \ge 0$ that is safe: the power lies between 0 and 1. For $z < 0$ it would overflow, but
$z + \ln(1 + e^{-z}) = \ln(e^{z} + 1)$, whose power is safe there. Both cases in one line:

$$
J = \max(z, 0) - z y + \ln\left(1 + e^{-\lvert z \rvert}\right) .
$$

The last part is at most $\ln 2$ and can be tiny. `log1p(a)` computes $\ln(1 + a)$ without writing down
$1 + a$, where the digits of a tiny $a$ would be lost.

::: course.logistic.entropy.losses_from_logits

Put [`losses_from_logits`][course.logistic.entropy.losses_from_logits] beside
[`losses_by_formula`][course.logistic.entropy.losses_by_formula], which computes what you computed by hand. The answer is no:
"""

# %% alt="Two curves over logits from −40 to 40, for a row whose answer is no. Both lie on zero at the left and turn upwards around zero into a straight line. The one by the formula ends shortly before 17; the one from the logit goes on to the right edge." lead="The same loss, computed in two ways: by its formula it ends where the probability is rounded to 1."
from course import plotting
from course.logistic.entropy import losses_by_formula, losses_from_logits

logits = torch.linspace(-40, 40, 801)
no = torch.zeros_like(logits)
curves = {
    "from the logit": losses_from_logits(logits, no),
    "by the formula": losses_by_formula(logits, no),
}
plotting.functions(logits, curves, xlabel="logit z, answer no", ylabel="loss")

# %% [markdown]
r"""
## The PyTorch way

PyTorch has this loss twice. (BCE is binary cross-entropy, the one for two answers.) `nn.BCELoss` takes probabilities and
`nn.BCEWithLogitsLoss` takes logits. Take the second. Here are both beside the formula and ours in `float32`, for a row whose
answer is yes (`reduction="none"` leaves the losses of the rows as they are, without their mean):
"""

# %%
from IPython.display import Markdown
from torch import nn

from course.logistic.entropy import losses_by_formula, losses_from_logits

ways = {
    "formula": losses_by_formula,
    "`BCELoss`": lambda z, y: nn.BCELoss(reduction="none")(torch.sigmoid(z), y),
    "`…WithLogits`": nn.BCEWithLogitsLoss(reduction="none"),
    "ours": losses_from_logits,
}
shown = [-1000.0, -200.0, -50.0, -30.0, -10.0, 0.0, 10.0, 20.0]
logits = torch.tensor(shown, requires_grad=True)
values, slopes = {}, {}
for name, loss in ways.items():
    values[name] = loss(logits, torch.ones_like(logits))
    (slopes[name],) = torch.autograd.grad(values[name].sum(), logits)


def table(columns):
    head = ["logit", *columns]
    rows = [[z, *(values[i].item() for values in columns.values())] for i, z in enumerate(shown)]
    cells = [[f"{value + 0:,.4g}".replace("-", "−") for value in row] for row in rows]
    lines = [head, ["---:"] * len(head), *cells]
    return Markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))


table(values)

# %% [markdown]
r"""
The formula fails at both ends, and has lost digits before: see the logit 10. `nn.BCELoss` looks harmless: no
`inf`, no `nan`. It cuts each logarithm off at −100, so no row costs more. But look at the slopes, $dJ/dz$, which are to be
$\sigma(z) - 1$:
"""

# %%
table(slopes)

# %% tags=["claim", "always"]
wide = torch.cat([-torch.logspace(4, -4, 500), torch.zeros(1), torch.logspace(-4, 4, 500)])
for dtype in (torch.float32, torch.float64):
    for answer in (0.0, 1.0):
        z = wide.to(dtype).requires_grad_()
        y = torch.full_like(z, answer)
        ours, torchs = (ways[name](z, y) for name in ("ours", "`…WithLogits`"))
        mine, other = (torch.autograd.grad(loss.sum(), z)[0] for loss in (ours, torchs))
        assert torch.allclose(ours, torchs, rtol=1e-5, atol=1e-6), (
            "ours equals `nn.BCEWithLogitsLoss` for all logits up to ±10,000"
        )
        assert ours.isfinite().all(), "and is finite there"
        assert torch.allclose(mine, other, rtol=1e-5, atol=1e-6), (
            "its gradient equals PyTorch's as well, also at 0"
        )
assert values["`BCELoss`"][:2].tolist() == [100, 100], (
    "`nn.BCELoss` gives 100 for logits of −200 and of −1,000: finite, and wrong"
)
assert slopes["`BCELoss`"][:3].abs().max() < 1e-6, "there, and at −50, its slope is 0 or nearly so"

# %% [markdown]
r"""
At a logit of −30, {{ 100 * slopes["`BCELoss`"][3].abs().item():.0f}} % of the slope of `nn.BCELoss` is left; at −200
nothing is. The row that needs the largest correction gets none. So give logits to `nn.BCEWithLogitsLoss`, and compute a
probability only to show it to somebody.

## What goes wrong: the two losses mixed up

Give logits to `nn.BCELoss`, and it stops as soon as one of them is below 0 or above 1, which no probability is. The other way round nothing
stops you. A model that ends in `nn.Sigmoid()` gives probabilities, and
`nn.BCEWithLogitsLoss` takes them for logits. Draw 200 rows with answers by chance, yes with the probability
$\sigma(2x - 1)$, and train both models, the second with the layer that is too much:
"""

# %% symptom="The loss stays high however easy the task, and every answer is yes" cause="The model ends in a sigmoid, and `nn.BCEWithLogitsLoss` applies another: take it out of the model."
from course.logistic.entropy import cross_entropy
from course.training.loop import fit
from course.training.metrics import accuracy

generator = torch.Generator().manual_seed(3)
x = torch.randn(200, 1, generator=generator)
y = (torch.rand(200, generator=generator) < torch.sigmoid(2 * x[:, 0] - 1)).float()
base = 100 * max(y.mean(), 1 - y.mean()).item()

trained = {}
for name, more in {"logits": [], "probabilities": [nn.Sigmoid()]}.items():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(1, 1), *more, nn.Flatten(0))
    optimizer = torch.optim.SGD(model.parameters(), lr=3.0)
    history = fit(model, [(x, y)], nn.BCEWithLogitsLoss(), optimizer, epochs=60)
    with torch.no_grad():
        right = 100 * accuracy(model(x), y.long()).item()
    trained[name] = history.training[-1], right
    print(f"{name:14} loss {trained[name][0]:.3f}, {right:.1f} % right, base rate {base:.1f} %")

# %% tags=["claim", "always"]
loss, right = trained["probabilities"]
assert loss > cross_entropy(y, y), (
    "with probabilities for logits, the loss stays above that of a model that knows every answer"
)
assert abs(right - 100 * y.mean()) < 1e-3, "all outputs are above 0, so every row counts as a yes"

# %% tags=["claim", "here"]
assert trained["logits"][1] > base + 10, (
    "with logits the same training gets well above the base rate"
)

# %% tags=["hide-input"]
from course.practice import Choice, Question

half, of_doubt = torch.tensor([0.0, 1.0]), torch.tensor(2.0).log().item()
floor = cross_entropy(half, half).item()
Question(
    "Half of the answers are yes. A model ends in a sigmoid, gives every row the right probability, 0 or 1, and "
    "is measured by `nn.BCEWithLogitsLoss`. What is its loss?",
    Choice(
        "0",
        floor < 0.01,
        "That is the loss of logits that go to $\\pm\\infty$. Here they end at 0 and at 1.",
    ),
    Choice(
        f"{floor:.2f}",
        abs(floor - 0.5) < 0.1,
        "A no has the logit 0 and costs $\\ln 2$. A yes has the logit 1 and costs $\\ln(1 + e^{-1})$. It "
        "cannot get lower.",
    ),
    Choice(
        f"{of_doubt:.2f}",
        abs(floor - of_doubt) < 0.01,
        "That is $\\ln 2$, the loss of a model that says a half to everything.",
    ),
)

# %% [markdown]
r"""
**The repair** is to take the sigmoid out of the model. **The symptom:** a loss that stays high however easy
the task is, here above {{ cross_entropy(y, y).item():.2f}}, the loss of outputs
that are 0 for every no and 1 for every yes. And a model that answers yes to everything, because all its "logits" are positive.

## Going deeper: where the formula breaks

Try [`losses_by_formula`][course.logistic.entropy.losses_by_formula]
on logits in steps of a hundredth, upwards and downwards, and note the first one whose loss is not finite:
"""

# %%
grid = torch.arange(0, 800, 0.01, dtype=torch.float64)
begins = {}
print("            answer     fails from     there")
for dtype in (torch.float32, torch.float64):
    for side, sign in (("yes", 1), ("no", -1)):
        for answer in ("no", "yes"):
            logits = sign * grid.to(dtype)
            targets = torch.full_like(logits, float(answer == "yes"))
            losses = losses_by_formula(logits, targets)
            first = losses.isfinite().logical_not().int().argmax()
            begins[dtype, side, answer] = abs(logits[first].item())
            name = str(dtype).removeprefix("torch.")
            print(f"{name:10}  {answer:6}  {logits[first]:10.2f}  {losses[first]:10}")

# %% tags=["claim", "always"]
ln2 = torch.tensor(2.0).log().item()
for answer in ("no", "yes"):
    assert abs(begins[torch.float32, "yes", answer] - 24 * ln2) < 0.1, (
        "in `float32` the formula fails from a logit of 24 ln 2 on, whatever the answer"
    )
    assert abs(begins[torch.float64, "yes", answer] - 53 * ln2) < 0.1, (
        "in `float64` from 53 ln 2 on"
    )
    assert begins[torch.float32, "no", answer] > 80, "downwards `float32` lasts longer: beyond −80"
    assert begins[torch.float64, "no", answer] > 700, "and `float64` beyond −700"

# %% [markdown]
r"""
Upwards, $1 + e^{-z}$ in the sigmoid is rounded to 1 once $e^{-z}$ is less than half the distance to the next
number: $2^{-24}$ in `float32`, $2^{-53}$ in `float64`, and that is at $z = 24 \ln 2$ and at $53 \ln 2$. Near 0
floating point numbers lie much closer together, so downwards a small $\sigma(z)$ is kept until
$e^{-z}$ overflows. So `float64` only moves the border.

`nn.BCELoss` keeps its loss finite, and loses the slope, because its gradient goes through the probability. It divides by
$\sigma(z)\,(1 - \sigma(z))$, which
it does not let fall below $10^{-12}$, and then the sigmoid multiplies by the true value of that product.

## Going deeper: a kink that cancels

Both $\max(z, 0)$ and $\lvert z \rvert$ have a kink at $z = 0$. In the sum
the kinks cancel, but autograd differentiates part by part, and at a kink it has to pick a slope. Right is
$\sigma(0) - y$, a half for $y = 0$:
"""

# %%
at_zero = {}
for name, above in {
    "maximum(z, 0)": lambda z: torch.maximum(z, torch.zeros_like(z)),
    "relu(z)": torch.relu,
}.items():
    z = torch.zeros((), requires_grad=True)
    (above(z) + torch.log1p(torch.exp(-z.abs()))).backward()
    at_zero[name] = z.grad.item()
    print(f"{name:13}  slope at 0: {z.grad.item()}")

# %% tags=["claim", "always"]
assert at_zero == {"maximum(z, 0)": 0.5, "relu(z)": 0}, (
    "at 0, `maximum` gives the right slope, a half, and `relu` gives 0"
)

# %% [markdown]
r"""
With `relu` the values are the same, and a model that starts with all weights at zero, so that all logits
are 0, would get a wrong first gradient. [`losses_from_logits`][course.logistic.entropy.losses_from_logits]
takes `maximum`, which halves the gradient where both sides are equal.

## Going deeper: two classes as one of several

For [several classes](../networks/softmax.py) there is `nn.CrossEntropyLoss`, which takes logits as well, one
per class. Two classes
with the logits $0$ and $z$ are the case of this page:
"""

# %%
labels = torch.tensor([0, 1, 1, 0])
z = torch.tensor([-40.0, -3.0, 0.5, 300.0])
two = torch.stack([torch.zeros_like(z), z], dim=1)  # (n, 2)
print(nn.CrossEntropyLoss()(two, labels).item(), nn.BCEWithLogitsLoss()(z, labels.float()).item())

# %% tags=["claim", "always"]
assert torch.allclose(
    nn.CrossEntropyLoss()(two, labels), nn.BCEWithLogitsLoss()(z, labels.float())
), "`nn.CrossEntropyLoss` of the logits 0 and z is `nn.BCEWithLogitsLoss` of z"

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.logistic.exercises import entropy as exercises

exercises.weighted

# %% tags=["hide-input"]
exercises.first_bias

# %% tags=["hide-input"]
start = exercises.starting_bias(y)
zero = torch.zeros_like(y)
costs_at_start = {"0": cross_entropy(zero, y), "yours": cross_entropy(zero + start, y)}
assert costs_at_start["yours"] < costs_at_start["0"]

# %% [markdown]
r"""
??? success "What you find"
    For the rows of this page the bias is {{ start.item():.2f }}. There the cross-entropy is
    {{ costs_at_start["yours"].item():.3f }}, with a bias of zero {{ costs_at_start["0"].item():.3f }}.

## What to remember

- Cross-entropy by its formula is `inf` or `nan` as soon as a probability is rounded to 0 or 1. In `float32`
  that begins at a logit of {{ begins[torch.float32, "yes", "no"]:.0f }}.
- Compute it from the logit. In PyTorch: `nn.BCEWithLogitsLoss`, and no sigmoid at the end of the model.
- `nn.BCELoss` hides the overflow behind a cut-off, and loses the gradient.
- Probabilities for logits raise no error: the loss stays high, and every answer is yes.

Reference: [`losses_from_logits`][course.logistic.entropy.losses_from_logits],
[`cross_entropy`][course.logistic.entropy.cross_entropy],
[`functions`][course.plotting.drawings.functions.functions]. The test that proves
the first two is `tests/logistic/test_entropy.py`. Next: [why not squared errors?](saturation.py)
"""
