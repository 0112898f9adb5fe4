# ---
# title: Prediction with a line
# description: >-
#   A line as a function, as an nn.Module with parameters and a state_dict, and as nn.Linear.
# needs: >-
#   Python, and [tensors with one axis](../tensors/vectors.py)
# ---

# %% [markdown]
r"""
**The question.** A spring gets longer when you hang a mass on it. You have measured how long, for
a few masses. How long will it be under a mass that you have not tried? And how do you hand that
knowledge to PyTorch as a model, which it can later improve? Every network is such a model, with more numbers in it.

## The idea

For a spring that is not pulled too far, equal masses add equal lengths. So the length, drawn
against the mass, is a straight line:

$$
\hat y = w x + b .
$$

The input $x$ is the mass in kg. The *prediction* $\hat y$ is the length in cm; the hat tells it
apart from a measured length $y$, the *target*. The *slope* $w$ says how many cm each kg adds. The
*bias* $b$ is the prediction at $x = 0$, the length of the spring with nothing on it. PyTorch calls
the slope `weight`, and so does the code here.

Slope and bias are the *parameters* of the model: the numbers in it that you may change. The form,
a line, stays. Choosing good parameters is what [cost](cost.py) and [descent](descent.py) are about. Here two measurements give them.

## The smallest case, by hand

Two measurements with different masses fix a line. Its slope is the rise in length over the rise in
mass, and the bias is what remains of a length when the part that comes from the mass is taken away.
"""

# %%
import torch

x = torch.tensor([0.5, 1.5])  # kg
y = torch.tensor([9.7, 12.3])  # cm

weight = (y[1] - y[0]) / (x[1] - x[0])
bias = y[0] - weight * x[0]
print(f"slope {weight.item():.1f} cm per kg")
print(f"bias  {bias.item():.1f} cm")

# %% [markdown]
r"""
## The line as a function

::: course.linear.prediction.predict

One call of [`predict`][course.linear.prediction.predict] answers for as many masses as you like.
"""

# %%
from course.linear.prediction import predict

masses = torch.tensor([0.0, 1.0, 1.75, 60.0])
for mass, length in zip(masses, predict(masses, weight, bias), strict=True):
    print(f"{mass.item():5.2f} kg → {length.item():6.1f} cm")

# %% tags=["claim", "always"]
assert torch.allclose(predict(x, weight, bias), y), "the line passes through both measurements"

# %% tags=["hide-input"]
from course.practice import Choice, Question

least, most = x.min().item(), x.max().item()
outside = (least - masses).clamp(min=0) + (masses - most).clamp(min=0)  # kg beyond the measurements
unloaded, inside, beyond, far = (bool(away) for away in outside == outside.max())
Question(
    "Which of these four predictions would you trust least?",
    Choice(
        f"the one for {masses[0]:.0f} kg",
        unloaded,
        f"Nothing was measured there, but it is close: the lightest mass was {least:.1f} kg. And a "
        f"spring with nothing on it has a length; {bias:.1f} cm is a sensible one.",
    ),
    Choice(
        f"the one for {masses[1]:.0f} kg",
        inside,
        f"It lies between the two measurements, at {least:.1f} and {most:.1f} kg. This one can be "
        "trusted most.",
    ),
    Choice(
        f"the one for {masses[2]:.2f} kg",
        beyond,
        f"It lies outside, {outside[2]:.2f} kg beyond the heavier measurement, and another one lies "
        "much farther out.",
    ),
    Choice(
        f"the one for {masses[3]:.0f} kg",
        far,
        f"A spring of {bias:.1f} cm does not survive {masses[3]:.0f} kg, and the model says "
        f"{predict(masses[3], weight, bias):.0f} cm without a warning. The measurements reach from "
        f"{least:.1f} to {most:.1f} kg; far outside, the straight line is a guess that they cannot "
        "support.",
    ),
)

# %% [markdown]
r"""
Now take more measurements. They are simulated, so that this once you know the spring.
"""

