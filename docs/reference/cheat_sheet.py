# ---
# title: Cheat sheet
# description: The lines of PyTorch that the lessons use, on two sides of paper, each with what it gave.
# hide: [toc]
# ---

# %% [markdown]
r"""
# Cheat sheet

Each line ran while this page was built; beside it stands what it gave. A heading leads to the lesson that
explains its lines. `np` is NumPy, `nn` is `torch.nn`, and `file` a file that is open. Printed, the page has two sides.
"""

# %% tags=["hide-input"]
import ast
import io
import math
import warnings

import numpy as np
import torch
import torch.nn.functional as F
from IPython.display import Markdown
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

from course.practice.boxes import fenced

names = {"torch": torch, "nn": nn, "F": F, "np": np, "file": io.BytesIO()}
names |= {"DataLoader": DataLoader, "TensorDataset": TensorDataset, "random_split": random_split}


def told(value):
    """Return in few letters what a line gave."""
    if isinstance(value, torch.Tensor):
        kind = str(value.dtype).removeprefix("torch.")
        if value.numel() > 5:
            return f"`{tuple(value.shape)}` {kind}"
        return f"`{value.detach().tolist() if value.ndim else f'{value.item():g}'}` {kind}"
    if isinstance(value, tuple | list) and any(isinstance(each, torch.Tensor) for each in value):
        return ", ".join(map(told, value))
    if isinstance(value, torch.Size):
        value = tuple(value)
    if value is None or isinstance(value, torch.Generator):
        return ""
    known = isinstance(value, int | float | str | tuple | list | torch.dtype | torch.device)
    return f"`{value}`" if known else f"*{type(value).__name__}*"


def run(line):
    """Run a line and return what it gave; one that says so has to fail."""
    code, _, note = line.partition("  # ")
    try:
        if isinstance(ast.parse(code).body[-1], ast.Expr):
            gave = told(eval(code, names))
        else:
            exec(code, names)
            gave = ""
    except (RuntimeError, ValueError) as error:
        if note != "fails":
            raise
        first = str(error).partition("\n")[0].partition(" at non-singleton")[0]
        return f"| `{code}` | **{type(error).__name__}**: {first} |"
    assert note != "fails", f"{code} did not fail"
    return f"| `{code}` | {' · '.join(filter(None, [gave, note]))} |"


def group(title, lesson, lines):
    """Return a table of lines, each with what it gave."""
    rows = [run(line.strip()) for line in lines.strip().splitlines()]
    head = f'<div class="group" markdown>\n\n## [{title}](../lessons/{lesson}.py)'
    return "\n".join([head, "", "| Line | Gave |", "| --- | --- |", *rows, "", "</div>"])


groups = [
    group(
        "Create",
        "tensors/vectors",
        """
        torch.manual_seed(0)  # what draws repeats from here
        torch.tensor([1.0, 2.0])
        torch.tensor([1, 2])
        torch.zeros(2, 3)
        torch.ones(2, 3)
        torch.arange(0, 10, 2)
        torch.linspace(0, 1, 5)
        torch.full((2, 3), 7.0)
        g = torch.Generator().manual_seed(0)  # draws the same each time
        torch.rand(2, 3, generator=g)  # from 0 to 1
        torch.randn(2, 3, generator=g)  # normal
        torch.randint(10, (4,), generator=g)
        torch.randperm(5, generator=g)
        x = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
        torch.zeros_like(x)
        """,
    ),
    group(
        "Type and place",
        "tensors/vectors",
        """
        x.dtype
        torch.tensor([1, 2]).dtype
        x.long()
        x.double()
        torch.tensor([1, 2]) + 0.5
        torch.tensor([1, 2]) / 2
        x[0, 0].item()  # a number of Python
        x[0].tolist()
        x.device
        device = "cuda" if torch.cuda.is_available() else "cpu"
        x = x.to(device)
        """,
    ),
    group(
        "Shape",
        "tensors/matrices",
        """
        x.shape
        x.ndim, x.numel(), len(x)
        x.reshape(3, 2)
        x.flatten()
        x.T
        x.permute(1, 0)
        x.unsqueeze(0)  # a new axis
        x.unsqueeze(0).squeeze(0)
        torch.cat([x, x])  # along an axis
        torch.stack([x, x])  # along a new one
        x.T.is_contiguous()
        """,
    ),
    group(
        "Index",
        "tensors/matrices",
        """
        x[0]
        x[:, 1]
        x[1, 2]
        x[:, [0, 2]]
        x[x > 3]  # a copy
        x[0].data_ptr() == x.data_ptr()  # a view
        x[0].clone()  # a copy
        torch.where(x > 3, x, 0.0)
        """,
    ),
    group(
        "Compute",
        "tensors/matrices",
        """
        x * x  # each with each
        x @ x.T  # rows times columns
        x[0] @ x[1]
        x.sum()
        x.mean(dim=0)  # over the rows
        x.sum(dim=1, keepdim=True)
        x.max(dim=1).values
        x.argmax(dim=1)
        x.std(dim=0, correction=0)
        x.clamp(min=2, max=5)
        torch.allclose(x, x + 1e-9)
        """,
    ),
    group(
        "Broadcast",
        "tensors/broadcasting",
        """
        x + 1
        x + torch.zeros(3)  # to each row
        x + torch.zeros(2, 1)  # to each column
        x + torch.zeros(2)  # fails
        torch.zeros(3) - torch.zeros(3, 1)  # seldom meant
        """,
    ),
    group(
        "NumPy",
        "data/interop",
        """
        torch.from_numpy(np.array([1.0, 2.0]))  # shared memory
        torch.tensor(np.array([1.0, 2.0]))  # a copy
        x.cpu().numpy().shape
        """,
    ),
    group(
        "Autograd",
        "autograd/derivatives",
        """
        w = torch.tensor(3.0, requires_grad=True)
        y = w ** 2
        y.grad_fn.name()
        y.backward()
        w.grad
        w.grad = None  # else the next one is added
        torch.autograd.grad(w ** 3, w)
        w.detach().requires_grad
        with torch.no_grad(): z = 2 * w
        z.requires_grad
        """,
    ),
    group(
        "Data",
        "data/dataset",
        """
        labels = torch.tensor([0, 2])
        data = TensorDataset(x, labels)
        len(data)
        data[0]
        batches = DataLoader(data, batch_size=2, shuffle=True)
        len(batches)
        next(iter(batches))
        [len(part) for part in random_split(data, [1, 1])]
        """,
    ),
    group(
        "Model",
        "linear/prediction",
        """
        nn.Linear(3, 2)(x).shape
        model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 3))
        model(x).shape
        sum(p.numel() for p in model.parameters())
        model = model.to(device)
        torch.save(model.state_dict(), file)
        file.seek(0)
        model.load_state_dict(torch.load(file))
        """,
    ),
    group(
        "Optimizers",
        "training/optimizers",
        """
        torch.optim.SGD(model.parameters(), lr=0.1)
        torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        torch.optim.Adam(model.parameters(), lr=1e-3)
        torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
        """,
    ),
]

