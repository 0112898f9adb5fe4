# ---
# title: Introduction to Neural Networks with PyTorch
# description: Learn neural networks with PyTorch from lessons that are programs, tested and run.
# hide: [navigation, toc]
# next: lessons/tensors/vectors.py
# ---

# %% [markdown]
r"""
<div class="hero" markdown>
<div markdown>

Learn what a neural network is and how PyTorch trains one, from the first tensor to a decision that you
can defend. **Every lesson is a program**: it ran while its page was built, and what you see is what
came out.

[Start with the first lesson](lessons/tensors/vectors.py){ .md-button .md-button--primary }

You need to read Python, and to install nothing. In all: <!-- hours -->.

</div>
<div markdown>
"""

# %% alt="Four points that rise from 1 to 7, and three lines. The line before the first step lies flat at 0. After one step the line rises a little below the points, after 200 steps it runs through all four." tags=["hide-input"]
import torch

from course import plotting
from course.linear.convergence import largest_lr
from course.linear.cost import mean_squared_error
from course.linear.slope_and_bias import descend_line, line_gradient

lengths, heights = torch.arange(4.0), 2 * torch.arange(4.0) + 1
path = descend_line(lengths, heights, weight=0.0, bias=0.0, lr=0.1, steps=200)
ends = torch.tensor([-0.3, 3.3])
names = {"200 steps": 200, "1 step": 1, "start": 0}
lines = {name: (ends, path[step, 0] * ends + path[step, 1]) for name, step in names.items()}
plotting.demo(
    "start",
    plotting.fits(lengths, heights, lines),
    "Run it. Then find the largest learning rate with which the line still arrives.",
    {"x": lengths, "y": heights},
    [
        *((descend_line, lengths, heights, 0.0, 0.0, lr, 20) for lr in (0.02, 0.1, 0.24)),
        (line_gradient, lengths, heights, torch.tensor(0.5), torch.tensor(-1.0)),
        (mean_squared_error, lengths, heights),
        (largest_lr, torch.stack([lengths, torch.ones(4)], dim=1)),
    ],
)

# %% [markdown]
r"""
Learning in one picture: a line starts flat, steps downhill on its own error, as far as the *learning rate* says,
and meets the points.

</div>
</div>

## The whole idea in twelve lines

Four points lie on a line. The program does not know which line; it finds it by taking small steps
downhill on its own error. The lessons explain each of its lines.

<div class="pair" markdown>
<div markdown>
"""

# %%
import torch

x = torch.tensor([0.0, 1.0, 2.0, 3.0])
y = torch.tensor([1.0, 3.0, 5.0, 7.0])

w = torch.zeros((), requires_grad=True)  # the two numbers to learn: slope …
b = torch.zeros((), requires_grad=True)  # … and bias
optimizer = torch.optim.SGD([w, b], lr=0.1)

for _ in range(200):
    optimizer.zero_grad()  # forget the last step's derivatives
    loss = ((w * x + b - y) ** 2).mean()  # how wrong is the line?
    loss.backward()  # how does that depend on w and b?
    optimizer.step()  # move both a little downhill

print(f"y = {w.item():.3f} x + {b.item():.3f}")

# %% [markdown]
r"""
</div>
<div markdown>

The points lie on $y = 2x + 1$, and that is the line it prints. The picture above shows how it came there.
Wherever PyTorch is installed, you can paste the program and run it.
"""

# %% tags=["claim", "always"]
found = torch.stack([w, b]).detach()
assert torch.allclose(found, path[-1]), (
    "the twelve lines find what the course's own descent finds, with derivatives taken by hand"
)
assert torch.allclose(found, found.new_tensor([2, 1]), atol=1e-3), (
    "that is slope 2 and bias 1, the line on which the points lie"
)

# %% [markdown]
r"""
Everything later is this loop with more parameters, better data and harder questions.

</div>
</div>

## What you will be able to do

<div class="ends" markdown>
<div markdown>
"""

# %% alt="A graph of four boxes, from y at the top over g down to x and w, each with its value and its gradient: y is 8 and 1, g is 6 and 1, x is 2 and 4, w is 3 and 2." tags=["fold"]
from course.autograd.engine import Value, trace_values

u, v = Value(2), Value(3)
g = v * u
s = g + u
s.backward()
plotting.diagram(*trace_values(s, {"x": u, "w": v, "g": g, "y": s}))

# %% [markdown]
r"""
**Write what finds derivatives.** Autograd in one screen of code, equal to PyTorch's:
[the computation graph](lessons/autograd/graph.py).

</div>
<div markdown>
"""

# %% alt="Sixteen small gray images, above each what the network takes it for." tags=["fold"]
import warnings

