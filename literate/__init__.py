"""Turn lessons, which are programs, into Markdown that shows what really came out.

`literate.build` is the way through: it takes a folder of pages and gives back Markdown and figures.
It knows nothing of MkDocs; `literate.site` hands to MkDocs what it returns.

How one lesson travels through the rooms:

1. `lesson`: `page` reads the file (py-percent, jupytext Markdown or notebook) into steps.
2. `running`: `cache` looks for an earlier run of the same steps whose every input is unchanged
   (`manifest`); `workers` gives the lesson a forked child, several side by side, and `kernel` runs
   the steps there.
3. `writing`: `render` writes the Markdown and the figure files, `notebook` what readers take along.
4. `site`: `plugin` puts them among the pages.
"""

__version__ = "0.1.0"
