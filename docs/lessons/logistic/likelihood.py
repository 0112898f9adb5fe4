# ---
# title: Where the loss comes from
# description: >-
#   Bernoulli, likelihood and its maximum on a grid, by formula and by descent; cross-entropy derived.
# needs: >-
#   [from a line to a probability](prediction.py), [slope and bias
#   together](../linear/slope_and_bias.py) and the derivative of the logarithm
# ---

# %% [markdown]
r"""
**The question.** A model gives a probability, and what happens is a yes or a no. How wrong was it? Every classifier, however
large, is trained with one answer to this, the cross-entropy. Where does it come from?

## The idea

Hang the same mass on strips of one kind. Each breaks, $y = 1$, with a probability $p$ that you do not
know, and holds, $y = 0$, otherwise. That is the **Bernoulli distribution**. Written in one line, it is

$$
P(y) = p^{\,y}\,(1 - p)^{1 - y} ,
$$

which is $p$ for a 1 and $1 - p$ for a 0, because the other factor has the exponent 0. If the strips
are independent, their probabilities multiply:

$$
L(p) = \prod_i p^{\,y_i}\,(1 - p)^{1 - y_i} .
$$

Now look from the other side. The strips have been torn, the $y_i$ are fixed, and $p$ is what you ask for.
Seen like that, $L$ is the **likelihood**: how probable each $p$ makes what happened. **Maximum
likelihood** takes the $p$ that makes it most probable (Fisher, 1922).

Products of many small numbers are unwieldy, and the logarithm makes a sum of them. It rises everywhere,
so the largest stays the largest. And because you know how to go downhill, take minus that, the **negative
log-likelihood**:

$$
-\ln L(p) = -\sum_i \left[\, y_i \ln p + (1 - y_i) \ln (1 - p) \,\right] .
$$

## The smallest case, by hand

Three strips: one broke, one held, one broke. So $L(p) = p\,(1 - p)\,p = p^2 - p^3$. Its derivative
$2p - 3p^2$ is zero at $p = \frac23$, which is the fraction that broke.
"""

# %%
import torch

for p in (1 / 2, 2 / 3, 9 / 10):
    p = torch.tensor(p)
    product = p * (1 - p) * p
    total = -(p.log() + (1 - p).log() + p.log())
    print(f"p {p:.3f}: likelihood {product:.4f}, negative log-likelihood {total:.4f}")

# %% [markdown]
r"""
## Both as functions

::: course.logistic.likelihood.negative_log_likelihood

The exponents of the formula are a way to write a choice: $p$ where $y$ is 1, and $1 - p$ where it is 0.
[`negative_log_likelihood`][course.logistic.likelihood.negative_log_likelihood] makes the choice and adds
the logarithms. [`likelihood`][course.logistic.likelihood.likelihood] makes the same one and ends in
`.prod()`.

## Likelihood and negative log-likelihood, side by side

Of ten strips, seven broke. Try all probabilities.
"""

# %%
from course.logistic.likelihood import likelihood, negative_log_likelihood

y = torch.tensor([1.0, 1, 0, 1, 1, 0, 1, 1, 0, 1], dtype=torch.float64)
grid = torch.arange(2, 99, dtype=torch.float64) / 100
likelihoods = torch.stack([likelihood(p, y) for p in grid])
costs = torch.stack([negative_log_likelihood(p, y) for p in grid])

most_likely, lowest = grid[likelihoods.argmax()], grid[costs.argmin()]
print(f"most likely {most_likely:.3f}, lowest {lowest:.3f}, fraction {y.mean():.3f}")

# %% alt="Two curves over the probability from 0 to 1. Left, the likelihood: flat at zero, then a hump that leans to the right, with its top at 0.7. Right, the negative log-likelihood: it falls steeply from the left, has its lowest point at 0.7 and rises steeply at the right end. A dotted upright line goes through top and bottom." lead="The likelihood of a probability, and its negative logarithm: the top of one is the bottom of the other."
from course import plotting

two_curves = plotting.beside(
    grid,
    {"likelihood": likelihoods, "negative log-likelihood": costs},
    xlabel="probability to break",
    borders={"the fraction that broke": y.mean().item()},
)
plotting.demo(
    "likelihood",
    two_curves,
    "Where is the top of the left curve, and where the bottom of the right one? Watch the ten shares "
    "while you go there: whose grow, whose shrink?",
    {"outcomes": y},
    [(each, p, y) for each in (likelihood, negative_log_likelihood) for p in grid[::8]],
)