# %%
true_weight, true_bias, error = torch.tensor(3.0), torch.tensor(8.0), 0.5
generator = torch.Generator().manual_seed(0)

x = torch.linspace(0.1, 2, 20)
y = predict(x, true_weight, true_bias) + error * torch.randn(len(x), generator=generator)

# %% [markdown]
r"""
Each kg stretches it by {{ true_weight.item():.0f }} cm, unloaded it has
{{ true_bias.item():.0f }} cm, and every length is read off with a random error, whose standard deviation
is {{ error }} cm.
"""

# %% alt="Twenty measured points rise from lower left to upper right and scatter around two lines. The line through two measurements is the flatter one: it starts above the line that made the data, and beyond one kilogram most points lie above it." lead="The line through two measurements, and the line that made the data."
from course import plotting

ends = torch.tensor([0.0, 2.0])
lines = {
    "through two measurements": (ends, predict(ends, weight, bias)),
    "that made the data": (ends, predict(ends, true_weight, true_bias)),
}
plotting.fits(x, y, lines, xlabel="mass in kg", ylabel="length in cm")

# %% tags=["claim", "here"]
high = y > predict(x, weight, bias)
assert high[x > 1].float().mean() > 0.5, (
    "above 1 kg, the line through two measurements lies below more than half of the others"
)

# %% [markdown]
r"""
The line through two measurements goes along with their errors. In twenty measurements the errors
weigh less, but no line passes through them all. So you need a measure of how well a line fits, which is the
subject of the [next lesson](cost.py).

## The line as a module

A function that takes its parameters as arguments leaves you to keep them. An `nn.Module` keeps them
itself: `nn.Parameter` marks a tensor as a parameter, and `forward` says what the model computes.

::: course.linear.prediction.Line

A [`Line`][course.linear.prediction.Line] is called like a function; the call runs `forward`.
"""

# %%
from course.linear.prediction import Line

model = Line(weight.item(), bias.item())
print(model(masses))
for name, parameter in model.named_parameters():
    print(name, parameter)

# %% tags=["claim", "always"]
assert torch.equal(model(x), predict(x, weight, bias)), "the module predicts what the function does"
assert all(parameter.requires_grad for parameter in model.parameters()), (
    "each parameter has requires_grad=True, so it can be trained"
)

# %% [markdown]
r"""
The parameters by name are the model's *state*, and `state_dict` hands them out. This is what you
[save](#going-deeper-saving-a-line).
"""

# %%
print(model.state_dict())

# %% [markdown]
r"""
## The PyTorch way

PyTorch has the line ready: `nn.Linear(in_features, out_features)`. It is made for many inputs and
outputs, so it wants a *table* of inputs, one row per measurement and one column per input: the
shape<!-- term --> `(n, 1)` here. With a plain `(n,)` it reads your {{ len(x) }} masses as one row with
{{ len(x) }} columns, and stops.
"""

# %% tags=["raises-exception"] cause="A layer wants a table `(n, d)` with as many columns as it has inputs; a vector `(n,)` is read as one row of n columns: `unsqueeze(-1)` adds the axis, `flatten(1)` makes rows of images."
from torch import nn

layer = nn.Linear(1, 1)
layer(x)

# %% [markdown]
r"""
`unsqueeze(-1)` adds the missing column axis, and `squeeze(-1)` takes it away from the predictions.
The parameters of a new layer are random; to compare, give it those of the line. A method whose name
ends in `_`, like `fill_`, changes the tensor in place; `torch.no_grad()` keeps that change out of
what PyTorch records for derivatives.
"""

# %%
with torch.no_grad():
    layer.weight.fill_(weight)
    layer.bias.fill_(bias)

for name, parameter in layer.named_parameters():
    print(name, tuple(parameter.shape))
print("inputs     ", tuple(x.unsqueeze(-1).shape))
print("predictions", tuple(layer(x.unsqueeze(-1)).shape))

