# ---
# title: Gradient descent on the slope
# description: >-
#   Go downhill on the cost of one parameter, step by step, from bad starts, and see what the
#   learning rate does.
# needs: >-
#   [cost](cost.py), and the derivative of a square
# ---

# %% [markdown]
r"""
**The question.** You know how wrong a line is, but not which line is best. Can you start from any
line, however bad, and improve it step by step? And how far should a step go? This is how every network learns. Here it has
one parameter, and you can check every step.

## The idea

The cost<!-- term --> of a line through the origin, drawn over its slope $w$, is a bowl. Its derivative tells
you at any $w$ which way is down:

$$
\frac{dJ}{dw} = \frac2n \sum_i (w x_i - y_i)\, x_i .
$$

Where the derivative is negative, the cost falls to the right, so make $w$ larger. Where it is
positive, make $w$ smaller. Both are one rule:

$$
w \leftarrow w - \text{lr} \cdot \frac{dJ}{dw} .
$$

This is *gradient descent* (Cauchy, 1847). The *learning rate* $\text{lr}$ is a number that you
choose. The rule also decides the length of the step: far from the bottom the curve is steep, so the
step is long; near the bottom it is flat, and the steps shrink by themselves.

For the best slope there was a formula in the last lesson. Networks have none, which is why you learn
descent here, where you can check where it ends.

## The smallest case, by hand

One measurement, and a start that could hardly be worse: a slope below zero, as if the spring shrank
under its load.
"""

# %%
import torch

bad_start, worse_start = -10.0, -15.0

x, y = torch.tensor(2.0), torch.tensor(6.0)  # 2 kg stretch it by 6 cm: 3 cm per kg
w, lr = torch.tensor(bad_start), 0.1

residual = w * x - y
derivative = 2 * residual * x
w = w - lr * derivative
print(f"residual {residual:.0f}, derivative {derivative:.0f}, new slope {w:.1f}")

# %% tags=["hide-input"]
from course.practice import Choice, Question

best, first = y / x, w
second = first - lr * 2 * (first * x - y) * x
missing = [best - bad_start, best - first, best - second]
by_as_much = first + (first - bad_start)
by_same_part = best - missing[1] * missing[1] / missing[0]
Question(
    f"The first step took the slope from {missing[0]:.0f} below the best to {missing[1]:.1f} below it. "
    "Where does the second one end?",
    Choice(
        f"at {by_as_much:.1f}: it is as long as the first",
        bool(torch.isclose(second, by_as_much)),
        "The learning rate is the same, the step is not: it is the learning rate times the derivative, "
        "and the derivative is smaller now.",
    ),
    Choice(
        f"at {by_same_part:.2f}: it leaves the same part of the distance",
        bool(torch.isclose(second, by_same_part)),
        f"It ends {missing[2]:.2f} below the best slope. Each step leaves "
        f"{missing[2] / missing[1]:.1f} of the distance.",
    ),
    Choice(
        f"at {best:.0f}: it arrives",
        bool(torch.isclose(second, best)),
        "That would be another rule: descent knows the derivative where it stands, not where the "
        "bottom is.",
    ),
)

# %% [markdown]
r"""
## The steps as a function

::: course.linear.descent.slope_gradient

::: course.linear.descent.descend_slope

[`descend_slope`][course.linear.descent.descend_slope] calls
[`slope_gradient`][course.linear.descent.slope_gradient] once per step and keeps every slope on its
way, so that you can look at all of them. Start again from {{ bad_start:.0f }}, with the twenty
extensions of the last lesson.
"""

# %%
from course.linear.cost import cost_curve
from course.linear.descent import descend_slope, slope_gradient

generator = torch.Generator().manual_seed(0)
x = torch.linspace(0.1, 2, 20)  # mass in kg
y = 3 * x + 0.5 * torch.randn(len(x), generator=generator)  # extension in cm
best = (x @ y) / (x @ x)

