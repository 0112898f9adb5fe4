# ---
# title: Derivatives
# description: >-
#   The derivative of a function of one number: by hand, by autograd, and from two of its values, and
#   what PyTorch keeps to find it.
# needs: >-
#   [vectors](../tensors/vectors.py), and from school the derivatives of powers, of $\sin x$ and
#   $e^x$, and the chain rule
# ---

# %% [markdown]
r"""
**The question.** To train is to ask, for each number of a model: if I turn it up a little, how fast does
the error rise or fall? That rate is a derivative. How can PyTorch know it without turning anything?
"""

# %% [markdown]
r"""
## The idea

The *derivative* of a function $f$ at $x$ is the slope of its curve there. Go a small step $h$ to the
right, divide the rise by the step, and let the step become smaller and smaller:

$$
f'(x) = \frac{dy}{dx} = \lim_{h \to 0} \frac{f(x + h) - f(x)}{h} ,
\qquad y = f(x) .
$$

There are three ways to it. **By hand**, with the rules from school. **By differences**: take a step
that is small but not zero, and be content with nearly. **By autograd**, the part of PyTorch that notes
each operation while you compute. Every operation knows its own derivative, and the chain rule says
that the derivative of operations in a row is the product of theirs. So autograd goes back along its
notes and multiplies. Its full name is reverse-mode
automatic differentiation (Baydin et al., 2018). The three must agree, and this page holds them to it.
"""

# %% [markdown]
r"""
## The smallest case, by hand

Take $y = x^2$ at $x = 3$. From 3 to $3 + h$ it rises by $(3 + h)^2 - 3^2 = 6h + h^2$. Divided by $h$
that is $6 + h$, and what is left as $h$ goes to 0 is 6, as the rule $2x$ says. Now autograd:
"""

# %%
import math

import torch

x = torch.tensor(3.0, requires_grad=True)
y = x**2
y.backward()
print(f"{x.grad = }")

# %% tags=["claim", "always"]
assert x.grad == 2 * 3, "autograd says 6"

# %% [markdown]
r"""
Three steps, and you will see them in every program that trains: say of which tensor you want the
derivative, with `requires_grad`; compute; call `backward` on the result. The derivative is then in
`grad`, at the tensor where you asked for it.
"""

# %% [markdown]
r"""
## What PyTorch keeps

Each tensor carries four attributes for this, and
[`bookkeeping`][course.autograd.derivatives.bookkeeping] puts them in a line.
"""

# %%
from course.autograd.derivatives import bookkeeping

x = torch.tensor(3.0, requires_grad=True)
g = 2 * x - 1
y = g**3
y.backward()
print("x:", bookkeeping(x))
print("g:", bookkeeping(g))
print("y:", bookkeeping(y))

# %% [markdown]
r"""
- `requires_grad` says whether operations on the tensor are recorded. Only `x` was told so; `g` and `y`
  inherit it.
- `grad_fn` is the record: the last operation that made the tensor, which knows the ones before it. `x`
  was not made by any, so it has none.
- `is_leaf` says that the record ends here. Like a tree, the computation has leaves, and they are where
  you began.
- `grad` is kept for leaves alone. The way back passed through `g`, but a result keeps no
  gradient unless you ask for it, with `retain_grad`.

By hand, with the chain rule: $\frac{dy}{dx} = \frac{dy}{dg} \cdot \frac{dg}{dx} = 3g^2 \cdot 2$, which is
{{ 3 * g.item() ** 2 * 2:.0f }} for $g$ = {{ g.item():.0f }}.
"""

# %% tags=["claim", "always"]
assert x.grad == 3 * g**2 * 2, "autograd says what the chain rule says"
assert torch.tensor(3.0).is_leaf, "a tensor that nobody asks about is a leaf as well"

# %% tags=["hide-input"]
from course.practice import Choice, Question

scaled = 0.1 * torch.ones((), requires_grad=True)
told = (0.1 * torch.ones(())).requires_grad_()
keeps = []
for weight in (scaled, told):
    (weight**2).backward()
    keeps.append(weight.is_leaf and weight.grad is not None)
