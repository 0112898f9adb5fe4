"""The one lesson that all engines get, each in its own format, and the edits between builds."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True)
class Cell:
    """A part of a lesson: prose in Markdown, or code.

    Attributes:
        text: What stands in it.
        kind: `prose`, `code`, or `claim`, which is code that asserts.
        alt: What one sees on the figure that the code draws; empty if it draws none.
    """

    text: str
    kind: str = "code"
    alt: str = ""


def lesson(number: int) -> list[Cell]:
    """Return the cells of a lesson, its number and what it uses of the package filled in."""
    return [replace(cell, text=_filled(cell.text, number)) for cell in CELLS]


def lessons(count: int) -> Iterator[tuple[str, list[Cell]]]:
    """Yield the name and the cells of each lesson of a site."""
    for number in range(1, count + 1):
        yield f"lesson{number}", lesson(number)


def title(cells: list[Cell]) -> str:
    """Return the heading that a lesson begins with."""
    return cells[0].text.partition("\n")[0].removeprefix("# ")


def _filled(text: str, number: int) -> str:
    module, name, shown = USED[number % EVERY != 1]
    marks = {"NUMBER": str(number), "MODULE": module, "NAME": name, "SHOWN": shown}
    for mark, value in marks.items():
        text = text.replace(mark, value)
    return text


#: Of the package that lessons import: the first is what every fourth lesson uses.
USED = (
    ("cost", "cost_curve", "cost_curve(x, y, torch.tensor([0.0, 1.0])).tolist()"),
    ("prediction", "predict", "predict(x[:2], torch.tensor(2.0), torch.tensor(1.0)).tolist()"),
)
EVERY = 4
PACKAGE = "course/linear/cost.py"

#: A sentence of the prose, and how it reads after the edit.
SENTENCES = ("and how does a machine find it?", "and who finds it?")


@dataclass(frozen=True)
class Edit:
    """What is done before a build.

    Attributes:
        old: A text that stands in a file once.
        new: What takes its place.
        package: Whether that is in the package; otherwise it is in the first lesson.
    """

    old: str
    new: str
    package: bool = False

    def apply(self, site: Path, lesson: str) -> None:
        """Edit a site.

        Args:
            site: Its folder.
            lesson: Where the first lesson stands in it.

        Raises:
            RuntimeError: If the text does not stand there once.
        """
        path = site / (PACKAGE if self.package else lesson)
        text = path.read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise RuntimeError(f"{path} has {self.old!r} {text.count(self.old)} times")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


#: The builds of a round, in their order, and the edit before each. A cold one finds nothing of an
#: earlier build; before a warm one nothing changes.
STEPS = {
    "cold": None,
    "warm": None,
    "prose edit": Edit(*SENTENCES),
    "code edit": Edit("range(50)", "range(60)"),
    "package edit": Edit("(residuals**2).mean()", "(residuals**2).mean() + 1000", package=True),
}

IDEA = """
# Lesson NUMBER, a line through points

**The question.** Which slope fits the points of this lesson best, and how does a machine find it?

## The idea

The loss is the mean of the squared residuals, and each step goes against its gradient. A *residual*
is what the line misses a point by; its square is never negative, so that a line cannot hide a miss
above behind a miss below. `x` and `y` stay as they are, and the slope alone moves.

- Where the loss is **steep**, a step is long.
- Where it is **flat**, a step is short, and the slope settles.
- A learning rate that is too large steps over the valley, and lands higher up on the other side.

With $x$ for the inputs, $y$ for the targets, and $w$ for the slope, the loss is

$$
J(w) = \\frac1n \\sum_i (w x_i - y_i)^2
$$
"""

POINTS = """
import matplotlib.pyplot as plt
import torch

from course.linear.MODULE import NAME

generator = torch.Generator().manual_seed(NUMBER)
x = torch.linspace(-3, 3, 50)
y = NUMBER * x + torch.randn(50, generator=generator)
print("the first targets", y[:3].tolist())
"""

DRAWN = """
plt.figure()
plt.plot(x, y, ".")
plt.xlabel("input")
plt.ylabel("target")
plt.show()
"""

DESCENT = """
## Descent

Read the picture from left to right: every point is the loss before one step. The first steps take
most of it away; what is left in the end is the noise of the points, which no slope can take away.

1. Compute the loss of the slope as it is.
2. Let the machine differentiate: `backward` writes the gradient.
3. Take a step against the gradient, and begin again.

Each step costs the same, and there is nothing random in it: the points were drawn once, before the
first step, and all of them take part in every step. So the curve falls smoothly, without the noise
that you see where each step uses some of the points only.
"""

STEPPED = """
w = torch.zeros((), requires_grad=True)
losses = []
for step in range(50):
    loss = ((w * x - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.05 * w.grad
        w.grad.zero_()
    losses.append(loss.item())
print(f"slope {w.item():.4f}, loss {losses[-1]:.4f}")
"""

CURVE = """
plt.figure()
plt.plot(losses)
plt.xlabel("step")
plt.ylabel("loss")
plt.show()
"""

CELLS = (
    Cell(IDEA.strip(), "prose"),
    Cell(POINTS.strip()),
    Cell(DRAWN.strip(), alt="Fifty points along a line."),
    Cell("## From the package\n\nWhat the lesson imports has a test of its own.", "prose"),
    Cell('print("shown", " ".join(f"{value:.3f}" for value in SHOWN))'),
    Cell(DESCENT.strip(), "prose"),
    Cell(STEPPED.strip()),
    Cell(CURVE.strip(), alt="The loss falls steeply, then flattens."),
    Cell('assert losses[-1] < losses[0], "descent lowers the loss"', "claim"),
    Cell(
        "## What to remember\n\nThe gradient says where the loss rises; go the other way.", "prose"
    ),
)
