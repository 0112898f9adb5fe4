# ---
# title: Slope and bias together
# description: >-
#   Gradient descent on two parameters, its path drawn on the contours and on the surface of the cost.
# needs: >-
#   [cost](cost.py) and [descent](descent.py)
# ---

# %% [markdown]
r"""
**The question.** Neither the slope nor the bias is known. Can one rule find both at once, and which
way does it take through the landscape of the cost<!-- term -->? A network has millions of parameters, and is trained by the
same rule. With two you can still see what it does.

## The idea

With two parameters there are two derivatives, one for each, with the other held fixed. They are
*partial* derivatives, written with $\partial$. Together they form the *gradient*:

$$
\frac{\partial J}{\partial w} = \frac2n \sum_i (\hat y_i - y_i)\, x_i ,
\qquad
\frac{\partial J}{\partial b} = \frac2n \sum_i (\hat y_i - y_i) .
$$

As an arrow on the map of slope and bias, with the same scale on both axes, the gradient points
where the cost rises fastest, at a right angle to the contour. Descent goes the other way, with both
parameters at once:

$$
w \leftarrow w - \text{lr} \cdot \frac{\partial J}{\partial w} ,
\qquad
b \leftarrow b - \text{lr} \cdot \frac{\partial J}{\partial b} .
$$

## The smallest case, by hand

Two measurements, and a line that knows nothing: slope and bias are zero.
"""

# %%
import torch

x = torch.tensor([1.0, 2.0])  # kg
y = torch.tensor([11.0, 14.0])  # cm

residuals = 0 * x + 0 - y
dw = 2 * (residuals * x).mean()
db = 2 * residuals.mean()
lr = 0.1
w, b = 0 - lr * dw, 0 - lr * db
print(f"derivative by slope {dw:.0f}, by bias {db:.0f}")
print(f"new slope {w:.1f}, new bias {b:.1f}")

# %%
cost_before = (residuals**2).mean()
cost_after = ((w * x + b - y) ** 2).mean()
print(f"cost before {cost_before:.1f} cm², after {cost_after:.1f} cm²")

# %% tags=["hide-input"]
from course.practice import Choice, Question

miss = -1.0  # any residual; it is a factor of both derivatives
at_half, at_two = (abs(2 * miss * mass) < abs(2 * miss) for mass in (0.5, 2))
Question(
    "Both residuals are negative, so both parameters grew, the slope more. Is that always so? Take a "
    "single measurement that the line misses. For which mass does the slope change less than the bias?",
    Choice(
        "for none: the slope always changes more",
        not (at_half or at_two),
        "It did here, where no mass was below 1 kg.",
    ),
    Choice(
        "for 2 kg",
        at_two and not at_half,
        "The other way round: a large mass weighs the residual *more* for the slope.",
    ),
    Choice(
        "for half a kg",
        at_half and not at_two,
        "The derivative by the slope weighs each residual with its $x$; that by the bias weighs all "
        "alike. Where $x$ is large, a change of the slope moves the prediction a lot. Which parameter "
        "changes more depends on the unit of the inputs.",
    ),
)

# %% [markdown]
r"""
## The steps as a function

::: course.linear.slope_and_bias.line_gradient

::: course.linear.slope_and_bias.descend_line

[`descend_line`][course.linear.slope_and_bias.descend_line] asks
[`line_gradient`][course.linear.slope_and_bias.line_gradient] for both derivatives before it changes
either parameter, and keeps every pair on its way. Now the twenty whole lengths, and two bad starts.
"""

# %%
from course.linear.cost import cost_surface, mean_squared_error
from course.linear.slope_and_bias import descend_line, line_gradient

generator = torch.Generator().manual_seed(0)
x = torch.linspace(0.1, 2, 20)  # mass in kg
y = 3 * x + 8 + 0.5 * torch.randn(len(x), generator=generator)  # length in cm

columns = torch.stack([x, torch.ones_like(x)], dim=1)
best = torch.linalg.lstsq(columns, y.unsqueeze(1)).solution.squeeze(1)  # slope and bias

lr, steps = 0.1, 300
first_start, second_start = (-10.0, 15.0), (-15.0, 0.0)  # slope and bias
path = descend_line(x, y, *first_start, lr, steps)
other = descend_line(x, y, *second_start, lr, steps)