Question(
    "You want a weight that starts at 0.1 and gets a `grad`. Which line makes it: "
    "A, `0.1 * torch.ones((), requires_grad=True)`, or B, `(0.1 * torch.ones(())).requires_grad_()`?",
    Choice(
        "Both",
        keeps == [True, True],
        "Both require a gradient, and both have the value 0.1. But one of them is a result.",
    ),
    Choice(
        "Only A",
        keeps == [True, False],
        f"Here A is a result, of a product: its `grad_fn` is `{scaled.grad_fn.name()}`. The leaf is "
        "the tensor of ones, which has no name.",
    ),
    Choice(
        "Only B",
        keeps == [False, True],
        "In B the product comes first, unrecorded, and then the question. In A the leaf is the "
        "tensor of ones, which has no name, and the weight is a result without a `grad`. Moving a "
        "leaf to another device or type makes a result in the same way.",
    ),
)

# %% [markdown]
r"""
## The derivative as a function

With the same steps you get the derivative of any function of one number.

::: course.autograd.derivatives.derivative

The leaf is a copy, so the point that you hand in stays as it is; `inputs=[x]` keeps `backward` from
leaving gradients anywhere else. To see that the numbers are slopes, draw through some points of a
curve the lines whose slopes [`derivative`][course.autograd.derivatives.derivative] gives.
"""

# %% alt="A curve that climbs to a hilltop on the left, falls through the origin, reaches a valley on the right, and climbs again. At four points a short straight line lies along the curve: one rises steeply at the left end, one falls at the origin, one lies flat in the valley, one rises at the right." lead="The derivative at a point is the slope of the straight line that lies along the curve there."
from course import plotting
from course.autograd.derivatives import derivative


def hill_and_valley(x):
    return x**3 / 3 - x


curve = torch.linspace(-2.2, 2.2, 111)
slopes = {at: derivative(hill_and_valley, torch.tensor(at)) for at in (-1.8, 0.0, 1.0, 1.6)}
touching = {
    f"slope {slope.item():.2f}".replace("-", "−"): (at, hill_and_valley(at), slope)
    for at, slope in slopes.items()
}
plotting.tangents(curve, hill_and_valley(curve), touching)

# %% tags=["claim", "always"]
assert all(torch.isclose(slope, torch.tensor(at**2 - 1)) for at, slope in slopes.items()), (
    "by hand the slope is x² − 1, and so it is by autograd at each of the four points"
)

# %% [markdown]
r"""
## Without any rule: the central difference

Suppose you trust neither your rules nor your program. A function can also be tried. Going one step to
each side treats both sides alike, and that makes it far better than one step to the right:

$$
f'(x) \approx \frac{f(x + h) - f(x - h)}{2h} .
$$

::: course.autograd.derivatives.central_difference

`_values` calls the function, and refuses a result of another shape<!-- term --> than the points have. The division
uses the distance between the two points as they came out: $x + h$ is rounded like any
number, and what is rounded away would count as an error of the slope. Now all three ways, for three
functions at $x = 0.7$, with a step of one in a hundred thousand. The type is `float64`, because
[subtracting loses digits](#going-deeper-how-small-should-the-step-be).
"""

# %%
from course.autograd.derivatives import central_difference

functions = {  # each with its derivative by hand
    "x²": (torch.square, lambda x: 2 * x),
    "sin x": (torch.sin, torch.cos),
    "x sin x": (lambda x: x * x.sin(), lambda x: x.sin() + x * x.cos()),
}

at = torch.tensor(0.7, dtype=torch.float64)
ways = torch.tensor(
    [
        [by_hand(at), derivative(function, at), central_difference(function, at, step=1e-5)]
        for function, by_hand in functions.values()
    ]
)
print("             by hand       autograd      difference")
for name, row in zip(functions, ways.tolist(), strict=True):
    print(f"{name:10}", *(f"{value:13.9f}" for value in row))

# %% tags=["claim", "always"]
assert torch.allclose(ways[:, 0], ways[:, 1], rtol=1e-12, atol=0), (
    "by hand and by autograd are the same, up to rounding"
)

# %% tags=["claim", "here"]
assert torch.allclose(ways[:, 0], ways[:, 2], rtol=1e-8, atol=0), (
    "the central difference is the same up to one part in a hundred million"
)