# %% tags=["claim", "always"]
assert torch.allclose(layer(x.unsqueeze(-1)).squeeze(-1), model(x)), (
    "`nn.Linear(1, 1)` with the same slope and bias predicts what our line predicts"
)

# %% [markdown]
r"""
The weight<!-- term --> has one row per output and one column per input, $\hat y = x W^\top + b$, where $W^\top$
is $W$ with rows and columns exchanged; for one input and one output that is a table with a single
entry.

## What goes wrong: a parameter that is not one

Leave out `nn.Parameter` around the bias. The model computes the same predictions as before.
"""


# %% symptom="A model that was saved and loaded predicts something else" cause="A tensor of the model is no `nn.Parameter`, so it is neither saved nor trained; or `model.eval()` is missing after loading, and dropout is at work."
class ForgetfulLine(nn.Module):
    def __init__(self, weight=0.0, bias=0.0):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(weight))
        self.bias = torch.tensor(bias)  # nn.Parameter is missing

    def forward(self, x):
        return self.weight * x + self.bias


forgetful = ForgetfulLine(weight.item(), bias.item())
for name, module in {"Line": model, "ForgetfulLine": forgetful}.items():
    print(f"{name:13} {[name for name, _ in module.named_parameters()]}")

# %% tags=["claim", "always"]
assert torch.equal(forgetful(x), model(x)), "it predicts what the sound line does"
assert [name for name, _ in forgetful.named_parameters()] == ["weight"], (
    "`parameters()` does not find the bias, so no training would change it"
)

# %% [markdown]
r"""
No error. But whoever asks the model for its parameters, to improve or to save them, does not get the bias. It stays what it
was, however long you train, and a saved line comes back [without it](#going-deeper-saving-a-line). **The
symptom**: a name is missing from `state_dict()`, or the number of parameters is smaller than you
counted. **The repair** is `nn.Parameter`, as in `Line` above.
(For a tensor that belongs to the state but is not to be trained there is `register_buffer`.)

## Going deeper: saving a line

What you save is the state. The class is code and is not part of it: whoever loads the state makes a model first, then
fills it.
"""

# %%
import tempfile
from pathlib import Path

with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "line.pt"
    torch.save(model.state_dict(), file)
    loaded = Line()
    loaded.load_state_dict(torch.load(file, weights_only=True))

# %% tags=["claim", "always"]
assert torch.equal(loaded(x), model(x)), "the loaded line predicts what the saved one did"

# %% [markdown]
r"""
`weights_only=True` makes `torch.load` refuse anything but tensors and plain values. A saved file
can otherwise hold code that runs when you open it.

Do the same with the line that forgot its bias.
"""

# %% alt="The measured points with two parallel lines. The line before saving runs through the points; the line after loading has the same slope but starts at zero and lies far below all of them."
restored = ForgetfulLine()
restored.load_state_dict(forgetful.state_dict())
lines = {
    "before saving": (ends, forgetful(ends)),
    "after loading": (ends, restored(ends)),
}
plotting.fits(x, y, lines, xlabel="mass in kg", ylabel="length in cm")

# %% tags=["claim", "always"]
assert torch.allclose(forgetful(x) - restored(x), bias), (
    "after loading, each prediction lacks the bias, and there was no error"
)

# %% [markdown]
r"""
The saved state never held the bias, and the restored model had one of its own to fill the gap: a
zero. Every prediction is now {{ (model(x) - restored(x)).mean().item():.1f }} cm too low.

## Practice

Copy the code into a notebook or a Python shell and fill it in; `check` tells you whether it is right,
and if not, what to look at.
"""

# %% tags=["hide-input"]
from course.linear.exercises import prediction as exercises

exercises.two_points

# %% [markdown]
r"""
Now read the first of two lengths {{ error }} cm too long and the second {{ error }} cm too short. How
wrong is your slope when the masses are a kilogram apart, and how wrong when they are a fifth of a
kilogram apart?
"""