print("step   slope    bias")
for step in (0, 1, 2, 5, 20, 100, 300):
    print(f"{step:4d} {path[step, 0]:7.2f} {path[step, 1]:7.2f}")
print(f"best {best[0]:7.2f} {best[1]:7.2f}")

# %% [markdown]
r"""
## The path on the contours

Every contour is a set of lines with the same cost, as in [the lesson on cost](cost.py). Watch the
first start: slope {{ path[0, 0]:.0f }}, bias {{ path[0, 1]:.0f }}.
"""

# %% alt="Four rows, after 1, 3, 20 and 300 steps. On the right lie tilted ellipses. The path starts at the left, crosses the contours in a few long steps to the right and a little upwards, turns on the floor of the long valley, and creeps down along it in ever shorter steps to the centre of the ellipses. On the left the line first moves to the height of the points while it still falls, then turns slowly until it runs through them."
from course import plotting

weights, biases = torch.linspace(-18, 16, 69), torch.linspace(-4, 20, 49)
grid = {"slope in cm per kg": weights, "bias in cm": biases}
costs = cost_surface(x, y, weights, biases)


def picture(rows):
    plotting.paths(x, y, rows, grid, costs, xlabel="mass in kg", ylabel="length in cm")


picture({f"step {step}": path[: step + 1] for step in (1, 3, 20, 300)})

# %% [markdown]
r"""
First descent corrects what costs most, the height of the line in the middle of the data. That goes
across the valley, where the walls are steep. What remains is a line with about the right height and
the wrong tilt: a point on the floor of the valley. The floor is nearly flat, so from there the steps
are short.

## The path on the surface

The same path in the landscape:
"""

# %% alt="The cost as a surface with a long valley between two raised corners. The path starts on the slope of the valley's left end, drops to its floor in a few steps and then follows the floor forwards to the lowest point, its dots closer and closer together." lead="Every point is a line, its height the cost: descent drops to the floor of a valley and creeps along it."
heights = torch.stack([mean_squared_error(w * x + b, y) for w, b in path])
walk = torch.cat([path, heights.unsqueeze(1)], dim=1)
plotting.landscape(grid, costs, walk, costlabel="cost in cm²")

# %% tags=["claim", "here"]
gradient = torch.stack(line_gradient(x, y, *path[0]))
nearby = path[0] + 1e-2 * torch.stack([-gradient[1], gradient[0]]) / gradient.norm()
along = mean_squared_error(nearby[0] * x + nearby[1], y) - heights[0]
assert abs(along) < 0.01 * 1e-2 * gradient.norm(), (
    "a small step at a right angle to the gradient follows the contour: it changes the cost by less "
    "than a hundredth of what the same step along the gradient would"
)
assert (heights.diff() <= 1e-4).all(), "no step raises the cost"
assert torch.allclose(path[-1], best, atol=0.01), (
    "after 300 steps, slope and bias are within 0.01 of the best line's"
)
assert torch.allclose(other[-1], best, atol=0.01), "from the other start as well"

# %% [markdown]
r"""
Now both starts, with all their steps.
"""

# %% alt="Two rows. Above, the path from the first start drops into the valley and creeps along it. Below, the path from the second start, at the lower left, crosses the contours nearly at right angles and runs straight to the neighbourhood of the centre; only its short end lies along the valley."
picture({f"from {walk[0, 0]:.0f} and {walk[0, 1]:.0f}": walk for walk in (path, other)})

# %%
distances = [(walk - best).norm(dim=1) for walk in (path, other)]
needed = [int((distance < 0.1).nonzero()[0]) for distance in distances]

# %% tags=["hide-input"]
Question(
    f"On the map, the first start is {distances[0][0]:.1f} away from the best line, the second "
    f"{distances[1][0]:.1f}. Which one needs fewer steps to come within a tenth?",
    Choice(
        "the first: it is closer",
        needed[0] < needed[1],
        "With one parameter, distance was all that counted. With two, the direction counts as well: "
        "the first has to walk most of its way along the floor of the valley.",
    ),
    Choice(
        "both need the same",
        needed[0] == needed[1],
        "With one parameter, every step left the same part of the distance, wherever it began. Here "
        "that part depends on the direction: small across the valley, large along it.",
    ),
    Choice(
        "the second: it starts on the wall",
        needed[0] > needed[1],
        f"{needed[1]} steps against {needed[0]}, although it is farther away. It starts on the wall of "
        "the valley and descends steeply; less is left to do on the floor.",
    ),
)

