# ---
# title: From a line to a probability
# description: >-
#   Log-odds, the sigmoid and its inverse, logistic regression as a model, and the decision boundary.
# needs: >-
#   [prediction with a line](../linear/prediction.py) and the derivative of $e^x$
# ---

# %% [markdown]
r"""
**The question.** You hang a mass on a strip of paper. Under a small one the strip holds, under a
large one it breaks, and in between it may do either. Whoever stands under it does not ask how long the strip gets, but:
will it break? How likely is that, and what does a model look like that says so?

## The idea

The target $y$ is 1 if the strip breaks and 0 if it holds. The model is to give the *probability* $p$ that
it breaks. A line $wx + b$ cannot be one: it goes below 0 and above 1. So find a number that says the same
as $p$ and has no such ends. Do it in two steps.

The **odds** compare the two outcomes: $p / (1 - p)$. They go from 0 to infinity, and even odds are 1. The
**log-odds**, or *logit*, $z$ is their logarithm. It takes every value, even odds are 0, and a logit of the
other sign is the same bet on the other side. Now let the line give the logit,

$$
\ln \frac{p}{1 - p} = z ,
\qquad
z = w x + b ,
$$

and solve for the probability:

$$
\begin{aligned}
p &= e^z\,(1 - p) \\
p\,(1 + e^z) &= e^z \\
p &= \frac{e^z}{1 + e^z} = \frac{1}{1 + e^{-z}} = \sigma(z) .
\end{aligned}
$$

This is the **sigmoid**. Nobody chose it for the look of its curve: it is what turns log-odds back into a
probability. A line with a sigmoid behind it is called *logistic regression*.

## The smallest case, by hand

Two sentences fix two parameters. Somebody who has torn many strips, all 10 mm wide, tells you: under 4 kg,
one in two breaks; under 5 kg, four in five. As log-odds these are two points of a line.
"""

# %%
import torch

x = torch.tensor([4.0, 5.0])  # kg
p = torch.tensor([1 / 2, 4 / 5])

odds = p / (1 - p)
z = odds.log()
weight = (z[1] - z[0]) / (x[1] - x[0])
bias = z[0] - weight * x[0]
print(f"odds   {odds[0]:.0f} and {odds[1]:.0f}")
print(f"logits {z[0]:.3f} and {z[1]:.3f}")
print(f"weight {weight:.3f} per kg, bias {bias:.3f}")

# %% [markdown]
r"""
Each kg adds {{ weight.item():.3f }} to the logit, that is, it multiplies the odds by
{{ weight.exp().item():.0f }}. You set these parameters by hand; finding good ones from measurements is
for the [next lesson](likelihood.py).

## The sigmoid as a function

::: course.logistic.prediction.sigmoid

[`sigmoid`][course.logistic.prediction.sigmoid] computes $e$ only to powers that are not positive, because others
[overflow](#going-deeper-a-derivative-that-is-nan). [`logit`][course.logistic.prediction.logit] goes the other way, from
probabilities to log-odds.
"""

# %%
from course.logistic.prediction import logit, sigmoid

logits = torch.tensor([-4.0, -2.0, 0.0, 2.0, 4.0])
print("logits       ", " ".join(f"{z:6.3f}" for z in logits.tolist()))
print("probabilities", " ".join(f"{p:6.3f}" for p in sigmoid(logits).tolist()))
print("back again   ", " ".join(f"{z:6.3f}" for z in logit(sigmoid(logits)).tolist()))

# %% [markdown]
r"""
Two properties you will use again and again. The first is the **symmetry**

$$
1 - \sigma(z) = \frac{e^{-z}}{1 + e^{-z}} = \frac{1}{e^z + 1} = \sigma(-z) ,
$$

and the second is the **derivative**, which needs nothing but the value:

$$
\frac{d\sigma}{dz}
= \frac{e^{-z}}{(1 + e^{-z})^2}
= \frac{1}{1 + e^{-z}} \cdot \frac{e^{-z}}{1 + e^{-z}}
= \sigma(z)\,\left(1 - \sigma(z)\right) .
$$

It is largest where $p$ is one half, and there it is one quarter. Far away from it on either side it is
nearly zero: a model that is very sure stays so when the logit changes a little. PyTorch has both functions
ready, as `torch.sigmoid` and `torch.logit`.
"""