lr = 0.2
path = descend_slope(x, y, bad_start, lr, steps=20)

print("step   slope  derivative    cost")
for step, (w, cost) in enumerate(zip(path[:6], cost_curve(x, y, path), strict=False)):
    print(f"{step:4d} {w:7.2f} {slope_gradient(x, y, w):11.2f} {cost:7.2f}")

# %% alt="Four rows, from step 0 to step 3. On the left the line starts far below the measured points, falling steeply, and turns upwards from row to row until it runs close to the points; its earlier positions stay visible. On the right a dot starts high on the left side of the bowl and comes down along it, with a long first step and ever shorter ones."
from course import plotting


def picture(rows, reach):
    weights = best + torch.linspace(-reach, reach, 201)
    grid = {"slope in cm per kg": weights}
    costs = cost_curve(x, y, weights)
    plotting.paths(x, y, rows, grid, costs, "mass in kg", "extension in cm", "cost in cm²")


picture({f"step {step}": path[: step + 1] for step in range(4)}, reach=15)

# %% [markdown]
r"""
## From a worse start

Start from {{ worse_start:.0f }} instead, with the same learning rate. Here is every step of both
descents.
"""

# %% alt="Two rows, one per start. In both, the lines on the left turn from steeply falling to the line through the points, and the dots on the right come down the left side of the bowl to its bottom, long steps first. The second path starts higher up; its end is the same."
worse = descend_slope(x, y, worse_start, lr, steps=20)
picture({f"from {walk[0]:.0f}": walk for walk in (path, worse)}, reach=20)

# %% tags=["claim", "here"]
factor = 1 - lr * 2 * (x @ x) / len(x)
for walk in (path, worse):
    assert (cost_curve(x, y, walk).diff() <= 1e-4).all(), "no step of either raises the cost"
    assert abs(walk[-1] - best) < 1e-3, "each ends within 0.001 cm per kg of the best slope"
    assert torch.allclose((walk[1:8] - best) / (walk[:7] - best), factor, atol=1e-3), (
        "each of the first seven steps leaves the same part of the distance to the best slope"
    )

# %%
near = [(walk - best).abs() < 0.01 for walk in (path, worse)]
first, second = (int(arrived.nonzero()[0]) for arrived in near)
ratio = (worse[0] - best) / (path[0] - best)

# %% tags=["hide-input"]
in_proportion = round(first * ratio.item())
Question(
    f"From the first start, {first} steps lead to within a hundredth of the best slope. The second "
    f"start is {ratio:.2f} times as far away. How many steps does it need?",
    Choice(
        f"{in_proportion}: it needs {ratio:.2f} times as many",
        second == in_proportion,
        "That would be so if all steps were equally long. Farther out the curve is steeper, so the "
        "steps are longer.",
    ),
    Choice(
        f"at most {first + 1}: one more, if any",
        second <= first + 1,
        f"It takes {second}. Every step leaves {factor:.2f} of the distance, which more than makes up "
        f"for a start {ratio:.2f} times as far. A bad start is not what makes descent fail.",
    ),
    Choice(
        "it never arrives",
        second >= len(worse),
        "A start can be as bad as you like: each step still takes away the same part of the distance.",
    ),
)

# %% [markdown]
r"""
## How far to step

A bad start does not make descent fail. A bad learning rate can. Take the first start again, and three
learning rates.
"""

# %% alt="Three rows. With the small learning rate, the dots crowd together high on the left side of the bowl and the line still falls. With the middle one, the dots reach the bottom and the line fits. With the large one, the dots jump from one side of the bowl to the other, each time higher, and the lines on the left swing wildly." symptom="The loss goes down very slowly" cause="The learning rate is too small: each step takes away little of what is left."
rates = {"too small": 0.01, "right": 0.2, "too large": 0.72}
walks = {
    f"lr {rate}, {name}": descend_slope(x, y, bad_start, rate, steps=8)
    for name, rate in rates.items()
}
picture(walks, reach=25)

