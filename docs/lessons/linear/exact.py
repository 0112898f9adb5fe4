# ---
# title: The exact answer
# description: >-
#   The best line by the normal equation and by least squares, and how near to it descent comes.
# needs: >-
#   [cost](cost.py) and [slope and bias together](slope_and_bias.py)
# ---

# %% [markdown]
r"""
**The question.** Descent needs a start, a learning rate and patience, and then you do not know how near it came. Is there a
formula for the best line, and if so, why would anybody still descend?

## The idea

At the lowest point of the cost<!-- term -->, no small change of a parameter lowers it: all derivatives are zero. For
most other models that is a condition that you can only check. For a line it is an equation that you can
solve; and its cost is a bowl, level nowhere but at the bottom, so what solves the equation is lowest.

First write the model as one product. Put the numbers that each parameter is multiplied by into a *column*: the inputs for
the slope, ones for the bias. The columns side by side are a table $A$, and the parameters below each other are $\theta$:

$$
A = \begin{pmatrix} x_0 & 1 \\ x_1 & 1 \\ \vdots & \vdots \end{pmatrix} ,
\qquad
\theta = \begin{pmatrix} w \\ b \end{pmatrix} ,
\qquad
\hat y = A\theta .
$$

The derivatives by [slope and bias](slope_and_bias.py#the-idea) were twice the mean of residual times input, and twice the
mean of residual times one. Each time the residuals meet a column of $A$. The columns of $A$ are the rows of $A^\top$, so both
derivatives are one product,

$$
\frac2n A^\top (A\theta - y) .
$$

They are zero if every column is *orthogonal* to the residuals: the dot product of the two is zero. A column that is not could
still explain some of what is missed. Sorted, that is the **normal equation**

$$
A^\top A\, \theta = A^\top y ,
$$

one row for each parameter, however many measurements there are.

## The smallest case, by hand

Two measurements, as before. Two parameters can meet both exactly.
"""

# %%
import torch

x = torch.tensor([1.0, 2.0])  # kg
y = torch.tensor([11.0, 14.0])  # cm

columns = torch.stack([x, torch.ones(2)], dim=1)
print(columns.T @ columns)
print(columns.T @ y)

# %% [markdown]
r"""
So $5w + 3b = 39$ and $3w + 2b = 25$. Twice the first minus three times the second leaves $w = 3$, and then
$b = 8$. That is the line through both points: 3 cm for each kg, from a length of 8 cm.

## The answer as a function

::: course.linear.exact.solve_normal_equation

[`with_ones`][course.linear.exact.with_ones] makes the columns, and
[`solve_normal_equation`][course.linear.exact.solve_normal_equation] writes the equation down and lets
torch solve it. Now the twenty lengths on which the lessons before this one spent hundreds of steps:
"""

# %%
from course.linear.exact import solve_least_squares, solve_normal_equation, with_ones

generator = torch.Generator().manual_seed(0)
x = torch.linspace(0.1, 2, 20)  # mass in kg
y = 3 * x + 8 + 0.5 * torch.randn(len(x), generator=generator)  # length in cm

best = solve_normal_equation(with_ones(x), y)
residuals = with_ones(x) @ best - y
print(f"slope {best[0]:.4f}, bias {best[1]:.4f}")
print(f"residuals · inputs {residuals @ x:.6f}, residuals · ones {residuals.sum():.6f}")

# %% tags=["claim", "always"]
from sklearn.linear_model import LinearRegression

model = LinearRegression().fit(x.unsqueeze(1).numpy(), y.numpy())
assert torch.allclose(best, torch.tensor([model.coef_[0], model.intercept_]), atol=1e-4), (
    "scikit-learn's LinearRegression finds the same line"
)
assert (with_ones(x).T @ residuals).abs().max() < 1e-3, (
    "the residuals are orthogonal to both columns"
)

# %% [markdown]
r"""
No start, no learning rate, no steps. The last two numbers prove that no line is better: both are zero, up to
rounding, so both columns are orthogonal to the residuals.

## How near does descent come?

Descent on the same data, from a bad start, with numbers of two types. `float32` keeps about seven
digits, `float64` about sixteen. After each step, how far are slope and bias from the exact answer? (It
comes from `solve_least_squares` here, which the PyTorch way below explains.)
"""

# %%
from course.linear.slope_and_bias import descend_line