# %% [markdown]
r"""
## Not recording

Recording takes memory: what the way back will need is kept until then. Where no derivative is wanted,
leave it out. Inside `torch.no_grad()` nothing is recorded; `detach()` gives one tensor without its
history. The detached tensor is no copy: it shares its memory with the other.
"""

# %%
x = torch.tensor(3.0, requires_grad=True)
with torch.no_grad():
    unrecorded = x**2
detached = (x**2).detach()
print("no_grad:", bookkeeping(unrecorded))
print("detach: ", bookkeeping(detached))

# %% tags=["claim", "always"]
assert x.detach().data_ptr() == x.data_ptr(), "`detach` shares the memory"
assert not unrecorded.requires_grad, "what is computed inside `no_grad` requires no gradient"
assert not detached.requires_grad, "nor does what is detached"

# %% tags=["hide-input"]
x = torch.tensor(3.0, requires_grad=True)
(x * x.detach()).backward()
half_cut = x.grad.item()
Question(
    "At $x = 3$, what does autograd say for `x * x.detach()`?",
    Choice(
        "6, because it is still $x^2$",
        half_cut == 6,
        "The value is $x^2$. But one of the two factors came without its history, so for autograd it "
        "is a constant.",
    ),
    Choice(
        "3, because one factor counts as a constant",
        half_cut == 3,
        f"It says {half_cut:.0f}, as for $c\\,x$ with $c = 3$. No error, no warning, and half the "
        "derivative.",
    ),
    Choice(
        "An error, because the history is cut",
        half_cut not in (3, 6),
        "It is cut on one of two ways only. `backward` takes the other, and never knows.",
    ),
)

# %% [markdown]
r"""
## What goes wrong: writing to a leaf

You have the derivative and want to go a little downhill, as training does:
"""

# %% tags=["raises-exception"] cause="The step would be recorded, and a leaf that keeps a gradient would become a result: take it inside `torch.no_grad()`."
x = torch.tensor(3.0, requires_grad=True)
(x**2).backward()
x -= 0.1 * x.grad

# %% [markdown]
r"""
Recorded, this step would make a result of `x`, and the leaf that keeps the gradient would be gone.
**The repair** is to say that the step belongs to no record:
"""

# %%
with torch.no_grad():
    x -= 0.1 * x.grad
print(f"{x = }")

# %% [markdown]
r"""
This mistake stops the program. To cut one of two ways, as in the question above, does not: the number
that comes out looks like any other. **The symptom** is a model that trains, but badly. A check finds it.
[`derivative_gap`][course.autograd.derivatives.derivative_gap] says how far autograd and the central
difference are apart, as a part of the larger one. With half of the derivative missing, that is a half:
"""

# %% symptom="The model trains, but badly, and its gradient is not that of central differences" cause="One of the ways from the parameter to the loss is cut, by `detach`, `item()` or `no_grad`, and its part of the gradient is missing."
from course.autograd.derivatives import derivative_gap

cut = derivative_gap(lambda x: x * x.detach(), at)
print(f"gap of x * x.detach(): {cut.item():.3f}")
print(f"gap of x * x:          {derivative_gap(lambda x: x * x, at).item():.1e}")

# %% tags=["claim", "always"]
assert abs(x.item() - 2.4) < 1e-6, "inside `no_grad` the step is taken: from 3 to 2.4"
assert abs(cut - 0.5) < 1e-6, "at 0.7, where one of two ways is cut, the gap is a half"

# %% [markdown]
r"""
## Going deeper: how small should the step be?

The limit says: as small as possible. Try it, on $e^x$ at 1, where the derivative is $e$. Both axes are
logarithmic: each power of ten further down is one more right digit.
"""

# %% alt="Error against step, both on logarithmic axes: one curve shaped like a V. From the right, the error falls in a straight line as the step shrinks. It reaches a lowest point at a step of some millionths, and to the left of it climbs again in a jagged line."
from course.autograd.derivatives import forward_difference