# %% tags=["claim", "here"]
small, right, large = ((walk - best).abs() for walk in walks.values())
assert small[-1] > small[0] / 2, "too small: after 8 steps, more than half the distance is left"
assert right[-1] < right[0] / 100, "right: less than a hundredth is left"
assert (large[1:] > large[:-1]).all(), "too large: each step ends farther away than it began"

# %% [markdown]
r"""
A step that is too short wastes time. A step that is too long passes the bottom, lands higher up on
the other side, where the curve is steeper, and so takes a still longer step back.
"""

# %% tags=["hide-input"]
doubtful = 0.6
between = descend_slope(x, y, bad_start, doubtful, steps=30)
ahead = (between - best)[:10]  # later ones are too close to the best slope to tell the side
crosses, closer = bool((ahead[1:] * ahead[:-1] < 0).all()), bool(abs(ahead[-1]) < abs(ahead[0]))
Question(
    f"What happens between the right and the too large one, at lr {doubtful}?",
    Choice(
        "The slope comes closer from one side.",
        closer and not crosses,
        "So it does at the smaller ones. A step this long passes the bottom.",
    ),
    Choice(
        "It jumps over the bottom at every step, and comes closer.",
        closer and crosses,
        f"After {len(between) - 1} steps it is {between[-1]:.2f}. Each step multiplies the distance by "
        f"{ahead[1] / ahead[0]:.2f}. The minus says that the slope changes sides; it comes closer "
        "because the number is smaller than 1 in size.",
    ),
    Choice(
        "It jumps over the bottom, and moves away.",
        crosses and not closer,
        "Passing the bottom is not yet fatal: what counts is whether the step ends closer to it than "
        "it began.",
    ),
)

# %% [markdown]
r"""
The same as curves, with the cost on a logarithmic axis:
"""

# %% alt="Cost before each update on a log scale. At 0.01 it falls slowly in an almost straight line. At 0.2 it drops within a few updates to a floor and stays there. At 0.6 it falls in a straight line, more slowly, towards the same floor. At 0.72 it rises in a straight line." lead="Four learning rates from one start: too small creeps, too large runs away."
from course.linear.convergence import largest_lr

rates = (0.01, 0.2, 0.6, 0.72)
runs = {rate: descend_slope(x, y, bad_start, rate, steps=30) for rate in rates}
fallen = plotting.curves(
    {f"lr {rate}": cost_curve(x, y, run)[:-1] for rate, run in runs.items()},
    xlabel="update",
    ylabel="cost before the update in cm²",
    log=True,
)
plotting.demo(
    "descent",
    fallen,
    "Find the learning rate at which one step arrives, from any start. Why can it not be larger "
    "than twice that?",
    {"x": x, "y": y, "best": best, "start": bad_start},
    [
        *((descend_slope, x, y, start, rate, 12) for start in (-10.0, 7.5) for rate in rates),
        *((slope_gradient, x, y, weight) for weight in path[:6]),
        *((cost_curve, x, y, run[:12]) for run in runs.values()),
        (largest_lr, x.unsqueeze(1)),
    ],
)

# %% tags=["claim", "here"]
lowest = cost_curve(x, y, best.unsqueeze(0)).item()
ends = {rate: cost_curve(x, y, run[-1:]).item() for rate, run in runs.items()}
assert max(ends[0.2], ends[0.6]) < 1.001 * lowest, (
    "after 30 steps, 0.2 and 0.6 are within a thousandth of the lowest cost"
)
assert ends[0.01] > 100 * lowest, "0.01 still has more than a hundred times the lowest cost"
assert ends[0.72] > cost_curve(x, y, path[:1]), "at 0.72, the cost is above that of the start"