exact = solve_least_squares(with_ones(x.double()), y.double())
steps = 1500
gaps = {}
for dtype in (torch.float32, torch.float64):
    path = descend_line(x.to(dtype), y.to(dtype), weight=-10, bias=15, lr=0.1, steps=steps)
    gaps[str(dtype).removeprefix("torch.")] = (path.double() - exact).norm(dim=1)

print("step      float32   float64")
for step in (0, 100, 300, 500, 1000, 1500):
    print(f"{step:4d}   {gaps['float32'][step]:10.1e}{gaps['float64'][step]:10.1e}")

# %% alt="The distance to the exact answer on a log scale, against the step. Both curves fall together along one straight line. The curve of float32 turns level at about one hundred-thousandth, before step 500, and stays there. That of float64 goes on straight down to about ten to the power of minus fourteen, just before step 1,200, and is level from there." lead="How close descent comes to the exact answer: 32 bits end sooner than 64."
from course import plotting

plotting.curves(
    {name: gap.clamp(min=1e-16) for name, gap in gaps.items()},
    xlabel="step",
    ylabel="distance to the exact answer",
    log=True,
)

# %% tags=["claim", "here"]
assert gaps["float32"][-1] < 1e-4, "in float32, descent ends within 0.0001 of the exact answer"
assert gaps["float64"][-1] < 1e-10, "in float64 within 0.0000000001"
ratios = gaps["float64"][101:501] / gaps["float64"][100:500]
assert torch.allclose(ratios, ratios.mean(), atol=1e-3), (
    "from step 100 to 500, every step leaves the same part of the distance"
)

# %% [markdown]
r"""
Each step leaves {{ 100 * ratios.mean():.1f }} % of the distance, so the curves are straight. They end where steps are
smaller than what the type of number can tell apart. A step is only a part of the distance that is left,
so it is lost in rounding while the distance is still many times what rounding can change: descent stops
there, short of the precision of the numbers.

Then why descend? Because the equation exists for this one kind of model and cost. In a network
the derivatives are no longer linear in the parameters, and nobody can solve for
them. And the table $A^\top A$ has a row and a column for *each* parameter: with a million of them it
does not fit into memory, while a step of descent needs only the derivatives.

## The PyTorch way

`torch.linalg.lstsq` works on $A$ itself and does not square it first, which keeps more digits. It takes
targets as columns, one for each model.
"""

# %%
solution = torch.linalg.lstsq(with_ones(x), y.unsqueeze(1)).solution
print(solution.T)
print(solve_least_squares(with_ones(x), y))

# %% [markdown]
r"""
[`solve_least_squares`][course.linear.exact.solve_least_squares] is the same with a check of what
`lstsq` found. What goes wrong without it comes next.

## What goes wrong: calendar years

The same kind of data, but the input is a year: a level in metres, measured each year from 1991 to 2020,
that rises by 3 cm a year.
"""

# %%
years = torch.arange(1991.0, 2021.0)
level = 8 + 0.03 * (years - 1991) + 0.15 * torch.randn(30, generator=generator)

answer = torch.linalg.lstsq(with_ones(years), level.unsqueeze(1))
slope, bias = answer.solution.squeeze(1)
print(f"slope {slope:.4f} m a year, bias {bias:.6f} m, rank {answer.rank}")

# %% alt="Thirty measured levels that rise from 8 to 9 metres over the years. The line of lstsq is nearly level and crosses them in the middle: it lies above the first ones and below the last. The line of the centred years runs through them from end to end." symptom="The solver is exact, and the residuals have a trend in them" cause="The inputs lie far from 0, and `float32` cannot tell their column from a column of ones: centre them."
centred = years - years.mean()
right = solve_least_squares(with_ones(centred), level)
lines = {
    "lstsq, float32": (years, slope * years + bias),
    "centred first": (years, with_ones(centred) @ right),
}
plotting.fits(years, level, lines, xlabel="year", ylabel="level in m")

# %% [markdown]
r"""
No error, no warning, and a wrong line. Why? From 1991 to 2020 the years are "about 2,000", nearly a multiple of the column of
ones. What the slope adds, the bias can take away, and only the last digits tell the two columns apart. How far
a table stretches in its longest direction, compared with its shortest, is its *condition number*, here {{ torch.linalg.cond(with_ones(years)):,.0f }} times;
`lstsq` takes for zero what is smaller than the longest by the rounding of `float32` times the number of
rows, here 1 in {{ 1 / (torch.finfo(torch.float32).eps * len(years)):,.0f}}. So it takes both columns for
one and mentions it only in `rank`, the number of columns that it could tell apart, which is
{{ answer.rank }} and should be 2. (So it is on the CPU. On a GPU `lstsq` takes for granted that the rank is
full, and mentions nothing.) [`solve_least_squares`][course.linear.exact.solve_least_squares] looks at the rank, and stops:
"""

