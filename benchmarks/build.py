"""Measure builds with `literate` against plain mkdocs-jupyter: the same site, side by side.

Both build a site of generated lessons with the theme, the extensions and the other plugins of this
project. A lesson has a few KB of text, imports torch and the package, prints and draws. A cold
build finds nothing of an earlier one; then come a warm one, in which nothing has changed, and
builds after an edit: of the prose of a lesson, of its code, and of a module of the package that
every fourth lesson uses. The engines take turns, and another begins each round, so that a machine
with other work to do slows both; the table gives medians over the rounds, and those of the ratios
within each. Every build is checked: does the page show what was edited?

    python benchmarks/build.py --lessons 8 40 --rounds 3

With `--record`, the result is kept in docs/records/build.json, which the page "How this site is
built" shows.
"""

import argparse
import gzip
import os
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from mkdocs.utils.yaml import yaml_load

from literate.running import records

ROOT = Path(__file__).resolve().parents[1]
RECORD = ROOT / "docs/records/build.json"
PEER, OURS = "mkdocs-jupyter", "literate"

LESSON = '''
# ---
# title: Lesson NUMBER
# description: Points near a line, the loss of every slope, and the slope that descent finds.
# ---

# %% [markdown]
r"""
# Lesson NUMBER: a line through points

**The question.** Which slope fits the points of this lesson best, and how does a machine find it?

You need: [the start page](../../index.md). About 10 minutes.

## The idea

PROSE

!!! note "The symbols"
    $x$ are the inputs, $y$ the targets, and $w$ is the slope; $\\hat y = w x$ is the prediction.

$$
J(w) = \\frac1n \\sum_i (w x_i - y_i)^2
$$

## The points
"""

# %%
import matplotlib.pyplot as plt
import torch

from course.linear.USED

generator = torch.Generator().manual_seed(NUMBER)
x = torch.linspace(-3, 3, 50)
y = NUMBER * x + torch.randn(50, generator=generator)
print("the first targets", y[:3].tolist())

# %% [markdown]
r"""
## From the package

::: course.linear.USE

PROSE
"""

# %%
print("shown", SHOWN)

# %% [markdown]
r"""
## Descent

| | Meaning |
| --- | --- |
| `w` | the slope |
| `losses` | the loss before each step |

PROSE
"""

# %%
w = torch.zeros((), requires_grad=True)
losses = []
for step in range(50):
    loss = ((w * x - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.05 * w.grad
        w.grad.zero_()
    losses.append(loss.item())
print(f"slope {w.item():.3f}, loss {losses[-1]:.3f}")

# %% alt="The loss falls steeply, then flattens."
plt.plot(losses)
plt.xlabel("step")
plt.ylabel("loss");

# %% tags=["claim"]
assert losses[-1] < losses[0], "descent lowers the loss"

# %% [markdown]
r"""
## What to remember

PROSE
"""
'''

PROSE = """
The loss is the mean of the squared residuals, and each step goes against its gradient. A *residual*
is what the line misses a point by; its square is never negative, so that a line cannot hide a miss
above behind a miss below. `x` and `y` stay as they are, and the slope alone moves.

- Where the loss is **steep**, a step is long.
- Where it is **flat**, a step is short, and the slope settles.
- A learning rate that is too large steps over the valley, and lands higher up on the other side.

Read the picture from left to right: every point is the loss before one step. The first steps take
most of it away; what is left in the end is the noise of the points, which no slope can take away.
"""

#: What lessons use of the package: the first is what every fourth lesson has.
USED = (
    ("cost", "cost_curve", "cost_curve(x, y, torch.tensor([0.0, 1.0])).tolist()"),
    ("prediction", "predict", "predict(x[:2], torch.tensor(2.0), torch.tensor(1.0)).tolist()"),
)
MODULE = "course/linear/cost.py"
EVERY = 4

#: What the builds use of the project. Not all that is copied: of the rest of the package only the
#: size matters. Nor mkdocs.yml: nav grows there with each lesson, and these sites have none.
INPUTS = (
    "benchmarks/build.py",
    *(f"course/linear/{module}.py" for module, _, _ in USED),
    "docs/assets/theme/**/*",
    "literate/**/*.py",
    "literate/**/*.jinja",
)


def write(text: str, number: int) -> str:
    """Return a lesson, its number and what it uses filled in."""
    module, name, shown = USED[number % EVERY != 1]
    for mark, value in (
        ("PROSE", PROSE.strip()),
        ("USED", f"{module} import {name}"),
        ("USE", f"{module}.{name}"),
        ("SHOWN", shown),
        ("NUMBER", str(number)),
    ):
        text = text.replace(mark, value)
    return text


