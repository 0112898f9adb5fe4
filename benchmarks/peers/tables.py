"""What was measured, as tables and sentences in Markdown: the page and the terminal show it."""

import statistics
from collections.abc import Iterator, Mapping
from typing import Any

STEPS = ("cold", "warm", "prose edit", "code edit", "package edit")
OURS = "literate"
MOST = 1500  # MB beyond one process with torch: what a build is meant to keep to

Builds = Mapping[str, Any]  # of one engine and one size, by step


def everything(result: Mapping[str, Any]) -> str:
    """Return all that was measured."""
    parts = [f"## {size} lessons\n\n{compared(result, size)}" for size in result["lessons"]]
    ends = [places(result), faults(result), alone(result), memory(result), absent(result)]
    return "\n\n".join(filter(None, [*parts, *ends]))


def compared(result: Mapping[str, Any], size: str) -> str:
    """Return the seconds of each engine for each step, the fastest of the right ones in bold."""
    engines = result["lessons"][size]
    best = {step: min(right, default="") for step, right in _right(engines).items()}
    rows = [
        [
            _named(name, result),
            *(_cell(builds[step], best[step] == (_seconds(builds[step]), name)) for step in STEPS),
        ]
        for name, builds in engines.items()
    ]
    return _table(["Seconds", *STEPS], rows)


def _right(engines: Mapping[str, Builds]) -> dict[str, list[tuple[float, str]]]:
    """Return, for each step, the seconds and the names of the engines whose pages are right."""
    return {
        step: [
            (_seconds(builds[step]), name)
            for name, builds in engines.items()
            if not builds[step]["wrong"]
        ]
        for step in STEPS
    }


def _named(name: str, result: Mapping[str, Any]) -> str:
    return f"{name} {result['versions'].get(name, '')}".rstrip()


def _seconds(build: Mapping[str, Any]) -> float:
    return statistics.median(build["seconds"])


def _cell(build: Mapping[str, Any], best: bool = False) -> str:
    text = f"{_seconds(build):.1f}"
    if build["wrong"]:
        return f"{text}, wrong"
    return f"**{text}**" if best else text


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def places(result: Mapping[str, Any]) -> str:
    """Return where the own engine is the fastest of those whose pages are right, and where not."""
    return "\n".join(f"- {_place(result, size)}" for size in result["lessons"])


def _place(result: Mapping[str, Any], size: str) -> str:
    ranked = {step: sorted(right) for step, right in _right(result["lessons"][size]).items()}
    first = [step for step, right in ranked.items() if right[0][1] == OURS]
    behind = [
        f"{step} ({right[0][1]} takes {right[0][0]:.1f} s)"
        for step, right in ranked.items()
        if step not in first
    ]
    text = f"{size} lessons: of those whose pages are right, {OURS} is the fastest in "
    text += f"{len(first)} of {len(STEPS)} columns"
    return f"{text}, and not in {', '.join(behind)}." if behind else f"{text}."


def faults(result: Mapping[str, Any]) -> str:
    """Return what was wrong on the pages, one line for each engine and step at the largest size."""
    if not result["lessons"]:
        return ""
    engines = result["lessons"][max(result["lessons"], key=int)]
    return "\n".join(
        f"- {name}, {step}: `{builds[step]['wrong']}`"
        for name, builds in engines.items()
        for step in STEPS
        if builds[step]["wrong"]
    )


def alone(result: Mapping[str, Any]) -> str:
    """Return the seconds of the own engine at each size, and for the real site."""
    compared = {size: engines[OURS] for size, engines in result["lessons"].items()}
    sizes = {f"{size} lessons": builds for size, builds in (compared | result["alone"]).items()}
    if site := result["site"]:
        sizes[f"this site, {site['lessons']} lessons"] = site
    rows = [[label, *(_cell(builds[step]) for step in STEPS)] for label, builds in sizes.items()]
    return _table(["Seconds", *STEPS], rows)


def growth(result: Mapping[str, Any]) -> str:
    """Return how the time grows from the smallest site to the largest, in a sentence."""
    compared = {size: engines[OURS] for size, engines in result["lessons"].items()}
    sizes = compared | result["alone"]
    few, many = min(sizes, key=int, default=""), max(sizes, key=int, default="")
    if few == many:
        return ""
    more = {
        step: _seconds(sizes[many][step]) / _seconds(sizes[few][step]) for step in ("cold", "warm")
    }
    return (
        f"With {int(many) / int(few):.0f} times as many lessons ({many} for {few}), a cold build "
        f"takes {more['cold']:.1f} times as long, and a warm one {more['warm']:.1f} times."
    )


def memory(result: Mapping[str, Any]) -> str:
    """Return what memory a build takes, in a sentence, if it was measured."""
    found = result["memory"]
    if not found or not found["build"]:
        return ""
    more = found["build"] - found["torch"]
    kept = "less than" if more <= MOST else "more than"
    return (
        f"A cold build of {found['lessons']} lessons has at most {found['build'] / 1000:.1f} GB at "
        f"one time, with all its processes: {more / 1000:.1f} GB beyond the "
        f"{found['torch'] / 1000:.1f} GB of one process that has loaded PyTorch, which is {kept} "
        f"the {MOST / 1000} GB that were aimed at."
    )


def absent(result: Mapping[str, Any]) -> str:
    """Return which engines could not be measured, each with its error."""
    found = result["missing"]
    return "\n".join(f"- {name} could not be measured: `{why}`" for name, why in found.items())


def weights(result: Mapping[str, Any]) -> str:
    """Return what a page weighs, in a sentence for the largest site of all engines."""
    if not result["lessons"]:
        return ""
    engines = result["lessons"][max(result["lessons"], key=int)]
    sizes = sorted((builds["KB of a page"], name) for name, builds in engines.items())
    listed: Iterator[str] = (f"{kilobytes:.0f} ({name})" for kilobytes, name in sizes)
    return f"KB of the HTML of the median lesson: {', '.join(listed)}."
