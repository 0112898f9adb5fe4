"""Measure pages of the built site with Lighthouse, as a phone on a slow line loads them.

    python benchmarks/lighthouse.py LIGHTHOUSE [PAGE ...]

LIGHTHOUSE is the program (`nox -s lighthouse` installs it). Prints the median of five runs for each
page; exits with 1 if a page is below what the site promises.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.browser import chromium
from tests.browser.serving import serve

SITE = Path("site")
PAGES = ("index.html", "lessons/linear/descent.html", "lessons/networks/workflow.html")
RUNS = 5
#: The least that each page has to reach, of 100.
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
#: The most that a first visit may take over the line, compressed, without figures.
MOST_KB = 300


def report(lighthouse: str, address: str) -> dict[str, Any]:
    """Return what Lighthouse reports of one visit by a new reader."""
    with tempfile.TemporaryDirectory() as profile:
        flags = f"--headless=new --no-sandbox --user-data-dir={profile}"
        done = subprocess.run(
            [lighthouse, address, "--quiet", "--output=json", f"--chrome-flags={flags}"],
            env={**os.environ, "CHROME_PATH": chromium.find()},
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
    if done.returncode:
        sys.exit(f"{address}: Lighthouse failed:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measured(found: dict[str, Any]) -> dict[str, float]:
    """Return the numbers of a report that the table shows."""
    audits = found["audits"]
    requests = audits["network-requests"]["details"]["items"]
    sizes = {True: 0, False: 0}  # whether it is a figure, and its bytes
    for request in requests:
        sizes["/figure-" in request["url"]] += request["transferSize"]
    return {
        **{name: round(found["categories"][name]["score"] * 100) for name in LEAST},
        "largest paint, s": audits["largest-contentful-paint"]["numericValue"] / 1000,
        "blocked, ms": audits["total-blocking-time"]["numericValue"],
        "shift": audits["cumulative-layout-shift"]["numericValue"],
        "KB": sizes[False] / 1000,
        "figures, KB": sizes[True] / 1000,
    }


def main() -> int:
    """Measure, print the table, return whether a page is below what is promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lighthouse", help="the program")
    parser.add_argument("pages", nargs="*", default=PAGES, help="pages of the site")
    arguments = parser.parse_args()
    missed = []
    with serve(SITE) as address:
        for index, page in enumerate(arguments.pages):
            runs = [measured(report(arguments.lighthouse, address + page)) for _ in range(RUNS)]
            middle = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
            if index == 0:
                print(f"{'page':36}" + "".join(f"{name:>18}" for name in middle))
            print(f"{page:36}" + "".join(f"{value:18.4g}" for value in middle.values()), flush=True)
            missed += [
                f"{page}: {name} {middle[name]:g}" for name in LEAST if middle[name] < LEAST[name]
            ]
            if middle["KB"] > MOST_KB:
                missed.append(f"{page}: {middle['KB']:.0f} KB without figures")
    print("\n".join(["missed:", *missed]) if missed else "every page reaches what is promised")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