# %% [markdown]
r"""
The floor is the cost of the best line: no learning rate gets below it. Where exactly the border
between arriving and exploding lies can be computed from the masses alone; an [exercise](#practice) below does
it, and [When does it converge?](convergence.py) explains it for more parameters.

## The PyTorch way

For a line you can differentiate by hand. For a network that is long work, and you need not do it:
autograd does. The optimizer `SGD` takes the step. (The S is for *stochastic*: mostly it is given a few
rows at a time. Here it gets them all.)

::: course.linear.descent.descend_slope_with_torch

[`descend_slope_with_torch`][course.linear.descent.descend_slope_with_torch] does what every
training loop does: clear, predict and measure, differentiate, move.
"""

# %%
from course.linear.descent import descend_slope_with_torch

with_torch = descend_slope_with_torch(x, y, bad_start, lr, steps=20)
print(f"largest difference {(with_torch - path).abs().max():.0e}")

# %% tags=["claim", "always"]
assert torch.allclose(with_torch, path, atol=1e-4), (
    "autograd and SGD take the steps that we took by hand"
)

# %% [markdown]
r"""
## What goes wrong: the same spring in grams

Someone hands you the masses in grams. Nothing else has changed: the same spring, the same line to
start from, and the learning rate that was right.
"""

# %% symptom="The loss grows from step to step, then it is inf, then nan" cause="The learning rate is too large for inputs of this size: scale the inputs, or take a smaller rate."
grams = 1000 * x
exploded = descend_slope(grams, y, bad_start / 1000, lr, steps=10)
print(exploded)

# %% tags=["claim", "here"]
assert (exploded[1:4].abs() > 1000 * exploded[:3].abs()).all(), (
    "each of the first three steps makes the slope more than a thousand times as large"
)
assert exploded[-1].isnan(), "in the end it is not a number"

# %% [markdown]
r"""
`inf` is what remains when a number grows out of the range of `float32`, and infinity less infinity is
not a number, `nan`. From there no step leads back.

Why? The derivative is twice the mean of residual times $x$. In grams $x$ is a thousand times as large, and so
is the derivative, while the slope that it should correct, in cm per *gram*, is a thousand times
smaller. **The repair** is a learning rate a million times smaller: its unit is one over kg², or one
over g².
"""

# %%
repaired = descend_slope(grams, y, bad_start / 1000, lr / 1000**2, steps=20)

# %% tags=["claim", "always"]
assert torch.allclose(1000 * repaired, path, atol=1e-3), (
    "with lr divided by 1000², each step is the step that we took in kg"
)

# %% [markdown]
r"""
**The symptom** to remember: the cost grows from step to step, then `inf`, then `nan`. First look at
the size of the inputs, then at the learning rate. No learning rate is right as such; it is right for
inputs of a certain size.

## Practice

Copy the code into a notebook or a Python shell and fill it in; `check` tells you whether it is right,
and if not, what to look at.
"""

# %% tags=["hide-input"]
from course.linear.exercises import descent as exercises

exercises.one_step

# %% tags=["fold"]
from course.linear.exercises import descent as exercises

direct = (len(x) / (2 * x @ x)).item()
starts = (bad_start, worse_start, 40.0)
arrived = [exercises.step_down(x, y, torch.tensor(start), direct) for start in starts]
assert all(abs(end - best) < 1e-4 for end in arrived)

# %% [markdown]
r"""
??? success "What you find"
    The step multiplies the distance by $1 - \text{lr} \cdot \frac2n \sum_i x_i^2$. This factor has to
    be 0, so $\text{lr} = n / (2 \sum_i x_i^2)$, for the twenty extensions {{ direct:.3f }}. From
    {{ starts[0]:.0f }}, from {{ starts[1]:.0f }} and from {{ starts[2]:.0f }}, the step ends at
    {{ best:.2f }}. This works because the cost is a parabola; with more parameters one number is
    rarely right for all of them.
"""

# %% tags=["hide-input"]
exercises.border

# %% [markdown]
r"""
Try it: with learning rates in steps of a hundredth, which is the largest at which descent ends closer
to the best slope than it began?
"""