def make_site(folder: Path, engine: str, lessons: int) -> Path:
    """Write a site of generated lessons for one engine and return its folder."""
    site = folder / f"{engine}-{lessons}"
    for name in ("course", "literate", "docs/assets"):  # edits here do not disturb the measurement
        shutil.copytree(ROOT / name, site / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, site / name)
    (site / "docs/index.md").write_text("# Benchmark\n")
    (site / "docs/reference").mkdir()
    glossary = (ROOT / "docs/reference/glossary.md").read_text(encoding="utf-8")
    # No links to lessons that are not here.
    alone = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", glossary)
    (site / "docs/reference/glossary.md").write_text(alone)
    shown = "".join(f"\n::: course.linear.{module}\n" for module, _, _ in USED)
    (site / "docs/reference/linear.md").write_text(f"# Reference\n{shown}")
    (site / "docs/lessons/line").mkdir(parents=True)
    for number in range(1, lessons + 1):
        (site / lesson(number)).write_text(write(LESSON, number).lstrip())
    (site / "mkdocs.yml").write_text(yaml.safe_dump(settings(engine)))
    return site


def lesson(number: int) -> str:
    """Return where a lesson stands."""
    return f"docs/lessons/line/lesson{number}.py"


def settings(engine: str) -> dict[str, Any]:
    """Return mkdocs.yml of this project, for the generated site."""
    found: dict[str, Any] = yaml_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    del found["nav"]
    found["strict"] = False
    place, options = next(
        (place, each[OURS])
        for place, each in enumerate(found["plugins"])
        if isinstance(each, dict) and OURS in each
    )
    del options["preload"]  # by default that is what these lessons import
    del options["reference"]  # these sites have one page of it, the same for both
    if engine == PEER:
        found["plugins"][place] = {PEER: {"execute": True, "include": ["*.py"]}}
    return found


def build(site: Path) -> float:
    """Build a site and return the seconds it took.

    Raises:
        RuntimeError: If the build fails, with what it printed.
    """
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(site)}
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build"],
        cwd=site,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        raise RuntimeError(f"{site.name} failed:\n{done.stdout}{done.stderr}")
    return seconds


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that stands in a file once.

    Raises:
        RuntimeError: If it does not.
    """
    text = path.read_text()
    if text.count(old) != 1:
        raise RuntimeError(f"{path} has {old!r} {text.count(old)} times")
    path.write_text(text.replace(old, new))


def page(site: Path, number: int) -> str:
    """Return the HTML of a lesson."""
    path = site / "site" / Path(lesson(number)).relative_to("docs").with_suffix(".html")
    return path.read_text(encoding="utf-8")


def cold(site: Path) -> None:
    """Forget all earlier builds."""
    for left in (".cache", "site"):
        shutil.rmtree(site / left, ignore_errors=True)


def warm(site: Path) -> None:
    """Change nothing."""


def prose(site: Path) -> None:
    """Edit a sentence of the first lesson."""
    edit(site / lesson(1), "and how does a machine find it?", "and who finds it?")


def code(site: Path) -> None:
    """Edit a cell of the first lesson."""
    edit(site / lesson(1), "range(50)", "range(60)")


def course(site: Path) -> None:
    """Edit a function of the package."""
    edit(site / MODULE, "return (residuals**2).mean()", "return (residuals**2).mean() + 1000")


STEPS: dict[str, Callable[[Path], None]] = {
    "cold": cold,
    "warm": warm,
    "prose edit": prose,
    "code edit": code,
    "`course` edit": course,
}


def is_right(site: Path, step: str, before: str) -> bool:
    """Return whether a page shows what the edit has changed.

    Args:
        site: The folder of the site.
        step: What was done before the build.
        before: The first lesson as it was.
    """
    now = page(site, 1)
    if "slope " not in now:
        raise RuntimeError(f"{site.name}: a page lacks its output")
    if step == "prose edit":
        return "who finds it" in now
    return step in ("cold", "warm") or now.partition("shown")[2] != before.partition("shown")[2]


@dataclass(frozen=True)
class Built:
    """The seconds of a build, and whether the page then showed what was edited."""

    seconds: float
    right: bool


Turns = dict[str, dict[str, Built]]  # for each step, the build of each engine


def measure(sites: Mapping[str, Path], steps: Iterable[str]) -> Turns:
    """Return the builds of the engines, which take turns after each step.

    Args:
        sites: The folder of each engine's site, in the order of their turns.
        steps: Names of `STEPS`; the first is `cold`.
    """
    builds: Turns = {step: {} for step in steps}
    files = [site / name for site in sites.values() for name in (lesson(1), MODULE)]
    originals = [path.read_text() for path in files]
    before = dict.fromkeys(sites, "")
    for step, built in builds.items():
        for engine, site in sites.items():
            STEPS[step](site)
            seconds = round(build(site), 2)
            built[engine] = Built(seconds, is_right(site, step, before[engine]))
            before[engine] = page(site, 1)
            print(f"{site.name}: {step} {seconds:.1f} s", file=sys.stderr, flush=True)
    for path, text in zip(files, originals, strict=True):
        path.write_text(text)
    return builds


def measure_all(sizes: Iterable[int], rounds: int, steps: Iterable[str] = STEPS) -> dict[str, Any]:
    """Return what was measured, for each number of lessons.

    Args:
        sizes: How many lessons the sites have.
        rounds: How often all steps are taken.
        steps: Names of `STEPS`; the first is `cold`.
    """
    steps = list(steps)
    found: dict[str, Any] = {}
    for lessons in sizes:
        with tempfile.TemporaryDirectory() as folder:
            sites = {name: make_site(Path(folder), name, lessons) for name in (PEER, OURS)}
            turned = dict(reversed(sites.items()))
            turns = [measure(turned if number % 2 else sites, steps) for number in range(rounds)]
            pages = {name: weights(site, lessons) for name, site in sites.items()}
        builds = {
            step: {
                name: {
                    "seconds": [turn[step][name].seconds for turn in turns],
                    "right": all(turn[step][name].right for turn in turns),
                }
                for name in (PEER, OURS)
            }
            for step in steps
        }
        found[str(lessons)] = {"builds": builds, "KB of a page": pages}
    return {"rounds": rounds, "lessons": found}


def weights(site: Path, lessons: int) -> dict[str, float]:
    """Return the median size of a lesson's HTML, plain and gzipped, in KB (1,000 bytes)."""
    pages = [page(site, number).encode() for number in range(1, lessons + 1)]
    plain = statistics.median(len(each) for each in pages)
    zipped = statistics.median(len(gzip.compress(each, mtime=0)) for each in pages)
    return {"HTML": round(plain / 1000, 1), "HTML, gzipped": round(zipped / 1000, 1)}