# %% tags=["claim", "always"]
z = torch.cat([torch.linspace(-1e4, 1e4, 2001), torch.linspace(-30, 30, 601)])
ours, theirs = (z.clone().requires_grad_() for _ in range(2))
sigmoid(ours).sum().backward()
torch.sigmoid(theirs).sum().backward()
small = torch.linspace(-8, 8, 161)
p = sigmoid(small)
assert torch.allclose(sigmoid(z), torch.sigmoid(z), rtol=1e-5, atol=1e-37), (
    "in float32, from −10,000 to 10,000, `sigmoid` gives what `torch.sigmoid` gives"
)
assert torch.allclose(ours.grad, theirs.grad, rtol=1e-4, atol=1e-7), (
    "and autograd finds the same derivative"
)
assert torch.allclose(1 - p, sigmoid(-small), atol=1e-6), "1 − σ(z) is σ(−z)"
assert torch.allclose(torch.func.grad(lambda z: sigmoid(z).sum())(small), p * (1 - p), atol=1e-6), (
    "the derivative is σ(z) (1 − σ(z))"
)
assert torch.allclose(logit(p), torch.logit(p), atol=1e-6), "`logit` gives what `torch.logit` gives"
assert torch.allclose(logit(p), small, atol=1e-3), "and it undoes the sigmoid"

# %% [markdown]
r"""
## The curve, and a threshold

Now hang forty masses on forty strips. They are simulated: a strip breaks with the probability of a sigmoid
that is a little steeper than what you were told.
"""

# %%
generator = torch.Generator().manual_seed(0)
x = 0.5 + 7.5 * torch.rand(40, generator=generator)  # mass in kg
y = (torch.rand(40, generator=generator) < sigmoid(1.5 * x - 6)).float()  # 1: broke
print(f"{int(y.sum())} of {len(x)} broke")

masses = torch.linspace(0, 8.5, 171)
curve = sigmoid(weight * masses + bias)

# %% alt="Measured points lie at height 0, most of them below four kilograms, and at height 1, most of them above; between about three and four kilograms there are both. A curve shaped like a stretched S rises from 0 to 1 and passes one half at a dotted upright line at four kilograms." lead="Each dot is an answer, no or yes; the curve is the probability of yes."
from course import plotting
from course.logistic.prediction import decide, input_at

half = input_at(torch.tensor(0.5), weight, bias)
plotting.fits(
    x,
    y,
    {"probability": (masses, curve)},
    xlabel="mass in kg",
    ylabel="broke",
    borders={f"one half, at {half:.1f} kg": half.item()},
)

# %% [markdown]
r"""
The model answers with a probability. If you need a yes or a no, compare it with a *threshold*:
[`decide`][course.logistic.prediction.decide] says 1 from it on, and 0 below. Comparing the probability with a threshold
is comparing the logit with the threshold's logit, because $\sigma$ rises everywhere; for one half, that
is asking whether $z$ is below 0. So a threshold on the probability is a value of the input,

$$
x = \frac{\ln \frac{p}{1-p} - b}{w} ,
$$

which [`input_at`][course.logistic.prediction.input_at] computes. Whoever stands under the mass wants a
warning long before one half.
"""

# %%
for threshold in (0.5, 0.05):
    place = input_at(torch.tensor(threshold), weight, bias)
    answers = decide(sigmoid(weight * x + bias), threshold)
    missed = int(((answers == 0) & (y == 1)).sum())
    print(
        f"threshold {threshold:.0%}: from {place:.2f} kg on, {answers.sum()} warned, {missed} missed"
    )

# %% tags=["claim", "always"]
for threshold in (0.05, 0.5, 0.9):
    place = input_at(torch.tensor(threshold), weight, bias)
    assert torch.equal(decide(sigmoid(weight * x + bias), threshold), (x >= place).long()), (
        "a threshold on the probability is a threshold on the mass"
    )