# %% tags=["claim", "here"]
assert distances[0][0] < distances[1][0], "on the map, the first start is closer to the best line"
assert needed[0] > needed[1], "yet from there, descent needs more steps"

# %% [markdown]
r"""
## The PyTorch way

Hand autograd a model, and an optimizer its parameters; nothing in the loop knows how many there are.

::: course.linear.slope_and_bias.descend_model

[`descend_model`][course.linear.slope_and_bias.descend_model] trains the
[`Line`][course.linear.prediction.Line] of the first lesson, and `nn.Linear`, which takes its inputs
and gives its predictions as columns.
"""

# %%
from torch import nn

from course.linear.prediction import Line
from course.linear.slope_and_bias import descend_model

line = Line(*first_start)
path_of_line = descend_model(line, x, y, lr, steps)

layer = nn.Linear(1, 1)
nn.init.constant_(layer.weight, first_start[0])
nn.init.constant_(layer.bias, first_start[1])
path_of_layer = descend_model(layer, x.unsqueeze(-1), y.unsqueeze(-1), lr, steps)

print(line.state_dict())
print(layer.state_dict())

# %% tags=["claim", "always"]
assert torch.allclose(path_of_line, path, atol=1e-3), "our module with SGD takes our steps"
assert torch.allclose(path_of_layer, path, atol=1e-3), "so does `nn.Linear`"

# %% [markdown]
r"""
## What goes wrong: stopping when the cost looks flat

You watch the cost during descent from the first start, and stop when nothing seems to happen any
more.
"""

# %% alt="The cost against the update, for fifty updates. It drops almost vertically in the first few, then ever more slowly, and at the fiftieth it is close to the axis and nearly flat." symptom="The loss looks flat, and the line is not right yet" cause="The axis is linear and the valley is flat: the loss still falls, slowly; draw it on a logarithmic axis and go on."
stopped = 50
plotting.curves(
    {"from the first start": heights[:stopped]},
    xlabel="update",
    ylabel="cost before the update in cm²",
)

# %% alt="The measured points with two lines. The line after all steps runs through them. The line at the stop crosses it in the middle of the points but is much flatter: it starts too high and ends too low."
lines = {
    f"stopped after {stopped}": (x, path[stopped, 0] * x + path[stopped, 1]),
    f"after {len(path) - 1}": (x, path[-1, 0] * x + path[-1, 1]),
}
plotting.fits(x, y, lines, xlabel="mass in kg", ylabel="length in cm")

# %% tags=["claim", "here"]
assert heights[stopped] < 0.03 * heights[0], "the cost has fallen by more than 97 percent"
off = (path[stopped] - best).abs()
assert off[0] > 0.3 * best[0], "the slope is still wrong by more than 30 percent"
assert off[1] > 1, "the bias by more than a centimetre"

# %% [markdown]
r"""
{{ 100 * (1 - heights[stopped] / heights[0]):.1f }} % of the cost is gone, and the slope is
{{ path[stopped, 0]:.2f }} where the best is {{ best[0]:.2f }}. The axis is to blame: it is so long
that the floor of the valley looks nearly level. Draw what is left to lose, the cost above that of the best
line, on a logarithmic axis.
"""

# %% alt="The cost above that of the best line on a log scale, against the update. It falls steeply for a few updates, then bends and continues as a straight falling line to the end; nowhere does it become flat."
lowest = mean_squared_error(best[0] * x + best[1], y)
plotting.curves(
    {"from the first start": heights[:200] - lowest},
    xlabel="update",
    ylabel="cost above the lowest in cm²",
    log=True,
)

# %% tags=["claim", "here"]
left = heights - lowest
part = left[21:201] / left[20:200]
assert torch.allclose(part, part.mean(), atol=0.01), (
    "from step 20 to step 200, each step leaves the same part of what is left"
)

