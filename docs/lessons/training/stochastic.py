# ---
# title: One row at a time
# description: >-
#   Stochastic gradient descent by hand and with a DataLoader, against batch descent at equal
#   updates, equal samples and equal seconds.
# needs: >-
#   [slope and bias together](../linear/slope_and_bias.py), [when descent
#   converges](../linear/convergence.py) and [one loop for everything](loop.py)
# ---

# %% [markdown]
r"""
**The question.** To take one small step, gradient descent looks at every row. With a million rows that is
a million residuals for a step. Would a single row do?

## The idea

The cost<!-- term --> is a mean over the rows, so its gradient is one too. With $J_i = (\hat y_i - y_i)^2$ for row $i$,

$$
\nabla J = \frac1n \sum_i \nabla J_i .
$$

A mean can be estimated from a sample, and the smallest sample is one row, drawn by chance. **Stochastic
gradient descent** steps against the gradient of one row, then against that of another, and so on, with all
parameters in $\theta$, here slope and bias:

$$
\theta \leftarrow \theta - \text{lr}\, \nabla J_i .
$$

Usually the rows are shuffled, and when all have had their turn, they are shuffled again. Such a pass, an
*epoch*, has $n$ updates. Descent with the gradient of all rows is called **batch descent**; its epoch has
one update.

A step takes an $n$-th of the arithmetic. The price: its direction is right only on average.

## The smallest case, by hand

Two masses, two lengths, and a line that knows nothing. First the gradient of each row, by slope and by
bias:
"""

# %%
import torch

x = torch.tensor([1.0, 2.0])  # kg
y = torch.tensor([11.0, 14.0])  # cm

residuals = 0 * x + 0 - y
gradients = torch.stack([2 * residuals * x, 2 * residuals], dim=1)
mean = gradients.mean(dim=0)
print("of the rows", gradients.tolist())
print("their mean ", mean.tolist())

# %% [markdown]
r"""
The mean is the gradient of the cost that you met in
[slope and bias together](../linear/slope_and_bias.py#the-smallest-case-by-hand). Now read both rows once:
for one step with their mean, or for a step with the second row and then one with the first.
"""


# %%
def cost(w, b):
    return ((w * x + b - y) ** 2).mean().item()


lr = 0.1
w, b = -lr * mean
print(f"one step with both rows: w {w:.2f}, b {b:.2f}, cost {cost(w, b):5.2f} cm²")

w = b = torch.tensor(0.0)
for i in (1, 0):
    residual = w * x[i] + b - y[i]
    w, b = w - lr * 2 * residual * x[i], b - lr * 2 * residual
    print(f"a step with row {i} alone: w {w:.2f}, b {b:.2f}, cost {cost(w, b):5.2f} cm²")

# %% [markdown]
r"""
One reading of the rows pays for two steps instead of one, and the second begins where the first one ended.
That is the whole advantage. What it costs, two rows do not show.

## In code

::: course.training.stochastic.descend_rows

[`descend_rows`][course.training.stochastic.descend_rows] is told which row each step takes;
[`shuffled_rows`][course.training.stochastic.shuffled_rows] draws them, in a new order for each epoch. (With one more
axis<!-- term --> in `rows` it makes many runs at once.) Sixty lengths now, and the gradients of
all rows, by [`row_gradients`][course.training.stochastic.row_gradients], at two places:
at a bad start, and at the exact answer.
"""

# %%
from course.linear.convergence import hessian, predicted_path
from course.linear.exact import solve_least_squares, with_ones
from course.linear.slope_and_bias import descend_line, line_gradient
from course.training.stochastic import descend_rows, row_gradients, shuffled_rows


def seeded(seed):
    return torch.Generator().manual_seed(seed)


n = 60
x = torch.linspace(0.1, 2, n).double()  # mass in kg
y = 3 * x + 8 + 0.5 * torch.randn(n, generator=seeded(0)).double()  # length in cm
columns = with_ones(x)
best = solve_least_squares(columns, y)  # by torch.linalg.lstsq
start = torch.tensor([-10.0, 15.0]).double()

for name, place in {"at the start": start, "at the best ": best}.items():
    gradients = row_gradients(x, y, *place)
    full = torch.stack(line_gradient(x, y, *place))
    print(
        f"{name}: the gradient is {full.norm():5.2f} long, that of a single row between "
        f"{gradients.norm(dim=1).min():.2f} and {gradients.norm(dim=1).max():.2f}"
    )