# %% tags=["fold"]
from course.linear.exercises import prediction as exercises

wrong = []
for two_masses in (torch.tensor([0.5, 1.5]), torch.tensor([0.9, 1.1])):
    lengths = predict(two_masses, true_weight, true_bias) + torch.tensor([error, -error])
    slope, _ = exercises.line_through(two_masses, lengths)
    wrong.append((slope - true_weight).item())
apart, close = wrong
assert close < apart < 0

# %% [markdown]
r"""
??? success "What you find"
    {{ apart:+.1f }} cm per kg for the masses that are far apart, {{ close:+.1f }} for those close
    together: the difference of the two errors is divided by that of the masses. The second slope is
    {{ true_weight.item() + close:+.1f }} cm per kg, as if the spring shrank under its load.
"""

# %% tags=["hide-input"]
exercises.line

# %% tags=["hide-input"]
exercises.one_axis

# %% tags=["fold"]
wrapped = exercises.WrappedLinear()
wrapped.layer.load_state_dict(layer.state_dict())
assert torch.allclose(wrapped(x), model(x))
names = ", ".join(f"`{name}`" for name in wrapped.state_dict())

# %% [markdown]
r"""
??? success "What you find"
    A module may hold modules, and their parameters become its own under the attribute's name:
    {{ names }}. With the parameters from above, it predicts what the line predicts.
"""

# %% tags=["hide-input"]
exercises.kept

# %% tags=["fold"]
sample = Line(weight.item(), bias.item())
shared, copied = sample.state_dict(), exercises.kept_state(sample)
with torch.no_grad():
    sample.weight.zero_()
assert shared["weight"] == 0
assert copied["weight"] == weight

# %% [markdown]
r"""
??? success "What you find"
    The state dict itself now holds the slope {{ shared["weight"].item():.1f }}. It does not copy: its
    tensors share their memory with the parameters. The copied slope is still
    {{ copied["weight"].item():.1f }}.

One question to end with. The masses come in grams and the lengths in millimetres.
"""

# %% tags=["hide-input"]
grams, millimetres = 1000 * x, 10 * predict(x, weight, bias)


def fits_in_new_units(slope):
    return torch.allclose(predict(grams, slope, 10 * bias), millimetres)


slopes_in_new_units = weight * 10 / 1000, weight * 1000 / 10, weight
divided, multiplied, unchanged = slopes_in_new_units
Question(
    f"The bias becomes {10 * bias:.0f} mm. What becomes of the slope, {weight:.1f} cm per kg?",
    Choice(
        f"{divided:.3f} mm per g",
        fits_in_new_units(divided),
        "There are 10 mm in a cm and 1000 g in a kg. A bias has the unit of the target; a slope has "
        "the unit of the target divided by that of the input. Numbers without their units say little.",
    ),
    Choice(
        f"{multiplied:.0f} mm per g",
        fits_in_new_units(multiplied),
        "Each gram would stretch the spring by more than its own length: the unit of the input stands "
        "below the line, so a smaller unit makes the number smaller.",
    ),
    Choice(
        f"{unchanged:.1f} mm per g",
        fits_in_new_units(unchanged),
        "It is the same spring, but not the same number. A slope has no unit only where input and "
        "target have the same.",
    ),
)

# %% [markdown]
r"""
## What to remember

- A model is a form with parameters in it. Here the form is a line, $\hat y = w x + b$.
- The slope has units of target per input, the bias has units of the target.
- `nn.Parameter` makes a tensor part of a module: of `parameters()`, and of `state_dict()`.
- `nn.Linear(1, 1)` is the same line for inputs of shape `(n, 1)`.
- A model answers far outside its data as readily as inside. It is you who has to know.

Reference: [`predict`][course.linear.prediction.predict], [`Line`][course.linear.prediction.Line].
The test that proves them is `tests/linear/test_prediction.py`. Next: [how wrong is a line?](cost.py)
"""