# %% [markdown]
r"""
At update {{ stopped }} nothing ends: each step takes {{ 100 * (1 - part.mean()):.1f }} % of what
is left, as all steps on the floor of the valley do. **The repair** is to go on: {{ steps }} steps end
at slope {{ path[-1, 0]:.2f }} and bias {{ path[-1, 1]:.2f }}. **The symptom**: a trend is left
in the residuals, here too high a line at one end and too low at the other. And when you do not know
the lowest cost, which is nearly always, look at the cost itself on a logarithmic axis, and at the
parameters, before you call it done.

## Practice

Copy the code into a notebook or a Python shell and fill it in; `check` tells you whether it is right,
and if not, what to look at.
"""

# %% tags=["hide-input"]
from course.linear.exercises import slope_and_bias as exercises

exercises.both_at_once

# %% [markdown]
r"""
Take {{ steps }} steps both ways: at once, and one after the other, with the derivative by the bias at
the new slope. Is the path the same? Is its end?
"""

# %% tags=["fold"]
from course.linear.exercises import slope_and_bias as exercises

together, turns = [path[0]], [path[0]]
for _ in range(steps):
    together.append(torch.stack(exercises.step_line(x, y, *together[-1], lr)))
    w, _ = exercises.step_line(x, y, *turns[-1], lr)
    _, b = exercises.step_line(x, y, w, turns[-1][1], lr)
    turns.append(torch.stack([w, b]))
together, turns = torch.stack(together), torch.stack(turns)
apart = (turns - together).norm(dim=1)
assert torch.allclose(together, path, atol=1e-3)
assert apart.max() > 0.5
assert torch.allclose(turns[-1], best, atol=0.01)

# %% [markdown]
r"""
??? success "What you find"
    The path is another, after the same number of steps up to {{ apart.max():.1f }} away on
    the map. The end is the same: both stand still only where both derivatives are zero. But it is no
    longer descent along the gradient, and it is not what `torch.optim` does.
"""

# %% tags=["hide-input"]
exercises.loop

# %% tags=["fold"]
unbiased = nn.utils.skip_init(nn.Linear, 1, 1, bias=False)
nn.init.constant_(unbiased.weight, first_start[0])
costs_of_unbiased = exercises.train(unbiased, x, y, lr, steps)
slope = unbiased.weight.item()
misses = slope * x - y
assert abs(slope - (x @ y) / (x @ x)) < 1e-3
assert misses[0] < -5
assert misses[-1] > 2

# %% [markdown]
r"""
??? success "What you find"
    The loop need not know that a parameter is missing. The best slope without a bias is
    {{ slope:.2f }}, and its cost {{ costs_of_unbiased[-1]:.1f }} cm² against {{ lowest:.2f }} cm². The
    lightest mass is predicted {{ -misses[0]:.1f }} cm too short, the heaviest {{ misses[-1]:.1f }} cm
    too long. Descent found the best parameter of the form you gave it; it cannot tell you that the
    form is wrong. The residuals can.
"""

# %% tags=["hide-input"]
exercises.centred

# %% tags=["fold"]
straight = exercises.descend_centred(x, y, *first_start, lr, steps)
needed_centred = int(((straight - best).norm(dim=1) < 0.1).nonzero()[0])
assert torch.allclose(straight[0], path[0], atol=1e-4)
assert needed_centred < needed[0]

# %% [markdown]
r"""
??? success "What you find"
    From the first start, {{ needed_centred }} steps come within a tenth instead of {{ needed[0] }}.
    Changing the slope of a line over centred masses does not change its height in the middle of the
    data. The ellipses stand upright: neither parameter has to make up for the other.

## What to remember

- The gradient holds one derivative per parameter, all taken at the same point. Then all parameters
  step together.
- Each step starts at a right angle to the contour: quickly across a valley, slowly along its floor.
- How many steps it takes depends on the shape of the bowl and the direction you come from, more
  than on the distance.
- A cost that looks flat may still have far to go. Use a logarithmic axis, look at the residuals.

Reference: [`line_gradient`][course.linear.slope_and_bias.line_gradient],
[`descend_line`][course.linear.slope_and_bias.descend_line],
[`descend_model`][course.linear.slope_and_bias.descend_model]. The test that proves them is
`tests/linear/test_slope_and_bias.py`. Next: [the exact answer](exact.py).
"""