# %% tags=["hide-input"]
from course.practice import Choice, Question

before = input_at(torch.tensor(0.5), weight, bias).item()
after = input_at(torch.tensor(0.5), 2 * weight, bias).item()
Question(
    f"Half of the strips break at {before:.0f} kg. You double the weight and leave the bias as it is. Where do "
    "half of them break now?",
    Choice(
        f"still at {before:.0f} kg: the curve gets steeper, that is all",
        after == before,
        "It would stay if you doubled the bias as well. The place depends on both parameters.",
    ),
    Choice(
        f"at {before / 2:.0f} kg",
        abs(after - before / 2) < 1e-5,
        "The logit is zero where $wx = -b$. With twice the weight, half of the mass is enough.",
    ),
    Choice(
        f"at {2 * before:.0f} kg",
        abs(after - 2 * before) < 1e-5,
        "With a larger weight each kg counts more, so fewer are needed.",
    ),
)

# %% [markdown]
r"""
## What weight and bias do

The place of one half is $-b/w$. How steep the curve is there follows from the chain rule and the
derivative above: $w \cdot \frac12 \cdot \frac12$, a quarter of the weight. So $w$ sets the **steepness**,
and $b$, for a given $w$, the **place**.
"""

# %% alt="Four S-shaped curves over the mass. The one set by hand passes one half at 4 kilograms. With the weight doubled it is steeper and passes one half at 2. With both doubled it is just as steep and passes one half at 4, where it crosses the first. With the bias lowered by two the curve has the shape of the first, moved to the right."
changed = {
    "set by hand": (weight, bias),
    "weight doubled": (2 * weight, bias),
    "both doubled": (2 * weight, 2 * bias),
    "bias lowered by 2": (weight, bias - 2),
}
curves = {name: sigmoid(w * masses + b) for name, (w, b) in changed.items()}
plotting.functions(masses, curves, xlabel="mass in kg", ylabel="probability to break")

# %% tags=["claim", "always"]
for w, b in changed.values():
    place = -b / w
    steepness = torch.func.grad(lambda x, w=w, b=b: sigmoid(w * x + b))
    assert torch.isclose(sigmoid(w * place + b), torch.tensor(0.5), atol=1e-5), (
        "every curve passes one half where the mass is −bias / weight"
    )
    assert torch.isclose(steepness(place), w / 4, atol=1e-4), "there its slope is weight / 4"
    assert (torch.vmap(steepness)(masses) <= w / 4 + 1e-4).all(), "and nowhere is it steeper"

# %% [markdown]
r"""
A negative weight makes the curve fall: then more of $x$ speaks against. The units tell the parameters
apart, as they did for the line: a logit has none, so the weight is *per kg*, and the bias is a number
without a unit.

## The PyTorch way

The model as a module: an `nn.Linear` gives the logit, and a sigmoid follows. The module also takes away
the axis<!-- term --> that `nn.Linear` leaves behind.

::: course.logistic.prediction.LogisticRegression

Set by hand, a [`LogisticRegression`][course.logistic.prediction.LogisticRegression] gives the probabilities of the formula.
"""

# %%
from course.logistic.prediction import LogisticRegression

model = LogisticRegression(in_features=1)
with torch.no_grad():
    model.linear.weight.fill_(weight)
    model.linear.bias.fill_(bias)

table = x.unsqueeze(1)
print(tuple(table.shape), "to", tuple(model(table).shape))
print(list(model.state_dict()))

# %% tags=["claim", "always"]
assert torch.allclose(model(table), sigmoid(weight * x + bias)), (
    "the module gives the probabilities of the formula"
)

# %% [markdown]
r"""
## Two inputs: the decision boundary

Now the strips have different widths. With two inputs, mass $x_0$ and width $x_1$, the logit has two
weights,

$$
z = w_0 x_0 + w_1 x_1 + b .
$$

All that you know so far is about strips of 10 mm, whose bias is −{{ -bias.item():.2f }}. If the mass that
a strip holds is in proportion to its width, then the width's weight is a tenth of that bias, per
mm, and the new bias is zero: for 10 mm you get the old model back.
"""