# %% tags=["claim", "always"]
for place in (start, best):
    full = torch.stack(line_gradient(x, y, *place))
    assert torch.allclose(row_gradients(x, y, *place).mean(dim=0), full, atol=1e-12), (
        "the mean of the gradients of all rows is the gradient of the cost"
    )
assert full.norm() < 1e-9, "at the best line the gradient of the cost is zero"

# %% tags=["claim", "here"]
assert (row_gradients(x, y, *best).norm(dim=1) > 0.01).all(), "that of no single row is"

# %% [markdown]
r"""
At the best line nothing is left to do, and yet no row wants to stand still there. Each one pulls towards itself,
and only the sum of all pulls is zero.

Here are sixty steps of each kind, from the same start and at the same rate. For one row at a time this is an epoch, and
in the last row of pictures batch descent has read as many rows.
"""

# %% alt="Three rows. On the right lie tilted ellipses around the best line. With all rows, a few long steps lead into the valley and many short ones along its floor, close to the centre. With one row at a time, sixty steps of many lengths and directions stagger along the same valley and end as close. With all rows and one step there is a single stroke, far from the centre. On the left the last line is a little too flat in the first two rows; in the third it falls where the points rise."
from course import plotting
from course.linear.cost import cost_surface

batch = descend_line(x, y, *start.tolist(), lr=lr, steps=n)
rows = shuffled_rows(n, epochs=1, generator=seeded(0))
single = descend_rows(x, y, *start.tolist(), lr=lr, rows=rows)

weights, biases = torch.linspace(-13, 14, 82).double(), torch.linspace(0, 20, 61).double()
plotting.paths(
    x,
    y,
    {"all rows, 60 steps": batch, "one row each, 60 steps": single, "all rows, 1 step": batch[:2]},
    {"slope in cm per kg": weights, "bias in cm": biases},
    cost_surface(x, y, weights, biases),
    xlabel="mass in kg",
    ylabel="length in cm",
)

# %% [markdown]
r"""
## The PyTorch way

A `DataLoader` with `batch_size=1` and `shuffle=True` draws the rows, and `optim.SGD` steps. Here the
S, for stochastic, is earned: the optimizer does not ask from how many rows a gradient is. The dataset also holds the number of each row, so that the same rows can be walked by hand.
"""

# %%
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset


def new_layer():
    layer = nn.Linear(1, 1).double()
    nn.utils.vector_to_parameters(start.clone(), layer.parameters())
    return layer


def training_step(layer, optimizer, inputs, targets):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(layer(inputs), targets)
    loss.backward()
    optimizer.step()


def through_loader(epochs):
    dataset = TensorDataset(x.unsqueeze(1), y.unsqueeze(1), torch.arange(n))
    loader = DataLoader(dataset, batch_size=1, shuffle=True, generator=seeded(0))
    layer = new_layer()
    optimizer = optim.SGD(layer.parameters(), lr=lr)
    path, rows = [start], []
    for _ in range(epochs):
        for inputs, targets, number in loader:
            training_step(layer, optimizer, inputs, targets)
            path.append(nn.utils.parameters_to_vector(layer.parameters()).detach())
            rows.append(number)
    return torch.stack(path), torch.cat(rows)


path, drawn = through_loader(epochs=3)
by_hand = descend_rows(x, y, *start.tolist(), lr=lr, rows=drawn)
print(f"{len(drawn)} steps, largest difference {(path - by_hand).abs().max():.0e}")

# %% tags=["claim", "always"]
assert torch.allclose(path, by_hand, atol=1e-10), (
    "`DataLoader` and `optim.SGD` take the steps that we take by hand"
)
assert all(sorted(epoch.tolist()) == list(range(n)) for epoch in drawn.split(n)), (
    "in each epoch the loader draws every row once"
)

# %% [markdown]
r"""
## Right on average

One step is right on average. Is a whole path? Draw the row of each step *independently* of those before. The
gradient of a squared error is linear in slope and bias, so the average of the steps is the step from the average
place. So the mean over ever more such runs must approach the path of batch descent.
"""

# %%
runs = 4000
independent = torch.randint(n, (n, runs), generator=seeded(1))
paths = descend_rows(x, y, *start.tolist(), lr=lr, rows=independent)
mean, standard_error = paths.mean(dim=1), paths.std(dim=1) / runs**0.5