# %% [markdown]
r"""
One curve's top is the other's bottom. The left one says which probabilities are worth considering, the
right one is what a computer should work with: it punishes probabilities near 0 and 1 without limit,
because both a yes and a no have happened. (The likelihood is not a probability *of* $p$: its area is not
1.)

## The maximum, three ways

The grid was the first way. The second is the **formula**. With $\bar y$ for the fraction of ones, the
derivative is

$$
\frac{d(-\ln L)}{dp}
= -\frac{n \bar y}{p} + \frac{n\,(1 - \bar y)}{1 - p}
= n\,\frac{p - \bar y}{p\,(1 - p)} .
$$

It is negative below $\bar y$ and positive above: the lowest point is at $p = \bar y$, and there is no
other. The third way is **descent** on that derivative, divided by $n$, so that the learning rate does not
depend on how many strips there are. You do not need it here. You will need it where there is no formula.
"""

# %%
from course.logistic.likelihood import descend_probability

path = descend_probability(y, start=0.5, lr=0.05, steps=200)
for step in (0, 1, 5, 20, 200):
    print(f"step {step:3d}: p {path[step]:.6f}")

# %% tags=["claim", "always"]
spacing = (grid[1] - grid[0]).item()
assert most_likely == lowest, "on the grid, the highest likelihood is the lowest cost"
assert abs(lowest - y.mean()) <= spacing, "it lies within one step of the grid from the fraction"

# %% tags=["claim", "here"]
assert abs(path[-1] - y.mean()) < 1e-9, "descent ends within a billionth of the fraction"

# %% [markdown]
r"""
## What goes wrong: a step to no probability

Start farther away, with the same learning rate.
"""

# %% tags=["raises-exception"] cause="A step on a probability can lead out of 0 to 1: descend on the logit."
descend_probability(y, start=0.02, lr=0.05, steps=200)

# %% [markdown]
r"""
Near 0 the curve is steep, the step is long, and it lands where no probability is. Without the check
descent would go on from there, further and further from every probability and without an error; only its
cost, with the logarithm of a negative number in it, would be `nan`. **The
repair** is to descend on a number that may be anything: the logit<!-- term -->. With $p = \sigma(z)$ the chain rule
multiplies the derivative by that of the sigmoid, which is $p\,(1 - p)$, and the denominator is gone:

$$
\frac{d(-\ln L)}{dz} = n\,\frac{p - \bar y}{p\,(1 - p)} \cdot p\,(1 - p) = n\,(p - \bar y) .
$$
"""

# %%
from course.logistic.prediction import logit, sigmoid

z = logit(torch.tensor(0.02, dtype=torch.float64))
for _ in range(200):
    z = z - 0.5 * (sigmoid(z) - y.mean())
print(f"p {sigmoid(z):.6f}")

# %% tags=["claim", "here"]
assert abs(sigmoid(z) - y.mean()) < 1e-6, "from the same start, descent on the logit arrives"

# %% [markdown]
r"""
## A product that vanishes

Is the logarithm only convenient? Tear more strips, of which the same fraction breaks, and compute both at
$p = \bar y$.
"""

# %%
print("strips   likelihood, float32   in float64   negative log-likelihood")
products, sums = {}, {}
for copies in (1, 10, 100, 1000):
    many = y.repeat(copies)
    n, p = len(many), many.mean()
    products[n] = likelihood(p.float(), many).item(), likelihood(p, many).item()
    sums[n] = negative_log_likelihood(p.float(), many).item()
    print(f"{n:6,} {products[n][0]:21.1e} {products[n][1]:12.1e} {sums[n]:25.2f}")

# %% tags=["claim", "always"]
assert products[1000][0] == 0 < products[1000][1], (
    "for 1,000 strips, the product is zero in float32, and not yet in float64"
)
assert products[10_000][1] == 0, "for 10,000 it is zero in float64, too"
ten = sums[10]
assert all(abs(total / (ten * n / 10) - 1) < 1e-4 for n, total in sums.items()), (
    "the sum of logarithms grows in proportion to the strips, to one part in 10,000"
)