# %%
both = LogisticRegression(in_features=2)
with torch.no_grad():
    both.linear.weight.copy_(torch.tensor([[weight, bias / 10]]))
    both.linear.bias.zero_()

x2 = torch.rand(100, 2, generator=generator) * torch.tensor([7.5, 12.0]) + torch.tensor([0.5, 4.0])
broke = torch.rand(100, generator=generator) < sigmoid(1.5 * x2[:, 0] - 0.6 * x2[:, 1])

grid = {"mass in kg": torch.linspace(0, 8.5, 52), "width in mm": torch.linspace(3, 17, 43)}
places = torch.cartesian_prod(*grid.values())
with torch.no_grad():
    probabilities = both(places).reshape(52, 43)

# %% alt="A plane of mass and width. The background is clear at the upper left, where strips are wide and masses small, and shaded more and more strongly, in parallel stripes, towards the lower right. A straight solid line runs from lower left to upper right where the probability is one half, with a dashed line on each side. Most dots, strips that held, lie on the clear side; most crosses, strips that broke, on the shaded side; around the solid line they mix."
plotting.boundary(grid, probabilities, {"held": x2[~broke], "broke": x2[broke]})

# %% [markdown]
r"""
The solid line is the **decision boundary** for the threshold one half: on it, $z = 0$. That is the
equation of a straight line. With another number in place of 0 it is a parallel line, so that is what
other thresholds give. The two weights say in which direction the logit grows fastest, and their length
how quickly: large weights mean a narrow band of doubt. However you set the three parameters, the boundary
stays straight. A boundary with a bend in it takes a [hidden layer](../networks/workflow.py).
"""

# %% tags=["claim", "always"]
widths = torch.tensor([5.0, 10.0, 15.0])
w0, w1 = both.linear.weight.detach()[0]
along = torch.stack([-w1, w0])  # a step that changes the logit by w0 · (−w1) + w1 · w0 = 0
with torch.no_grad():
    on_line = both(torch.stack([0.4 * widths, widths], dim=1))
    of_ten = both(torch.stack([x, torch.full_like(x, 10.0)], dim=1))
    moved = both(x2 + along)
    assert torch.allclose(on_line, torch.full((3,), 0.5), atol=1e-5), (
        "one half lies where there is 0.4 kg for each mm"
    )
    assert torch.allclose(of_ten, model(table), atol=1e-5), (
        "for strips of 10 mm the model is the old one"
    )
    assert torch.allclose(moved, both(x2), atol=1e-5), (
        "a step along the boundary changes no probability, wherever it starts"
    )

# %% [markdown]
r"""
## What goes wrong: the sigmoid left out, or put twice

Both numbers, logit and probability, are called "the output", and one is taken for the other. Leave the
sigmoid out, and `decide` stops you, because a logit can be anything:
"""

# %% tags=["raises-exception"] cause="Logits were taken for probabilities: the sigmoid is missing."
logits = model.linear(table).squeeze(-1)
decide(logits)

# %% [markdown]
r"""
Nothing stops you the other way round. The model ends in a sigmoid already, and a function that you call
with its output applies another:
"""

# %% symptom="No probability is below one half, so the predictions are all the same class" cause="The sigmoid is applied twice: in the model, and again to its output."
once = model(table)
twice = sigmoid(once)
for name, p in {"once": once, "twice": twice}.items():
    print(f"{name:5} from {p.min():.3f} to {p.max():.3f}, {decide(p).sum()} of {len(x)} break")

# %% tags=["claim", "always"]
assert decide(twice).all(), "after a second sigmoid, every answer is yes"
assert twice.min() > 0.5, "because σ(0) is one half, and what goes in is above 0"
assert torch.equal(twice.argsort(), once.argsort()), "the order of the strips stays right"

