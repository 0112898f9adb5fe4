"""Measure `literate` against plain mkdocs-jupyter: the same lessons, side by side, in one run.

Both build a site of small generated lessons that import torch and matplotlib and draw a figure.
Every build is cold: no result of an earlier one is used. The rounds alternate, so that a busy
machine slows both; the table gives medians and their ratio.

    python benchmarks/engine.py --lessons 8 --rounds 3
"""

import argparse
import gzip
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LESSON = '''
# %% [markdown]
r"""
# Lesson {number}: a line through points

The loss is the mean of the squared residuals, and each step goes against its gradient.
"""

# %%
import matplotlib.pyplot as plt
import torch

generator = torch.Generator().manual_seed({number})
x = torch.linspace(-3, 3, 50)
y = {number} * x + torch.randn(50, generator=generator)

# %% [markdown]
r"""
## Descent

Fifty steps from zero.
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
print(f"slope {{w.item():.3f}}, loss {{losses[-1]:.3f}}")

# %% alt="The loss falls steeply, then flattens."
plt.plot(losses)
plt.xlabel("step")
plt.ylabel("loss");
'''

SITE = """
site_name: Benchmark
theme:
  name: material
  font: false
plugins:
  - search
{plugin}
markdown_extensions: [admonition, attr_list, md_in_html, pymdownx.highlight, pymdownx.superfences]
"""

PLUGINS = {
    "mkdocs-jupyter": "  - mkdocs-jupyter:\n      execute: true\n      cache: false\n"
    "      include: ['*.py']",
    "literate": "  - literate:\n      include: ['*.py']",
}


def make_site(folder: Path, engine: str, lessons: int) -> Path:
    """Write a site of generated lessons for one engine and return its folder."""
    docs = folder / engine / "docs"
    docs.mkdir(parents=True)
    docs.joinpath("index.md").write_text("# Benchmark\n")
    for number in range(1, lessons + 1):
        docs.joinpath(f"lesson{number}.py").write_text(LESSON.format(number=number))
    docs.parent.joinpath("mkdocs.yml").write_text(SITE.format(plugin=PLUGINS[engine]))
    return docs.parent


def build(site: Path) -> float:
    """Build a site from nothing and return the seconds it took.

    Raises:
        RuntimeError: If the build fails, with what it printed.
    """
    for left in (".cache", "site"):
        shutil.rmtree(site / left, ignore_errors=True)
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
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


def weights(site: Path) -> tuple[float, float]:
    """Return the median size of a lesson's HTML, plain and gzipped, in KB (1,000 bytes)."""
    pages = [page.read_bytes() for page in sorted(site.glob("site/lesson*/index.html"))]
    if not all(b"slope" in page for page in pages):
        raise RuntimeError(f"{site.name}: a page lacks its output")
    plain = statistics.median(len(page) for page in pages)
    zipped = statistics.median(len(gzip.compress(page, mtime=0)) for page in pages)
    return plain / 1000, zipped / 1000


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lessons", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sites = {name: make_site(Path(folder), name, arguments.lessons) for name in PLUGINS}
        seconds: dict[str, list[float]] = {name: [] for name in PLUGINS}
        for round_number in range(arguments.rounds):
            for name, site in sites.items():
                seconds[name].append(build(site))
                print(
                    f"round {round_number + 1}: {name} {seconds[name][-1]:.1f} s", file=sys.stderr
                )
        rows = {
            f"cold build of {arguments.lessons} lessons, s": {
                name: statistics.median(times) for name, times in seconds.items()
            }
        }
        sizes = {name: weights(site) for name, site in sites.items()}
        rows["median lesson, KB of HTML"] = {name: plain for name, (plain, _) in sizes.items()}
        rows["median lesson, KB gzipped"] = {name: zipped for name, (_, zipped) in sizes.items()}
    print("| | mkdocs-jupyter | literate | ratio |\n|---|---|---|---|")
    for label, row in rows.items():
        peer, ours = row["mkdocs-jupyter"], row["literate"]
        print(f"| {label} | {peer:.1f} | {ours:.1f} | {peer / ours:.1f} |")


if __name__ == "__main__":
    main()