# %% [markdown]
r"""
Where the product is zero, it is zero for every $p$, and nothing can be compared. The sum of logarithms
has no such end.

## A probability for each strip: cross-entropy

Now let the mass differ. Each strip has a probability of its own, which a sigmoid gives:
$p_i = \sigma(z_i)$ with $z_i = w x_i + b$. Nothing else changes. The likelihood is still the product, only
that the parameters are now $w$ and $b$:

$$
\begin{aligned}
L(w, b) &= \prod_i p_i^{\,y_i}\,(1 - p_i)^{1 - y_i} \\
J = -\frac1n \ln L &= -\frac1n \sum_i \left[\, y_i \ln p_i + (1 - y_i) \ln (1 - p_i) \,\right] .
\end{aligned}
$$

The last line is the **cross-entropy**, the loss of classification. It is no more and no less than the
mean negative log-likelihood of Bernoulli outcomes. Its derivative, first for one strip and by its logit,
with $\sigma' = \sigma\,(1 - \sigma)$:

$$
\begin{aligned}
\frac{d}{dz} \left[ -y \ln \sigma - (1 - y) \ln (1 - \sigma) \right]
&= -y\,\frac{\sigma\,(1 - \sigma)}{\sigma} + (1 - y)\,\frac{\sigma\,(1 - \sigma)}{1 - \sigma} \\
&= -y\,(1 - \sigma) + (1 - y)\,\sigma \\
&= \sigma(z) - y .
\end{aligned}
$$

The logit grows by $x_i$ when the weight<!-- term --> grows by 1, so

$$
\frac{\partial J}{\partial w} = \frac1n \sum_i (p_i - y_i)\, x_i ,
\qquad
\frac{\partial J}{\partial b} = \frac1n \sum_i (p_i - y_i) .
$$

You know this form. It is the gradient of the line, residual times input, without its factor 2. The
logarithm of the likelihood and the sigmoid of the log-odds belong together: what one brings, the other
cancels.

[`logistic_gradient`][course.logistic.likelihood.logistic_gradient] computes both means, and
[`descend_logistic`][course.logistic.likelihood.descend_logistic] goes down with them. Take the forty strips
of the last lesson. Subtract the mean of the masses first, for the reason you met in
[convergence](../linear/convergence.py): it turns a long valley into a rounder one.
"""

# %%
from course.logistic.likelihood import descend_logistic, logistic_gradient

generator = torch.Generator().manual_seed(0)
mass = 0.5 + 7.5 * torch.rand(40, generator=generator)  # kg
broke = (torch.rand(40, generator=generator) < sigmoid(1.5 * mass - 6)).double()

centred = (mass - mass.mean()).double()
starts = {"from 0 and 0": (0.0, 0.0), "from −1 and 3": (-1.0, 3.0)}
paths = {
    name: descend_logistic(centred, broke, *start, lr=1.0, steps=1000)
    for name, start in starts.items()
}
best = paths["from 0 and 0"][-1]
weight, bias = best[0], best[1] - best[0] * mass.mean()
print(f"weight {weight:.4f} per kg, one half at {-bias / weight:.3f} kg")


def cost(parameters):
    p = sigmoid(parameters[0] * centred + parameters[1])
    return negative_log_likelihood(p, broke) / len(broke)


# %% alt="Ovals around a lowest point at a weight of about two and a bias of about one, closer together to the left than to the right. Two paths, one from the middle of the left and one from the upper left corner, cross them and run along the valley into the same point."
weights = torch.linspace(-1.5, 4, 45).double()
biases = torch.linspace(-2, 4, 41).double()
surface = torch.stack([torch.stack([cost((w, b)) for b in biases]) for w in weights])
grid = {"weight per kg": weights, "bias at the mean mass": biases}
lowered = plotting.contours(grid, surface, paths, {"lowest": best})
chances = [sigmoid(w * centred + b) for w, b in ((0.5, 0.0), (2.0, 1.0), (-1.0, 3.0))]
plotting.demo(
    "likelihood",
    lowered,
    "Find the lowest point by hand. Then make the curve steeper still: which strips make it cost more?",
    {"mass": mass, "broke": broke, "best": best},
    [
        *((sigmoid, w * centred + b) for w, b in ((0.5, 0.0), (-1.0, 3.0))),
        *((each, p, broke) for each in (likelihood, negative_log_likelihood) for p in chances),
    ],
)

# %% [markdown]
r"""
Two starts, one end. That is no luck. For one row, the second derivative by the logit is
$\sigma\,(1 - \sigma)$, which is positive everywhere, and a logit is linear in the parameters. So $J$, the
mean, is **convex**: along no straight line through the map does it bend downwards, and there is no second
valley to fall into, only a learning rate that may be too large. (But a convex cost need not have a lowest point:
where a threshold parts the two classes, [the weights run away](#going-deeper-data-without-a-maximum).)
[`logistic_hessian`][course.logistic.likelihood.logistic_hessian] has the second derivatives by weight and
bias.
"""