print("step   slope: all rows   mean of 4,000 runs   standard deviation of a run")
for step in (1, 10, 30, 60):
    numbers = batch[step, 0], mean[step, 0], paths[step, :, 0].std()
    print("{:4d}{:18.3f}{:21.3f}{:30.3f}".format(step, *numbers))

# %% tags=["claim", "in-general"]
assert ((mean - batch).abs() <= 5 * standard_error + 1e-9).all(), (
    "at each of 60 steps, the mean of the runs is batch descent's, to within five standard errors"
)

# %% [markdown]
r"""
This also says what chance costs. The cost is a bowl, and in a bowl the mean of the heights lies above
the height of the mean. So **at equal updates and the same rate, independent single rows are on average
never ahead.** They can win only in another currency: rows, as in the picture at the top, or seconds. “Going
deeper” measures both, with the best rate for each, and shows that at one rate single rows never come to rest.

## Going deeper: equal updates, equal samples

A rate that suits one need not suit the other. So each gets its best constant rate from the same grid, and for
every budget anew. For single rows it is the one with the lowest mean cost over the orders of 50 seeds; what
is reported are the orders of 100 *other* seeds, or luck in choosing would count as skill. For batch descent
there is no luck, and [`predicted_path`][course.linear.convergence.predicted_path] gives every step at once.
"""

# %%
from course.training.seeds import mean_interval

rates = torch.logspace(-2.5, -0.25, 10).double()


def above_lowest(lines):
    error = lines - best
    heights = ((error @ hessian(columns)) * error).sum(dim=-1) / 2  # in cm²
    return heights.nan_to_num(torch.inf, torch.inf)  # a nan is two overflows that met


def orders(seeds, epochs):
    return torch.stack([shuffled_rows(n, epochs, seeded(seed)) for seed in seeds], dim=1)


def at_all_rates(seeds):
    """Return the cost above the lowest by step, rate and seed."""
    rows = orders(seeds, epochs=100).unsqueeze(1).expand(-1, len(rates), -1)
    paths = descend_rows(x, y, *start.tolist(), lr=rates.unsqueeze(1), rows=rows)
    return above_lowest(paths)


choosing, reported = at_all_rates(range(50)), at_all_rates(range(50, 150))
chosen = choosing.mean(dim=2).argmin(dim=1)  # the best rate for each number of steps
one_row = reported[torch.arange(len(reported)), chosen]

paths = [predicted_path(columns, best, start, rate, steps=6000) for rate in rates.tolist()]
all_rows = torch.stack([above_lowest(path) for path in paths]).amin(dim=0)


def compare(unit, count, updates):
    mean, margin = mean_interval(one_row[updates])
    print(f"{unit:8}{count:4d}{all_rows[count]:9.2g}{mean:14.2g} ± {margin:.1g}")
    return all_rows[count], mean - margin, mean + margin


print("cost above the lowest, in cm²")
print("equal        all rows   one row at a time")
by_updates = [compare("updates", count, count) for count in (10, 60, 600)]
by_epochs = [compare("epochs", count, n * count) for count in (1, 10, 100)]

# %% [markdown]
r"""
The intervals are for the mean over all orders of these sixty rows. The lower half of the table, for every
number of epochs, that is, for **equal samples**:
"""

# %% alt="Cost above the lowest against the number of epochs, both on log scales. The curve of one row at a time starts low and falls in a nearly straight line. That of all rows starts a hundred times as high and falls little in ten epochs, then bends and plunges, and crosses the other one between fifty and a hundred epochs." lead="One row at a time is far ahead in the first epochs; all rows at once overtake it in the end."
epochs = torch.arange(1, 101)
plotting.functions(
    epochs,
    {"all rows": all_rows[epochs], "one row at a time": one_row.mean(dim=1)[n * epochs]},
    xlabel="epochs: how often each row was read",
    ylabel="cost above the lowest in cm²",
    log=True,
)

# %% tags=["claim", "here"]
assert all(full < low for full, low, _ in by_updates), (
    "at equal updates, all rows are ahead, after 10, 60 and 600"
)
assert all(high < full / 10 for full, _, high in by_epochs[:2]), (
    "at equal samples, one row at a time is ahead after 1 and 10 epochs, by more than ten times"
)
assert by_epochs[2][0] < by_epochs[2][1], "after 100 epochs, all rows are ahead"