# %% tags=["hide-input"]
LOOP = """
torch.manual_seed(0)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
for epoch in range(200):
    model.train()  # dropout draws, norms count
    for inputs, targets in batches:
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    scores = model(x)
right = (scores.argmax(dim=1) == labels).float().mean()
"""
exec(LOOP, names)
assert names["right"] == 1, "the loop learns both rows"
loop = f"""<div class="group loop" markdown>

## [The loop](../lessons/training/loop.py)

{fenced(LOOP)}

The last loss was `{names["loss"].item():.3f}`, and `{names["right"].item():.0%}` of the rows are right.

</div>"""


def fits(criterion, prediction, target):
    """Return whether a loss takes these two, without a warning that they broadcast."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            value = criterion(prediction, target)
        except (RuntimeError, ValueError, UserWarning, IndexError):
            return False
    return value.ndim == 0 and math.isfinite(value)


n, k = 4, 3
number, grid = torch.linspace(-1, 1, n), torch.linspace(-1, 1, n * k).view(n, k)
yes, classes = torch.tensor([0.0, 1.0, 1.0, 0.0]), torch.tensor([0, 2, 1, 0])
SHAPES = {(n,): "(n,)", (n, k): "(n, k)"}
losses = [
    ("nn.MSELoss()", "a number", number, yes, number[:, None]),
    ("nn.L1Loss()", "a number", number, yes, number[:, None]),
    ("nn.BCEWithLogitsLoss()", "yes or no: logits", number, yes, yes.long()),
    ("nn.CrossEntropyLoss()", "one of k classes: logits", grid, classes, yes),
    ("nn.NLLLoss()", "the same: log-probabilities", grid.log_softmax(dim=1), classes, yes),
]
rows = []
for name, what, prediction, target, wrong in losses:
    criterion = eval(name)
    assert fits(criterion, prediction, target), f"{name} takes what the table says"
    assert not fits(criterion, prediction, wrong), f"{name} refuses or warns of what it says"
    cells = [
        f"`{SHAPES[tuple(each.shape)]}` {str(each.dtype).removeprefix('torch.')}"
        for each in (prediction, target)
    ]
    refused = (
        "`(n, 1)`, which broadcasts" if wrong.ndim == 2 else str(wrong.dtype).removeprefix("torch.")
    )
    rows.append(f"| `{name}` | {what} | {' | '.join(cells)} | {refused} |")
probabilities = torch.softmax(grid, dim=1)
assert torch.allclose(probabilities.sum(dim=1), torch.ones(n)), "softmax adds up to 1 in each row"
table = "\n".join(rows)
loss = f"""<div class="group losses" markdown>

## [Losses](../lessons/logistic/entropy.py)

| `criterion` | For | Prediction | Target | Not |
| --- | --- | --- | --- | --- |
{table}

`criterion(prediction, target)` is a scalar, the mean over the rows. Logits are what the last layer
gives: no sigmoid and no softmax before `BCEWithLogitsLoss` and `CrossEntropyLoss`; `NLLLoss` needs
`torch.log_softmax(z, dim=1)`. For a reader, `torch.sigmoid(z)` and
`torch.softmax(z, dim=1)` make probabilities of them.

</div>"""
Markdown("\n\n".join(['<div class="sheet" markdown>', *groups, loop, loss, "</div>"]))