# %% tags=["fold"]
start_distance = (path[0] - best).abs()
arriving = [
    hundredths / 100
    for hundredths in range(60, 81)
    if (descend_slope(x, y, bad_start, hundredths / 100, 50)[-1] - best).abs() < start_distance
]
border = exercises.largest_lr(x).item()
assert max(arriving) < border < max(arriving) + 0.01

# %% [markdown]
r"""
??? success "What you find"
    {{ max(arriving):.2f }} is the largest of them, and `largest_lr` says {{ border:.4f }}, which is
    $n / \sum_i x_i^2$. Exactly there the slope jumps to and fro, and comes no closer.
"""

# %% tags=["hide-input"]


def descend_on_sum(rate, steps):
    w, walk = torch.tensor(bad_start), [torch.tensor(bad_start)]
    for _ in range(steps):
        w = w - rate * len(x) * slope_gradient(x, y, w)
        walk.append(w)
    return torch.stack(walk)


def same_steps(rate):
    return torch.allclose(descend_on_sum(rate, 20), path, atol=1e-3)


summed = descend_on_sum(lr, 5)
assert ((summed[1:] - best).abs() > 5 * (summed[:-1] - best).abs()).all()
Question(
    r"Leave out the $\frac1n$: let the cost be the *sum* of the squares. Which learning rate takes the "
    f"steps that {lr} took with the mean?",
    Choice(
        f"{lr}: the best slope is the same",
        same_steps(lr),
        f"The bottom is at the same slope, but the bowl is {len(x)} times as steep. After "
        f"{len(summed) - 1} steps the slope is {summed[-1]:,.0f}.",
    ),
    Choice(
        f"{lr * len(x):.0f}: {len(x)} times as large",
        same_steps(lr * len(x)),
        "The derivative is larger now, so the learning rate has to be smaller.",
    ),
    Choice(
        f"{lr / len(x):.2f}: {len(x)} times smaller",
        same_steps(lr / len(x)),
        f"The derivative of the sum is {len(x)} times that of the mean. With a mean, the learning rate "
        "does not depend on how many measurements you have.",
    ),
)

# %% tags=["hide-input"]
exercises.accumulation

# %% [markdown]
r"""
Where does the first fault lead, on the twenty extensions? Here the broken loop, with only the second
fault repaired, takes as many steps as the sound one.
"""

# %% tags=["fold"]
sound = exercises.descend_slope_with_torch(x, y, bad_start, lr, steps=20)
without_clearing = exercises.accumulation.mistakes[0].of(exercises.descend_slope_with_torch)
faulty = without_clearing(x, y, bad_start, lr, steps=20)
away = (faulty - best).abs()
assert abs(sound[-1] - best) < 1e-3
assert away[10:].max() > away[0] / 2

# %% [markdown]
r"""
??? success "What you find"
    It swings to and fro: in the last {{ len(away) - 10 - 1 }} steps it is still up to
    {{ away[11:].max():.1f }} away from the best slope, where the sound loop ends at
    {{ sound[-1]:.2f }}. Each step follows the sum of all derivatives so far, so the slope passes the
    bottom with all it has gathered on the way down.

## What to remember

- The derivative says which way is down; a step goes against it: `w = w - lr * derivative`.
- On this bowl each step multiplies the distance to the best slope by one factor. A bad start costs
  a few steps; a bad learning rate costs everything.
- Too small: slow. Too large: each step ends higher than it began, until `inf` and `nan`.
- The right learning rate depends on the size of the inputs. It has a unit.

Reference: [`slope_gradient`][course.linear.descent.slope_gradient],
[`descend_slope`][course.linear.descent.descend_slope],
[`descend_slope_with_torch`][course.linear.descent.descend_slope_with_torch]. The test that proves
them is `tests/linear/test_descent.py`. Next: [two parameters at once](slope_and_bias.py).
"""