# %% [markdown]
r"""
One row at a time is soon near the answer, because its first epoch alone has sixty updates. But the nearer it
comes, the smaller the rate has to be that calms its noise, while the steps of batch descent become shorter by
themselves.
"""

# %% tags=["hide-input"]
from course.practice import Choice, Question

twice_x, twice_y = x.repeat(2), y.repeat(2)
twice_all = descend_line(twice_x, twice_y, *start.tolist(), lr=lr, steps=1)
same_step = torch.allclose(twice_all, batch[:2])
once_rows = orders(range(50), epochs=1)
twice_rows = torch.stack([shuffled_rows(2 * n, 1, seeded(seed)) for seed in range(50)], dim=1)
once_end, twice_end = (
    above_lowest(descend_rows(inputs, targets, *start.tolist(), lr=lr, rows=rows)[-1]).mean()
    for inputs, targets, rows in ((x, y, once_rows), (twice_x, twice_y, twice_rows))
)
nearer = bool(twice_end < once_end / 2)
Question(
    "By mistake, every row is in the file twice. What becomes of the first epoch, at the same rate?",
    Choice(
        "both kinds of descent end where they ended before",
        same_step and not nearer,
        "The mean over all rows is the same. But one row at a time takes twice as many steps.",
    ),
    Choice(
        "all rows: the same end; one row at a time: on average nearer to the best",
        same_step and nearer,
        "Doubled rows do not change a mean, so batch descent does twice the work for the same step. Single "
        f"rows take {2 * n} steps instead of {n}. Much data repeats itself nearly, and this is where "
        "their advantage comes from.",
    ),
    Choice(
        "both end nearer to the best",
        not same_step,
        "The cost is a mean and no sum: with every row twice, it has the same gradient.",
    ),
)

# %% [markdown]
r"""
## Going deeper: equal seconds

Neither steps nor rows are what you wait for. So give both a tenth of a second, with the same loop of PyTorch, on
sixty rows, on sixty thousand and on a million. Batch descent gets the constant rate that is best in theory for
these data, one row at a time a rate that falls, untuned. Five times, each with new data.
"""

# %% tags=["exclusive", "fold", "volatile"]
import itertools
import time

from course.linear.exact import solve_normal_equation


def draw_single(inputs, targets, generator):
    while True:
        for i in torch.randint(len(inputs), (100,), generator=generator).tolist():
            yield inputs[i : i + 1], targets[i : i + 1]


def train_for(seconds, batches, rate, half):
    layer = new_layer()
    optimizer = optim.SGD(layer.parameters(), lr=rate)
    stop = time.perf_counter() + seconds
    for updates, batch in enumerate(batches):
        if time.perf_counter() > stop:
            return updates, nn.utils.parameters_to_vector(layer.parameters()).detach()
        optimizer.param_groups[0]["lr"] = rate / (1 + updates / half)
        training_step(layer, optimizer, *batch)


print("                 updates       cost above the lowest   one row ahead by")
print("     rows   all rows  one row      all rows  one row   … powers of ten")
for count in (60, 60_000, 1_000_000):
    updates, costs = [], []
    for seed in range(5):
        generator = seeded(seed)
        masses = 0.1 + 1.9 * torch.rand(count, 1, generator=generator).double()
        lengths = 3 * masses + 8 + 0.5 * torch.randn(count, 1, generator=generator).double()
        curved = hessian(with_ones(masses))
        answer = solve_normal_equation(with_ones(masses), lengths.squeeze(1))
        best_rate = 2 / float(torch.linalg.eigvalsh(curved)[[0, -1]].sum())
        single = draw_single(masses, lengths, generator)
        ended = [
            train_for(0.1, itertools.repeat((masses, lengths)), best_rate, half=torch.inf),
            train_for(0.1, single, lr, half=60),
        ]
        errors = torch.stack([line - answer for _, line in ended])
        updates.append([number for number, _ in ended])
        costs.append(((errors @ curved) * errors).sum(dim=1) / 2)
    powers = torch.stack(costs).clamp(min=1e-6).log10()  # below that, descent has arrived
    ahead, margin = mean_interval(powers[:, 0] - powers[:, 1])
    counts, typical = torch.tensor(updates).float().mean(dim=0), 10 ** powers.mean(dim=0)
    print(f"{count:9,}{counts[0]:11,.0f}{counts[1]:9,.0f}", end="")
    print(f"{typical[0]:14.0e}{typical[1]:9.0e}{ahead:13.1f} ± {margin:.1f}")