from torch import nn
from torch.utils.data import TensorDataset

from course.data.mnist import load_fashion_mnist
from course.training.batches import Batches
from course.training.loop import fit
from course.training.measuring import predict
from course.training.metrics import accuracy
from course.training.splits import split_rows

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # without the clothes, digits stand in for them
    clothes, _ = load_fashion_mnist()
images, labels = clothes.images[:10_000], clothes.labels[:10_000]
pixels = images.flatten(1) / 255
seen, unseen = split_rows(len(images), (0.7, 0.3), torch.Generator().manual_seed(0))

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
batches = Batches(TensorDataset(pixels[seen], labels[seen]), batch_size=32, shuffle=True)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
fit(model, batches, nn.CrossEntropyLoss(), optimizer, epochs=20 if clothes.stand_in else 5)

read, truth = predict(model, [(pixels[unseen], labels[unseen])])
right = accuracy(read, truth)
guesses = [clothes.classes[each] for each in read[:16].argmax(dim=1)]
plotting.gallery(images[unseen[:16]], labels=guesses)

# %% [markdown]
r"""
**Train a network that recognises what it sees.** This one learned from {{ len(seen):,d}} {{ "digits" if clothes.stand_in else "pieces of clothing" }} while the page was built,
and names {{ 100 * right:.0f}} % of {{ len(unseen):,d}} others rightly: [which of ten?](lessons/networks/softmax.py)

</div>
<div markdown>
"""

# %% alt="The mean cost of a decision against the threshold. It is high at both ends and lowest at a small threshold, marked by a dotted line, far below one half." tags=["fold"]
from sklearn.datasets import load_breast_cancer

from course.logistic.classifier import fit_logistic
from course.training.splits import split_rows_by_class
from course.training.thresholds import calibrated_threshold, expected_cost

table = load_breast_cancer()
malignant = torch.tensor(table.target == 0).double()
halves = split_rows_by_class(malignant, (0.5, 0.5), torch.Generator().manual_seed(0))
training = torch.tensor(table.data)[halves[0]]
scaled = (torch.tensor(table.data) - training.mean(dim=0)) / training.std(dim=0)
weight, bias = fit_logistic(scaled[halves[0]], malignant[halves[0]], strength=0.01)
probabilities = torch.sigmoid(scaled[halves[1]] @ weight + bias)

thresholds = torch.logspace(-3, 0, 300, dtype=torch.float64)
costs = expected_cost(probabilities, malignant[halves[1]], thresholds, 1, 20)
plotting.functions(
    thresholds,
    {"rows it was not fitted to": costs},
    xlabel="threshold",
    ylabel="cost per row",
    log=True,
    borders={"to be defended": calibrated_threshold(1, 20)},
)

# %% [markdown]
r"""
**Defend a decision.** A miss costs twenty times what a false alarm costs: above which probability does
one act? [A real classifier](lessons/logistic/classifier.py).

</div>
</div>

## All lessons

A line leads to each lesson from those that it needs, as far as other lines do not say so already. Go from left
to right, or pick what you came for and follow its lines back.

<!-- map -->

<!-- themes -->

## How to read a lesson

A lesson asks one question and answers it by running code. Read it from top to bottom. To try
something, [install the course's code](start/index.md#the-courses-code), copy the blocks in their
order with the button in the corner, and change a number: a block uses what stands above it.

Output
:   The outlined box under a block of code is what that code printed when the page was built. At the
    end stands how long the lesson took, on what machine, and which data it read.

Checked statements
:   A box titled “Checked while this page was built” lists claims that the program tested. If one
    were false, there would be no page. The title says what kind they are. *Always true*: an identity,
    a theorem, or the same as PyTorch. *True of these rows and this seed*: what came out here; beside
    it stands with how many other seeds it holds, where random numbers have a part in it. *In
    general*: an inference about what was not drawn, with its interval and level.

Symbols
:   Formulas use the same symbols everywhere. The [notation page](reference/notation.md) says what
    each means, and how the code calls it.

Shown source
:   A block under a name such as `course.networks.workflow.train` is the tested code itself. The
    name leads to its [reference](reference/index.md). Its copy button also takes the imports and
    helpers that the block needs: what you paste runs without this package.

Questions
:   Folded questions want your answer before you open them. Predict first: being wrong there is how
    it sticks.

Exercises
:   Under “Practice” you write a function, and `check` compares it with a reference on many inputs:
    it says ✓, or the one sentence that helps. Hints and the solution are folded below. One mark, ●,
    is to write what you know, two are to put two things together, three to find something out.

How the pages come about is told in [how this site is built](start/how-this-site-is-built.py).
"""
