"""Turn lessons, which are programs, into Markdown that shows what really came out.

The core (`literate.build`) takes a folder of pages and gives back Markdown and figures; it knows
nothing of MkDocs. `literate.plugin` is the thin adapter that hands the result to MkDocs.

How one lesson travels:

1. `page` reads the file (py-percent, jupytext Markdown or notebook) into steps.
2. `cache` looks for an earlier run of the same steps whose every input is unchanged (`manifest`).
3. `workers` gives the lesson a forked child, several side by side; `kernel` runs the steps there.
4. `render` writes the Markdown and the figure files.
"""

__version__ = "0.1.0"