def error(difference, step, dtype):
    try:
        slope = difference(torch.exp, torch.tensor(1.0, dtype=dtype), step)
    except ValueError:  # the step is lost in rounding
        return math.nan
    return abs(slope.item() - math.e)


steps = torch.logspace(-12, -0.5, 93, dtype=torch.float64)
errors = {
    name: torch.tensor([error(difference, step, dtype) for step in steps.tolist()])
    for name, difference, dtype in (
        ("central, float64", central_difference, torch.float64),
        ("forward, float64", forward_difference, torch.float64),
        ("central, float32", central_difference, torch.float32),
    )
}
shown = {name: errors[name] for name in ("central, float64",)}
plotting.functions(steps, shown, xlabel="step", ylabel="error of the derivative", log=True)

# %% tags=["claim", "here"]
best = {name: steps[values.nan_to_num(1).argmin()].item() for name, values in errors.items()}
lowest = {name: values.nan_to_num(1).min().item() for name, values in errors.items()}
coarse, fine = (error(central_difference, step, torch.float64) for step in (1e-2, 1e-3))
assert 95 < coarse / fine < 105, (
    "with a tenth of the step, 1e-3 instead of 1e-2, the central difference has a hundredth of the error"
)
assert 1e-7 < best["central, float64"] < 1e-3, (
    "in float64 its best step is far from the smallest: between 1e-7 and 1e-3"
)
assert errors["central, float64"][0] > 1e4 * lowest["central, float64"], (
    "the smallest step of all is more than 10,000 times worse than the best"
)
assert 1e3 * lowest["central, float64"] < lowest["central, float32"], (
    "in float32 the best is more than a thousand times worse than in float64"
)

# %% [markdown]
r"""
Two errors work against each other. On the right, the step is too long for the curve: the error falls
with $h^2$, because the curve bends away on both sides alike and most of that cancels. (With
[`forward_difference`][course.autograd.derivatives.forward_difference], one step to the right alone, it
falls with $h$.) On the left, rounding takes over: $f(x + h)$ and $f(x - h)$
agree in nearly all their digits, only the last ones are left when you subtract, and the division by a
tiny $2h$ makes their rounding large. Press et al. (2007) work out the best step. So a difference is
nearly always a little wrong, and in `float32`, torch's usual type, it is poor. Autograd takes no step; its
error is that of rounding a few products.

For a check, then, compute in `float64`, with a step near the bottom of its V:

::: course.autograd.derivatives.derivative_gap

[`derivative_gap`][course.autograd.derivatives.derivative_gap] holds autograd to the function itself, and
needs no derivative by hand. One that you wrote you can hold to the difference in the same way.
"""

# %%
from course.autograd.derivatives import derivative_gap

gaps = {name: derivative_gap(function, at).item() for name, (function, _) in functions.items()}
print(f"largest gap of the three functions: {max(gaps.values()):.1e}")

# %% tags=["claim", "always"]
assert max(gaps.values()) < 1e-8, (
    "for the three functions the gap is below 1e-8, what the difference itself is off by"
)

# %% [markdown]
r"""
## Going deeper: other ways to ask

`torch.autograd.grad` hands the derivative over instead of leaving it in `grad`; `torch.func.grad` turns a
function into its derivative; and `torch.autograd.gradcheck` is the check with differences, for functions
of many numbers.
"""

# %%
x = at.clone().requires_grad_()
(slope,) = torch.autograd.grad(torch.sin(x), x)
print(f"{slope.item() = :.9f}")
print(f"{torch.func.grad(torch.sin)(at).item() = :.9f}")
print(f"{torch.autograd.gradcheck(torch.sin, x) = }")

# %% tags=["claim", "always"]
assert slope == torch.func.grad(torch.sin)(at) == derivative(torch.sin, at), (
    "`torch.autograd.grad`, `torch.func.grad` and `derivative` give the same number"
)
assert all(torch.autograd.gradcheck(function, x) for function, _ in functions.values()), (
    "`gradcheck` accepts all three functions"
)

# %% [markdown]
r"""
## Going deeper: three more messages

You will meet these too: from a tensor of whole numbers, from a result that nobody asked
about, and from going back twice, when what the way back needs has been freed.
"""