# %% [markdown]
r"""
**The symptom**: no probability is below one half, and none above
{{ torch.sigmoid(torch.tensor(1.0)).item():.3f }}. **The repair**: decide in one place who applies the
sigmoid, and name what you pass on, `logits` or `probabilities`. For training there is a better place for
it than the model: [the loss](entropy.py).

## Going deeper: a derivative that is `nan`

Why not write the formula as it stands? Do it, and ask for its derivative, too.
"""


# %%
def formula(z):
    return 1 / (1 + (-z).exp())


def row(values):
    return "".join(f"{value:9.3f}" for value in values)


logits = torch.tensor([-10_000.0, -2.0, 0.0, 2.0, 10_000.0])
print("logit              " + "".join(f"{z:9.0f}" for z in logits.tolist()))
for function in (formula, sigmoid):
    z = logits.clone().requires_grad_()
    p = function(z)
    p.sum().backward()
    print(f"{function.__name__:8} value     ", row(p.tolist()))
    print(f"{function.__name__:8} derivative", row(z.grad.tolist()))

# %% [markdown]
r"""
At $z = -10^4$ the formula computes $e^{10000}$, which is `inf`. The value survives: $1 / \infty$ is 0. The
derivative, on its way back, multiplies zero by infinity, and training with it would end in `nan`.

## Going deeper: the model as a list of layers

Layers that run one after another are an `nn.Sequential`. Logistic regression is two of them. A module of your own has room
for what the list cannot say.
"""

# %%
from torch import nn

sequential = nn.Sequential(nn.Linear(1, 1), nn.Sigmoid())
sequential[0].load_state_dict(model.linear.state_dict())
print(sequential)
print(list(sequential.state_dict()), tuple(sequential(table).shape))

# %% tags=["claim", "always"]
assert torch.allclose(sequential(table).squeeze(-1), model(table)), (
    "`nn.Sequential` and our own module give the same probabilities"
)

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.logistic.exercises import prediction as exercises

exercises.two_sentences

# %% tags=["hide-input"]
exercises.one_kg_more

# %% tags=["fold"]
with torch.no_grad():
    logits = both.linear(x2)
    growth = both.linear(x2 + torch.tensor([1.0, 0.0])) - logits
    added = both(x2 + torch.tensor([1.0, 0.0])) - both(x2)
    times = growth.exp()

# %% tags=["hide-input"]
constant = {
    "probability": (added.max() - added.min()).item() < 1e-3,
    "odds": (times.max() - times.min()).item() < 1e-3,
}
Question(
    "Hang one kg more on each of the strips of different widths. What happens to all of them in the same way?",
    Choice(
        "The probability grows by the same amount.",
        constant["probability"],
        f"It grows by between {added.min():.3f} and {added.max():.3f}: most where strips were in doubt, hardly where "
        "they were sure to hold or sure to break.",
    ),
    Choice(
        "The odds are multiplied by the same number.",
        constant["odds"],
        f"By {times.mean():.0f}, which is $e^{{w_0}}$: the logit grows by the weight, and what is added to a "
        "logarithm multiplies the number. This is how a weight of a logistic regression is read.",
    ),
)

# %% tags=["hide-input"]
exercises.late

# %% tags=["hide-input"]
exercises.half_line

# %% [markdown]
r"""
## What to remember

- The line gives log-odds; the sigmoid turns them into a probability. Its derivative is $\sigma\,(1 - \sigma)$.
- A weight adds to the logit and multiplies the odds. One half lies at $-b/w$, and the curve has the slope $w/4$ there.
- A threshold on the probability is a threshold on the logit: a point for one input, a straight line for two.
- Know which of the two you hold, logits or probabilities. A second sigmoid raises no error.

Reference: [`sigmoid`][course.logistic.prediction.sigmoid], [`logit`][course.logistic.prediction.logit],
[`input_at`][course.logistic.prediction.input_at], [`decide`][course.logistic.prediction.decide],
[`LogisticRegression`][course.logistic.prediction.LogisticRegression],
[`boundary`][course.plotting.drawings.boundary.boundary]. The test that proves the first five is
`tests/logistic/test_prediction.py`. Next:
[where the loss comes from](likelihood.py).
"""
