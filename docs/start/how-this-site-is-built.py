# ---
# title: How this site is built
# description: What mkdocs-jupyter does for this site, what literate adds to it, and what that gains.
# search:
#   boost: 0.3
# ---

# %% [markdown]
r"""
# How this site is built

[MkDocs](https://www.mkdocs.org) writes the site, with the theme
[Material](https://squidfunk.github.io/mkdocs-material/).
[mkdocs-jupyter](https://github.com/danielfrg/mkdocs-jupyter) makes pages of programs and notebooks.
`literate`, a plugin in the repository of this site, extends mkdocs-jupyter so that a page cannot
show what is no longer so, and so that the site builds and loads fast. You need none of this to read
the course or to use its code: the [first lesson](../lessons/tensors/vectors.py) is a better place
then. Read on if you write lessons, or want to build a site like this one.

## What becomes of a lesson

1.  **Read.** jupytext reads the page: a Python file with `# %%` cells, Markdown that names a kernel,
    or a notebook.
2.  **Run.** Each lesson gets a process of its own, forked from one that has loaded PyTorch and
    matplotlib. It starts with nothing of another lesson in it, and it imports `course` itself.
3.  **Keep.** What the cells showed is stored, together with a list of everything the run has used.
    The next build runs a lesson again when something on that list has changed.
4.  **Write.** The outputs become Markdown, the figures files beside the page. Values take their
    place in the prose, asserts become checked statements.
5.  **Render.** MkDocs renders the result as it does any other page, with the same boxes, tabs,
    links, contents and search.
6.  **Check.** A failing lesson, a dead link, a formula that cannot be rendered or a request to
    another site's server stops the build, and the last good site stays as it is.

## What mkdocs-jupyter does, and what literate changes

`literate` is a subclass of mkdocs-jupyter's plugin. Which files are pages is decided by
mkdocs-jupyter's own code, and its options keep their names and their meaning. Two things are
replaced: how a page runs, and how it is written.

| What | mkdocs-jupyter 0.26.3 | literate |
| --- | --- | --- |
| Lessons run | one after another, each in a new kernel that loads PyTorch anew | side by side, each forked from a process that has loaded it |
| A result is used again | while page and options are unchanged, even if the code that it imports has broken | while everything is unchanged that the run imported or opened, with versions, device and variables |
| An edit of the prose | runs the page again | runs nothing |
| A failing cell | is shown on the page, and the build succeeds, unless told otherwise | stops the build with file, line and traceback; all failing lessons are told at once |
| A page | carries its own styles, and its pictures as text | is Markdown that MkDocs renders, with files beside it |
| Boxes, tabs, footnotes, links to functions | stay literal text inside a lesson | work as on any page |
| Maths | needs a script, loaded from elsewhere | is MathML, written when the site is built |
| Two builds of the same sources | differ in random names | are the same, byte for byte, apart from measured times, if `SOURCE_DATE_EPOCH` is set; `nox -s repeatable` compares them |
| Numbers in prose | are typed by hand | come from the run, and statements about them are checked; a decimal or a percentage that is typed stops the build |
| Taking a lesson along | with its source, if asked for | as a notebook with outputs and as a script, which run where only the site's wheel is |
| What a notebook does with outputs | is kept as Jupyter keeps it | is kept as Jupyter keeps it, without a kernel: displays that are updated, `clear_output`, `await` at the top level, `_`, attachments, raw cells; `nox -s like_jupyter` runs notebooks both ways, compares the outputs and gives the reason for each difference |
| Very long outputs | stand on the page as a whole | fold after their first lines; of one with more than 1,000 lines or 100,000 characters, page and downloads carry the first and the last, and a line says how much is left out |
| Warnings | are shown, and nobody has to notice | stop the build, unless the cell says that it warns |
| Figures | are the same on a light and on a dark page | are drawn for both, from one call |

## What it gains

Other engines make pages of programs too, and the benchmark has all of them build the same lessons,
each in its own format and set up as its own documentation says. A lesson has prose, imports PyTorch and
a package, prints, draws twice and claims. `literate` has the settings of this site. A cold build finds
nothing of an earlier one; before a warm one nothing changes. Then a sentence is edited, then the code of
a cell, then a module of the package that every fourth lesson uses.

A build is **right** if every page then shows what its lesson prints when plain Python runs it as it
stands, its sentence as it reads now, nothing of either that was true before, both figures, and no failed
claim. All pages are looked at after every build. Where one is not right, the table says *wrong*; the
fastest of those that are right is in bold.
"""

# %% tags=["hide-input"]
from pathlib import Path

from IPython.display import Markdown, display

from benchmarks.peers import tables
from literate.running import records

place = Path("docs/records/build.json")
result = records.read(place).result
Markdown(records.note(place, "../records/build.json", Path.cwd()))

# %% tags=["hide-input"]
for size in result["lessons"]:
    display(Markdown(f"**{size} lessons**, seconds of a build\n\n{tables.compared(result, size)}"))
display(Markdown(tables.places(result)))