# %% [markdown]
r"""
These times are this machine's. (A cost is the geometric mean of the five, in cm²; one that is below 10⁻⁶ has
arrived, and counts as that. An interval is for the mean over other such data.) What holds elsewhere is this.
With sixty rows both steps take about the same time, because nearly all of it goes into calling PyTorch. Then a step
with all rows goes the better way for the same price. With a million rows it has a million residuals to compute, and
the step with one row is as fast as ever. Whoever wants both takes a few rows for a step, a [mini-batch](minibatches.py).

## Going deeper: it hovers

Stay at one rate, and look at how far the path is from the answer of `lstsq`, over 100 epochs (as the root of
the mean squared distance). Beside two constant rates runs one that falls:

$$
\text{lr}_t = \frac{\text{lr}}{1 + t / \text{half}} .
$$

The rates of [`falling_lr`][course.training.stochastic.falling_lr] add up to any number, given enough steps, so that no
start is too far. Their squares do not, so what the noise adds dies out.
"""

# %% alt="Distance to the exact answer against the epoch, both on log scales. At the rate 0.1 the curve falls for about five epochs and then is level. At 0.01 it falls later and becomes level several times lower. The curve of the falling rate falls in a nearly straight line to the end, where it is several times below the second one."
from course.training.stochastic import falling_lr

epochs, seeds = 100, range(100)
rows = orders(seeds, epochs)
falling = falling_lr(lr, steps=len(rows), half=60)
settings = {"rate 0.1": 0.1, "rate 0.01": 0.01, "falling from 0.1": falling.unsqueeze(1)}
away, ends = {}, {}
for name, rate in settings.items():
    path = descend_rows(x, y, *start.tolist(), lr=rate, rows=rows)
    squares = (path[1:] - best).square().sum(dim=2).reshape(epochs, n, len(seeds))
    away[name] = squares.mean(dim=(1, 2)).sqrt()
    ends[name] = squares[-20:].mean(dim=(0, 1)).sqrt()
    mean, margin = mean_interval(ends[name])
    print(f"{name:17} distance in the last 20 epochs {mean:.2g} ± {margin:.1g}")

hasty = falling_lr(lr, steps=len(rows), half=2).unsqueeze(1)
stuck = descend_rows(x, y, *start.tolist(), lr=hasty, rows=rows)[-1]
far = (stuck - best).square().sum(dim=1).mean().sqrt()

plotting.functions(
    torch.arange(1, epochs + 1), away, xlabel="epoch", ylabel="distance to the best", log=True
)

# %% tags=["claim", "here"]
assert (ends["rate 0.1"] > 0.1).all(), (
    "at the rate 0.1, each of 100 runs is still more than a tenth away in the last 20 epochs"
)
assert (ends["rate 0.01"] < ends["rate 0.1"] / 3).all(), (
    "at a tenth of the rate, each is less than a third as far away"
)
assert ((path[-1] - best).norm(dim=1) < 0.03).all(), (
    "with the falling rate, after 100 epochs all 100 runs are within 0.03 of the answer of `lstsq`"
)
assert far > 1, "with one that halves after 2 steps they are more than 1 away (root mean square)"

# %% tags=["claim", "always"]
optimizer = optim.SGD(new_layer().parameters(), lr=lr)
scheduler = optim.lr_scheduler.LambdaLR(optimizer, lambda step: 60 / (60 + step))
rates_of_torch = []
for _ in range(100):
    rates_of_torch.append(scheduler.get_last_lr()[0])
    optimizer.step()
    scheduler.step()
assert torch.allclose(falling[:100], torch.tensor(rates_of_torch).double(), atol=1e-12), (
    "`optim.lr_scheduler.LambdaLR` with the same rule gives the same rates"
)

# %% [markdown]
r"""
With a constant rate the path comes near, and then hovers: at the best line the rows still pull, each step
gives in to one of them, and how far depends on the rate. A rate that falls like one over the step
**arrives** (Robbins and Monro, 1951). How soon depends on $\text{half}$: if the rate halves after 2 steps and not
after 60, the same runs are still {{ far:.1f }} away in the end.
Other rules stand in [schedules](schedules.py).

## What goes wrong: the rate of the batch

[The patients](loop.py#numbers-how-far-a-disease-went-on) again (Efron et al., 2004), standardised. For batch descent,
four fifths of the [border](../linear/convergence.py), the rate from which on it diverges, is a good rate. Take it for
single rows.
"""