# %% tags=["claim", "always"]
from sklearn.linear_model import LogisticRegression

from course.logistic.likelihood import logistic_hessian

model = LogisticRegression(C=float("inf"), tol=1e-8).fit(centred[:, None].numpy(), broke.numpy())
theirs = torch.tensor([model.coef_[0, 0], model.intercept_[0]])
places = [torch.tensor(place).double() for place in ([0.0, 0.0], [-1.0, 3.0], [2.0, 1.0])]
for place in places:
    by_hand = torch.stack(logistic_gradient(centred, broke, *place))
    assert torch.allclose(by_hand, torch.func.grad(cost)(place)), (
        "the derived gradient is that of autograd, at three places"
    )
    bends = torch.autograd.functional.hessian(cost, place)
    assert torch.allclose(logistic_hessian(centred, *place), bends), (
        "and so are the second derivatives"
    )
    assert (torch.linalg.eigvalsh(bends) > 0).all(), (
        "there the cost bends upwards in every direction"
    )

# %% tags=["claim", "here"]
assert torch.allclose(*(path[-1] for path in paths.values()), atol=1e-6), (
    "both starts lead to the same parameters: these rows overlap"
)
assert torch.allclose(best, theirs, atol=1e-3), (
    "scikit-learn's `LogisticRegression` without penalty finds them, too, to a thousandth"
)

# %% tags=["hide-input"]
from course.practice import Choice, Question

p = sigmoid(best[0] * centred + best[1])
total, wanted = p.sum().item(), broke.sum().item()
Question(
    f"{wanted:.0f} of the {len(broke)} strips broke. At the best parameters, add up the {len(broke)} probabilities. What "
    "is the sum?",
    Choice(
        f"less than {wanted:.0f}: no probability is quite 1",
        total < wanted - 1e-3,
        "And none is quite 0: the strips that held have a part in the sum as well.",
    ),
    Choice(
        f"{wanted:.0f}",
        abs(total - wanted) < 1e-3,
        "There the derivative by the bias is zero, and it is the mean of $p_i - y_i$. As the residuals of the best line do, "
        "these add up to nothing.",
    ),
    Choice(
        f"more than {wanted:.0f}: no probability is quite 0",
        total > wanted + 1e-3,
        "And none is quite 1: the strips that broke have less than one whole each.",
    ),
)

# %% [markdown]
r"""
## The PyTorch way

Three names for what you have: `torch.distributions.Bernoulli` is the distribution, `nn.BCELoss` the
cross-entropy of probabilities (*binary*, because there are two classes), and autograd finds the gradient.
For training, the [next lesson](entropy.py) has something better than this loss.
"""

# %%
from torch import nn

module = nn.Sequential(nn.Linear(1, 1), nn.Sigmoid(), nn.Flatten(0)).double()
nn.init.zeros_(module[0].weight)
nn.init.zeros_(module[0].bias)
optimizer = torch.optim.SGD(module.parameters(), lr=1.0)
criterion = nn.BCELoss()
for _ in range(1000):
    optimizer.zero_grad()
    loss = criterion(module(centred.unsqueeze(1)), broke)
    loss.backward()
    optimizer.step()
print(f"weight {module[0].weight.item():.4f}")
print(f"loss   {loss.item():.6f}, ours {cost(best):.6f}")

# %% tags=["claim", "always"]
trained = torch.cat([parameter.detach().flatten() for parameter in module.parameters()])
p = sigmoid(best[0] * centred + best[1])
by_distribution = -torch.distributions.Bernoulli(probs=p).log_prob(broke).sum()
assert torch.allclose(trained, best, atol=1e-8), "SGD with `nn.BCELoss` ends at the same parameters"
assert torch.allclose(criterion(p, broke), cost(best)), (
    "`nn.BCELoss` is the mean negative log-likelihood"
)
assert torch.allclose(by_distribution, negative_log_likelihood(p, broke)), (
    "minus the logarithms of PyTorch's Bernoulli, added up, are the negative log-likelihood"
)

# %% [markdown]
r"""
## Going deeper: data without a maximum

Tear only eight strips, and it may happen that all that broke carried more than all that held. Descend.
"""

# %% symptom="The loss goes to 0, the weights grow with every step, and all probabilities are next to 0 or 1" cause="The classes can be parted without a mistake, so there is no best weight: take weight decay, or more data."
few = torch.tensor([1.0, 2, 3, 3.5, 4.5, 5, 6, 7]).double() - 4  # kg above 4
parted = (few > 0).double()
run = descend_logistic(few, parted, weight=0, bias=0, lr=1.0, steps=4000)