# %% [markdown]
r"""
What was wrong, on the first page where something was, and what could not be measured, with its error:
"""

# %% tags=["hide-input"]
Markdown(f"{tables.faults(result)}\n{tables.absent(result)}")

# %% [markdown]
r"""
`literate` alone, also at sizes that would take the others too long:
"""

# %% tags=["hide-input"]
display(Markdown(tables.alone(result)))
for sentence in (tables.growth(result), tables.memory(result), tables.weights(result)):
    display(Markdown(sentence))

# %% [markdown]
r"""
An engine that keeps results by the page alone is done at once after an edit of the package, and shows
what was true before. One that keeps nothing is right, and runs everything again. One that runs all
lessons in a single process starts PyTorch once, and every lesson finds what the ones before it have left.

Run it on your machine, in the folder of your clone. All of it takes a while, and this is a part that
is soon through:

```sh
.venv/bin/nox -s bench -- build --sizes 4 --alone --no-site --peers mkdocs-jupyter
```

## Options

Set in `mkdocs.yml` under `literate`.

| Option | Meaning |
| --- | --- |
| `include`, `ignore` | which files are pages, as in mkdocs-jupyter |
| `execute`, `execute_ignore` | whether pages run, and which do not; here they run by default |
| `allow_errors` | whether a failing cell is shown in place of stopping the build; here it is not, by default |
| `show_input`, `no_input`, `no_prompt`, `remove_tag_config` | what a page leaves out; there are never prompts |
| `highlight_extra_classes`, `ignore_h1_titles`, `include_source`, `data_files` | as in mkdocs-jupyter |
| `cache`, `cache_dir` | whether and where results are kept; by default in `.cache/literate` |
| `kernel_name` | empty or `python3`: lessons run in the Python that builds the site |
| `theme`, `include_requirejs`, `toc_depth`, `custom_mathjax_url` | refused: they would shape pages that are not written here |
| `jobs` | how many lessons run side by side; by default one for each processor |
| `cell_seconds` | how long a cell may take |
| `preload` | which modules are loaded once for all lessons; if a build runs no more than two, each loads what it needs |
| `environment` | variables that decide what lessons show: when one changes, they run again |
| `first_import` | a module that the process of each lesson imports before all else |
| `figure_style` | a matplotlib style file for all lessons |
| `dark_colors` | for each colour of a figure, the one that it has on a dark page |
| `fold_lines` | the longest output that is shown as a whole, in lines: of a longer one the first lines show, and the rest is folded; 25 by default, and 0 folds nothing |
| `drawing` | the name whose functions draw, such as `plotting`: the code of a cell that ends in a call of one is folded, unless code in sight needs what it defines |
| `check_numbers` | whether a decimal or a percentage typed into the prose of a lesson stops the build; by default it does |
| `report` | where a page stands that says how each lesson came to be, such as `reference/build.md`, with the same as JSON beside it; empty, there is none |
| `downloads` | which pages, as patterns of their paths, can be taken along as a notebook with outputs and as a script |
| `install` | Markdown that follows the title of both: how to install what the lessons import; `{wheel}` becomes what pip needs to install the wheel that the site carries |
| `seeds` | the folder with the records of how often each claim holds with other seeds, as `nox -s seeds` writes them; empty, pages tell nothing of it |
| `launch` | where a notebook can be run, once `repo_url` is set: an address with `{repository}` for the name of the repository and `{path}` for that of the notebook |
| `wheel` | whether the site carries the wheel of the project that it is built from |
| `reference`, `reference_without` | a package with a page for each of its modules, in place of `reference/*` in `nav`; and patterns of modules that have none |
| `moved` | former pages, each with the page at which it is found now, both without a suffix: the old address leads on |
| `copying` | whether mkdocstrings shows source whose copy button copies what runs on its own |
| `glossary`, `explained` | the page with the meanings of words, and patterns of the pages on which words have them as tooltips: where they come first, ambiguous ones where a page marks them |
| `names` | a file with other words by which the search finds words of the glossary and pages |
| `first_reading`, `first_words`, `page_kilobytes` | the most that a page that can be taken along may be: minutes of its first reading, words of it, kilobytes (of 1,000 bytes) of its HTML without the navigation; a longer page stops the build; 0, the default, is no limit |
| `check_origins` | whether the finished site is searched for requests to other servers |

The core of `literate` knows nothing of MkDocs. `python -m literate SOURCE TARGET` turns a folder of
lessons into a tree of Markdown and figures that another generator can build from.

## Where it can be read

Pages name one another, and all else that they show, by relative paths to files. So the folder `site`,
which `nox -s docs` writes, works in any folder of a server, and from a disk as well: open
`site/index.html`. Links, figures, formulas, colours and the search need no server. Where a browser
would save a notebook or a script from a server, it may show the file; save it then.

The address at which a site is published belongs into the variable `SITE_URL`. Without it, the page
for addresses that lead nowhere takes the site for the root of its server.

## Write a lesson

`CONTRIBUTING.md`, at the top of the repository, takes you from an empty file to a rendered lesson,
and lists what a cell can ask for.
"""