# %% tags=["raises-exception"] cause="Most single rows are more curved than all rows together, and some much more, so they need a smaller learning rate."
from sklearn.datasets import load_diabetes

from course.linear.convergence import largest_lr
from course.training.batches import Batches
from course.training.loop import fit

measurements, progress = (
    torch.tensor(part) for part in load_diabetes(return_X_y=True, scaled=False)
)
scaled = (measurements - measurements.mean(dim=0)) / measurements.std(dim=0)
patients = TensorDataset(scaled.float(), progress.float())
border = largest_lr(with_ones(scaled))


def trained(rate, batch_size, epochs):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(10, 1), nn.Flatten(0))
    batches = Batches(patients, batch_size, shuffle=True)
    return fit(model, batches, nn.MSELoss(), optim.SGD(model.parameters(), rate), epochs).training


with_all_rows = trained(0.8 * border, batch_size=442, epochs=100)
print(f"all rows: the loss ends at {with_all_rows[-1]:,.0f}")
trained(0.8 * border, batch_size=1, epochs=5)

# %% [markdown]
r"""
The border belongs to the cost of *all* rows, a mean. One row has all its curvature in one direction, and the mean
spreads it over many. So nearly every patient alone is more curved than all of them together, and one with unusual
measurements much more so. At a rate below the border of every single row, no step makes the residual of its own row
larger.
"""

# %%
features = with_ones(scaled)
borders = torch.tensor([largest_lr(features[i : i + 1]) for i in range(len(features))])
print(f"border of all rows {border:.3f}; of single rows from {borders.min():.3f}")
print(f"{(borders < 0.8 * border).sum()} of {len(borders)} rows have theirs below the rate above")

repaired = trained(0.5 * borders.min().item(), batch_size=1, epochs=5)
lowest = (features @ solve_least_squares(features, progress) - progress).square().mean()
print(f"loss in epoch 1 {repaired[0]:,.0f}, in epoch 5 {repaired[-1]:,.0f}; lowest {lowest:,.0f}")

# %% tags=["claim", "here"]
assert borders.min() < border / 10, "the steepest row's border is below a tenth of that of all rows"
assert (borders < 0.8 * border).sum() > len(borders) / 2, (
    "and most rows have theirs below the rate that suited all of them together"
)
assert repaired[-1] < 1.25 * lowest, "at half of it, the loss of epoch 5 is near the lowest"

# %% [markdown]
r"""
**The repair** is a smaller rate; **the symptom**, a loss that explodes or jumps as soon as batches get
smaller, at a rate that always worked.

## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.training.exercises import stochastic as exercises

exercises.row_by_row

# %% tags=["hide-input"]
exercises.epoch_rows

# %% tags=["hide-input"]
exercises.tail

# %% tags=["fold"]
from course.training.exercises import stochastic as exercises

hovering = descend_rows(x, y, *start.tolist(), lr=0.1, rows=rows[: 20 * n])
middles = torch.stack([exercises.tail_mean(run) for run in hovering.unbind(dim=1)])
last_away, middle_away = (
    (place - best).square().sum(dim=1).mean().sqrt() for place in (hovering[-1], middles)
)
assert middle_away < last_away / 4

# %% [markdown]
r"""
??? success "What you find"
    At the constant rate 0.1 <!-- number: the rate of the text --> the last points of {{ len(seeds) }} runs of
    20 epochs are {{ last_away:.2f }} from the best (root mean square), and the means of their second halves
    {{ middle_away:.3f }}. What hovers around a place says where it is (Polyak and Juditsky, 1992).

## What to remember

- The gradient of one row, drawn by chance, is the gradient of the cost on average, and a cheap guess.
- At equal updates, all rows win. At equal samples, one row at a time is far ahead at first. At equal
  seconds it depends on how many rows there are. Say which one you hold equal.
- One run with single rows is one draw: show several seeds. At a constant rate, it hovers around the answer.
- A rate that suits all rows together may be far too large for a single one.

Reference: [`row_gradients`][course.training.stochastic.row_gradients],
[`shuffled_rows`][course.training.stochastic.shuffled_rows],
[`descend_rows`][course.training.stochastic.descend_rows],
[`falling_lr`][course.training.stochastic.falling_lr], [`paths`][course.plotting.drawings.paths.paths]. The test that proves
the first four is `tests/training/test_stochastic.py`. Next:
[how many rows for a step](minibatches.py).
"""