# %% cause=["Whole numbers have no derivative: make the tensor of floats.", "Nothing on the way to the result asked for a gradient, or `detach` or `no_grad` has cut the record: set `requires_grad=True` before the computation.", "The first `backward` has freed what the way back needs: compute the result anew before each `backward`."]
y = x**2
y.backward()
mistakes = {
    "whole numbers": lambda: torch.tensor(3, requires_grad=True),
    "nobody asked": lambda: (torch.tensor(3.0) ** 2).backward(),
    "a second time": lambda: y.backward(),
}
for mistake in mistakes.values():
    try:
        mistake()
    except RuntimeError as caught:
        print(f"{type(caught).__name__}: {str(caught).split(' (')[0]}")

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.autograd.exercises import derivatives as exercises

exercises.touch

# %% tags=["hide-input"]
exercises.root

# %% tags=["fold"]
from course.autograd.exercises import derivatives as exercises

start = torch.tensor(1.0, dtype=torch.float64)
roots = [exercises.find_root(lambda x: x**2 - 2, start, steps) for steps in range(6)]
digits = [-math.log10(max(abs(each.item() - math.sqrt(2)), 1e-16)) for each in roots]
assert digits[4] > 11
assert digits[3] > 1.8 * digits[2] > 3.2 * digits[1]

# %% [markdown]
r"""
??? success "What you find"
    From 1 towards $\sqrt 2$, the errors after one, two, three and four steps are about
    {{ 10 ** -digits[1]:.0e }}, {{ 10 ** -digits[2]:.0e }}, {{ 10 ** -digits[3]:.0e }} and
    {{ 10 ** -digits[4]:.0e }}: near a root that the curve crosses with a slope, each step about doubles the number of right digits.
"""

# %% tags=["hide-input"]
exercises.throw

# %% tags=["fold"]
flattest, steepest = (
    derivative(lambda angle: exercises.reach(angle, 20.0), torch.tensor(degrees).deg2rad())
    for degrees in (0.0, 45.0)
)
assert flattest > 80
assert abs(steepest) < 1e-4

# %% [markdown]
r"""
??? success "What you find"
    For a ball at 20 metres per second, the derivative is {{ flattest.item():.0f }} metres per radian at
    0 degrees, so a bit more height pays. At 45 degrees it is 0 but for rounding: there a bit more or
    less changes nothing, and the ball flies farthest.
"""

# %% tags=["hide-input"]
exercises.sharper

# %% tags=["fold"]
one = torch.tensor(1.0, dtype=torch.float64)
sharp = [
    abs(exercises.sharper_difference(torch.exp, one, step).item() - math.e) for step in (0.2, 0.1)
]
central = error(central_difference, 0.1, torch.float64)
assert 14 < sharp[0] / sharp[1] < 18
assert sharp[1] < central / 1000

# %% [markdown]
r"""
??? success "What you find"
    For $e^x$ at 1 with a step of a tenth, the central difference is off by {{ central:.0e }} and the
    sharper one by {{ sharp[1]:.0e }}. With half the step its error is {{ sharp[0] / sharp[1]:.0f }} times
    smaller: it falls with $h^4$. Rounding remains, and still limits how small the step may be.
"""

# %% [markdown]
r"""
## What to remember

- A derivative is a slope. By hand and by autograd you must get the same up to rounding, and by differences nearly the same.
- `requires_grad` on a leaf, compute, `backward` on the result, and the derivative is in the leaf's
  `grad`. A result has a `grad_fn` and no `grad`.
- A central difference in `float64`, with a step near one in a hundred thousand, checks the derivative of
  a smooth function.
- `no_grad` for what should not be recorded, such as a step of training. A `detach` or `item` on the way
  cuts it without a word.

Reference: [`bookkeeping`][course.autograd.derivatives.bookkeeping],
[`derivative`][course.autograd.derivatives.derivative],
[`forward_difference`][course.autograd.derivatives.forward_difference],
[`central_difference`][course.autograd.derivatives.central_difference],
[`derivative_gap`][course.autograd.derivatives.derivative_gap]. The test that proves them is
`tests/autograd/test_derivatives.py`. Next: [many numbers at once](partial.py).
"""