def cost_of(weight, outcomes):  # the masses lie evenly around 4 kg, so the bias stays 0
    return negative_log_likelihood(sigmoid(weight * few), outcomes) / len(few)


for step in (10, 100, 1000, 2000, 4000):
    weight = run[step, 0]
    print(f"step {step:5,}: weight {weight:5.2f}, cost {cost_of(weight, parted):.6f}")

# %% alt="The cost against the weight, two curves that start together at weight 0. For the eight strips as they are it falls steeply at first, then ever more slowly, and at the right end it is still falling, just above zero. With two outcomes exchanged it falls to a lowest point at a weight of about one and a half, and rises from there, in the end in nearly a straight line."
exchanged = parted[[0, 1, 2, 4, 3, 5, 6, 7]]
slopes = torch.linspace(0, 6, 121).double()
shapes = {
    "parted": torch.stack([cost_of(w, parted) for w in slopes]),
    "two outcomes exchanged": torch.stack([cost_of(w, exchanged) for w in slopes]),
}
plotting.functions(slopes, shapes, xlabel="weight per kg", ylabel="cross-entropy")

# %% tags=["claim", "always"]
assert (run[1:, 0] > run[:-1, 0]).all(), "every step makes the weight larger"
assert (shapes["parted"].diff() < 0).all(), "without overlap, a larger weight always costs less"
assert 0 < shapes["two outcomes exchanged"].argmin() < len(slopes) - 1, (
    "with two outcomes exchanged there is a best weight"
)

# %% tags=["claim", "here"]
assert run[4000, 0] > run[2000, 0] + 0.5, "steps 2,001 to 4,000 still add more than a half to it"

# %% [markdown]
r"""
The data are **separable**: a threshold parts the two classes. Then any curve that passes one half
between them, and rises towards the strips that broke, gets more likely when you double both parameters, because it is more sure and always right. The cost
goes down to 0 and never reaches it; there is no best weight (Albert and Anderson, 1984). **The symptom**:
a weight that grows with the number of steps, probabilities that are all next to 0 or 1, and a loss that
goes to 0. With as many inputs as rows, practically all data are separable. **The repair** is more data,
or a cost for large weights: [weight decay](../linear/identifiability.py), which scikit-learn's
`LogisticRegression` has built in unless you switch it off.

## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.logistic.exercises import likelihood as exercises

exercises.counted

# %% tags=["hide-input"]
exercises.all_weights

# %% tags=["hide-input"]
exercises.no_maximum

# %% tags=["fold"]
from course.logistic.exercises import likelihood as exercises

drawn = 2000
separable = {}
for n in (5, 10, 20, 40):
    masses = 0.5 + 7.5 * torch.rand(drawn, n, generator=generator)
    outcomes = (torch.rand(drawn, n, generator=generator) < sigmoid(1.5 * masses - 6)).float()
    without = [not exercises.has_maximum(a, b) for a, b in zip(masses, outcomes, strict=True)]
    separable[n] = sum(without) / drawn

# %% [markdown]
r"""
??? success "What you find"
    Strips like those of this page, drawn {{ drawn:, }} times: with 5 of them, {{ 100 * separable[5]:.0f }} % of all draws
    have no maximum, with 10 it is {{ 100 * separable[10]:.0f }} %, with 20 it is {{ 100 * separable[20]:.1f }} %, and with 40
    it is {{ 100 * separable[40]:.1f }} %.

## What to remember

- The likelihood is the probability of what happened, as a function of the parameters. Maximum likelihood takes its top.
- For one probability the answer is the fraction. A grid, a formula and descent agree on it.
- Add logarithms; products of probabilities vanish.
- Cross-entropy is the mean negative log-likelihood of Bernoulli outcomes. Its gradient is $(p_i - y_i)\,x_i$, averaged.
- It is convex. If a threshold parts the classes, it has no lowest point, and the weights run away.

Reference: [`likelihood`][course.logistic.likelihood.likelihood],
[`negative_log_likelihood`][course.logistic.likelihood.negative_log_likelihood],
[`descend_probability`][course.logistic.likelihood.descend_probability],
[`logistic_gradient`][course.logistic.likelihood.logistic_gradient],
[`descend_logistic`][course.logistic.likelihood.descend_logistic],
[`logistic_hessian`][course.logistic.likelihood.logistic_hessian], [`beside`][course.plotting.drawings.beside.beside]. The
test that proves the first six is `tests/logistic/test_likelihood.py`. Next:
[cross-entropy in practice](entropy.py).
"""