# %% tags=["raises-exception"] cause="Seen from far away the inputs are nearly a multiple of the column of ones: subtract their mean."
solve_least_squares(with_ones(years), level)

# %% [markdown]
r"""
**The repair** is to centre: subtract the mean of the inputs. The slope stays what it is, and the bias becomes
the level in the middle of the years. The condition number of the centred columns is
{{ torch.linalg.cond(with_ones(centred)):.1f }}.
**The symptom:** residuals with a trend in them, though the solver is "exact".
"""

# %%
in_double = solve_least_squares(with_ones(years.double()), level.double())
print(f"centred, float32: {right[0]:.4f} m a year")
print(f"as they are, float64: {in_double[0]:.4f} m a year")

# %% tags=["claim", "here"]
assert answer.rank == 1, "in float32, `lstsq` takes years and ones for one column"
assert slope < 0.5 * right[0], "its slope is less than half of the right one"
assert torch.isclose(right[0].double(), in_double[0], atol=1e-5), (
    "centred, float32 finds the slope that float64 finds"
)
assert torch.linalg.cond(with_ones(centred)) < 10, "centred, the condition number is below 10"

# %% tags=["hide-input"]
from course.practice import Choice, Question

plain, shifted = with_ones(years.double()), with_ones(centred.double())
at_plain = solve_least_squares(plain, level.double())
at_shifted = solve_least_squares(shifted, level.double())
same_predictions = torch.allclose(plain @ at_plain, shifted @ at_shifted)
same_slope = torch.allclose(at_plain[0], at_shifted[0])
same_bias = torch.allclose(at_plain[1], at_shifted[1])
Question(
    "In float64 both ways work. What differs between the line on the years and the line on the centred "
    "years?",
    Choice(
        "the predictions, slightly",
        not same_predictions,
        "Both are the best line through the same points, and there is one best line.",
    ),
    Choice(
        "the slope",
        not same_slope,
        "A year is as long as before: only the place where counting starts has moved.",
    ),
    Choice(
        "the bias",
        same_predictions and same_slope and not same_bias,
        f"It is the prediction where the input is 0: in the year 0, {at_plain[1]:.0f} m, which means "
        f"nothing, or in the middle of the data, {at_shifted[1]:.2f} m.",
    ),
)

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.linear.exercises import exact as exercises

exercises.some_inputs

# %% tags=["hide-input"]
exercises.all_slopes

# %% tags=["hide-input"]
exercises.curve

# %% tags=["fold"]
from course.linear.exercises import exact as exercises

bent = exercises.parabola(x, y)
bent_cost = ((bent[0] * x**2 + bent[1] * x + bent[2] - y) ** 2).mean()
line_cost = (residuals**2).mean()
assert bent_cost < line_cost

# %% [markdown]
r"""
??? success "What you find"
    On the twenty lengths the coefficient of $x^2$ is {{ bent[0]:.3f }}, and the cost falls from
    {{ line_cost:.4f }} to {{ bent_cost:.4f }} cm². It cannot rise: a line is the parabola whose first
    coefficient is 0. That the spring is bent does not follow. With a further column the
    cost practically always falls a little, even if its numbers are random.

## What to remember

- Where the cost of a linear model is lowest, the residuals are orthogonal to every column. The normal
  equation says so, and its solution is the exact answer.
- Descent comes near to it until its steps are lost in rounding, and then stays where it is.
- Use `lstsq` to solve, look at the rank, and centre the inputs first.
- The equation exists for models that are linear in their parameters. Descent works for the others, too.

Reference: [`with_ones`][course.linear.exact.with_ones],
[`solve_normal_equation`][course.linear.exact.solve_normal_equation],
[`solve_least_squares`][course.linear.exact.solve_least_squares],
[`descend_line`][course.linear.slope_and_bias.descend_line], [`curves`][course.plotting.drawings.curves.curves]. The test
that proves the first three is `tests/linear/test_exact.py`. Next: [when does it converge?](convergence.py)
"""