def table(result: Mapping[str, Any]) -> str:
    """Return what was measured as a table in Markdown."""
    found = result["lessons"]
    rows = [
        row(f"{step}, {lessons} lessons, s", builds[PEER], builds[OURS])
        for lessons, measured in found.items()
        for step, builds in measured["builds"].items()
    ]
    fewest, most = min(found, key=int), max(found, key=int)
    peer, ours = (found[most]["KB of a page"][name] for name in (PEER, OURS))
    rows += [
        f"| median lesson, KB of {what} | {peer[what]:.1f} | {ours[what]:.1f} | "
        f"{peer[what] / ours[what]:.1f} |"
        for what in peer
    ]
    if most != fewest:
        peer, ours = (
            per_lesson(found, most, name) / per_lesson(found, fewest, name) for name in (PEER, OURS)
        )
        label = f"cold, time per lesson: at {most} lessons, of that at {fewest}"
        rows.append(f"| {label} | {peer:.2f} | {ours:.2f} | |")
    head = f"| Median of {result['rounds']} | {PEER} | {OURS} | ratio |"
    return "\n".join([head, "| --- | --- | --- | --- |", *rows])


def per_lesson(found: Mapping[str, Any], lessons: str, engine: str) -> float:
    """Return the seconds that a cold build takes for each lesson."""
    cold = found[lessons]["builds"]["cold"][engine]["seconds"]
    return statistics.median(cold) / int(lessons)


def row(label: str, peer: Mapping[str, Any], ours: Mapping[str, Any]) -> str:
    """Return a row of the table: medians of both, and of the ratios within each round."""
    if not ours["right"]:
        raise RuntimeError(f"{label}: the page does not show the edit")
    theirs, own = (statistics.median(each["seconds"]) for each in (peer, ours))
    if not peer["right"]:
        return f"| {label} | {theirs:.1f}, and the page is as before | {own:.1f} | |"
    pairs = zip(peer["seconds"], ours["seconds"], strict=True)
    ratio = statistics.median(one / other for one, other in pairs)
    return f"| {label} | {theirs:.1f} | {own:.1f} | {ratio:.1f} |"


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lessons", type=int, nargs="+", default=[8, 40])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--record", action="store_true", help=f"write {RECORD.name}")
    arguments = parser.parse_args()

    def work() -> dict[str, Any]:
        return measure_all(arguments.lessons, arguments.rounds)

    print(table(record(work) if arguments.record else work()))


def record(work: Callable[[], dict[str, Any]]) -> Any:
    """Return the result of the work, and keep it."""
    question = (
        f"How long do builds of the same site take with {PEER} and with {OURS}, in turns, and what "
        "do its pages weigh?"
    )
    command = shlex.join(["nox", "-s", "bench", "--", "build", *sys.argv[1:]])
    only = {"also": INPUTS, "without": ["*"]}
    return records.make(RECORD, work, root=ROOT, question=question, command=command, **only).result


if __name__ == "__main__":
    main()
