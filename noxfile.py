"""What people and CI run. `nox -l` lists the sessions; a plain `nox` runs those of every day.

The sessions that need torch share one environment, `.nox/course`: about 7 GB on Linux, once.
"""

import sys
from pathlib import Path

import nox
from nox.virtualenv import UV

nox.options.default_venv_backend = "uv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "types", "tests", "doctest", "docs"]

SHARED = Path(".nox/course").absolute()
PYTHON = str(SHARED / "bin" / "python")
# What `requires-python` in pyproject.toml says.
LOWEST_PYTHON = "3.11"
# So many files of tests are sooner through in two processes.
MANY = 8
# Of pyproject.toml; each is locked in requirements/<group>.txt.
GROUPS = (
    *("nox", "lint", "dev", "bench", "peers", "book", "quarto"),
    *("notebooks", "lowest", "browser", "jupyterlab"),
)


def shared_environment(
    session: nox.Session,
    folder: Path = SHARED,
    group: str = "dev",
    own: tuple[str, ...] = ("-e", ".", "-e", "literate"),
    python: str = sys.executable,
) -> None:
    """Make the environment exactly what its lock says, with the project itself as it stands."""
    session.env["VIRTUAL_ENV"] = str(folder)
    # Compiled modules must be kept: compiling torch anew in each process takes ten seconds.
    session.env["PYTHONDONTWRITEBYTECODE"] = ""
    session.env["NO_MKDOCS_2_WARNING"] = "1"
    if not (folder / "pyvenv.cfg").exists():
        made = (UV, "venv", "--quiet", "--no-python-downloads", "--python", python)
        session.run(*made, str(folder))
    install = [UV, "pip"]
    session.run(*install, "sync", "--quiet", "--require-hashes", f"requirements/{group}.txt")
    if own:
        session.run(*install, "install", "--quiet", "--no-deps", "--no-build-isolation", *own)


@nox.session(venv_backend="none")
def tests(session: nox.Session) -> None:
    """Run the tests; arguments go to pytest: `nox -s tests -- tests/networks -x`.

    Two at a time, but for a few files, which are through before a second process is ready.
    """
    shared_environment(session)
    session.run(PYTHON, "-m", "pytest", *side_by_side(session), *session.posargs)


def side_by_side(session: nox.Session) -> tuple[str, ...]:
    """Return what has pytest run two files of tests at a time, if it is worth it.

    What the tests of a file share is made once: a file goes to one process as a whole.
    """
    named = [Path(each.partition("::")[0]) for each in session.posargs]
    files = [list(path.rglob("test_*.py")) or [path] for path in named if path.exists()]
    if 0 < sum(map(len, files)) < MANY:
        return ()
    return ("--numprocesses", "2", "--dist", "loadfile")


@nox.session(venv_backend="none")
def docs(session: nox.Session) -> None:
    """Run the lessons and build the site into `site/`; a warning or a failing lesson stops it."""
    shared_environment(session)
    session.run(PYTHON, "-m", "mkdocs", "build", "--strict", *session.posargs)


@nox.session(venv_backend="none")
def pretend(session: nox.Session) -> None:
    """Build the site on a pretended GPU (`tests/pretend`): whether every lesson would run on one.

    Into `.cache/pretended`, in minutes; `nox -s pretend -- training/loop` runs one lesson alone.
    """
    shared_environment(session)
    session.env["COURSE_DEVICE"] = "pretend"
    session.env["COURSE_FIRST_IMPORT"] = "tests.pretend.active"
    session.run(PYTHON, "-m", "tests.pretend.lessons", *session.posargs)
    if not session.posargs:  # the others, and all pages
        site = ("--site-dir", ".cache/pretended")
        session.run(PYTHON, "-m", "mkdocs", "build", "--strict", *site)


@nox.session(venv_backend="none")
def doctest(session: nox.Session) -> None:
    """Run the examples in the docstrings of the package and the engine."""
    shared_environment(session)
    examples = ("--doctest-modules", "-p", "tests.conftest", "course", "literate")
    session.run(PYTHON, "-m", "pytest", *examples, *session.posargs)


@nox.session(venv_backend="none")
def serve(session: nox.Session) -> None:
    """Build the site, serve it on http://127.0.0.1:8000/, and rebuild what you edit."""
    shared_environment(session)
    session.run(PYTHON, "-m", "mkdocs", "serve", "--no-strict", *session.posargs)


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """Check the types of the package and the engine, strictly."""
    shared_environment(session)
    session.run(PYTHON, "-m", "mypy", *session.posargs)


@nox.session(venv_backend="none")
def bench(session: nox.Session) -> None:
    """Measure training and builds against peers; `nox -s bench -- build --rounds 1` one of them.

    `nox -s bench -- serving` measures what a writer waits for under `mkdocs serve`.

    With `--record` after its name, a benchmark keeps the result for the page that shows it. In an
    environment of its own, because Lightning is one of the peers: as large as the shared one, but
    mostly hard links to the same files. The other engines of the second get theirs beside it.
    """
    folder = Path(".nox/bench").absolute()
    shared_environment(session, folder, "bench")
    session.env["UV"] = UV
    names = session.posargs[:1] or ["training", "build"]
    for name in names:
        script = f"benchmarks/{name}.py"
        session.run(str(folder / "bin" / "python"), script, *session.posargs[1:])


@nox.session(venv_backend="none")
def notebooks(session: nox.Session) -> None:
    """Run notebooks and scripts of the lessons where only the site's wheel is.

    Builds the site first; `nox -s notebooks -- site` takes one that is built. An eighth of them,
    chosen by the commit; `nox -s notebooks -- site --all` runs all. In an environment of its own:
    as large as the shared one, but mostly hard links to the same files.
    """
    site, wheel = site_and_wheel(session)
    folder = Path(".nox/notebooks").absolute()
    shared_environment(session, folder, "notebooks", (wheel,))
    downloads(session, folder, site, *session.posargs[1:])


@nox.session(venv_backend="none")
def lowest(session: nox.Session) -> None:
    """Prove the lowest versions that the package promises: its examples, tests and downloads.

    Builds the site first; `nox -s lowest -- site` takes one that is built. The site's wheel stands
    beside the lowest versions that its metadata allows, on the lowest Python, and no other code of
    the project; that Python has to be there. As large as the shared environment, once more.
    """
    site, wheel = site_and_wheel(session)
    folder = Path(".nox/lowest").absolute()
    shared_environment(session, folder, "lowest", (wheel,), LOWEST_PYTHON)
    themes = [path.parent.name for path in sorted(Path("course").glob("*/__init__.py"))]
    pytest = (str(folder / "bin" / "python"), "-m", "pytest", "-c", "../pyproject.toml")
    pytest += ("-o", "pythonpath=", "-p", "no:cacheprovider")
    with session.chdir("tests"):  # from there Python finds no `course` but the wheel's
        session.run(*pytest, "-p", "conftest", "--doctest-modules", "--pyargs", "course")
        session.run(*pytest, "test_device.py", *themes)
    downloads(session, folder, site, "--all")


def site_and_wheel(session: nox.Session) -> tuple[Path, str]:
    """Return the built site that the first argument names, or a new one, and the wheel in it."""
    site = Path(*session.posargs[:1] or ["site"])
    if not session.posargs:
        docs(session)
    (wheel,) = map(str, site.glob("wheels/*.whl"))
    return site, wheel


def downloads(session: nox.Session, folder: Path, site: Path, *which: str) -> None:
    """Run what the site offers to take along, with the Python of an environment."""
    script = (str(folder / "bin" / "python"), "-I", "tests/downloads.py")
    session.run(*script, str(site), *which)


@nox.session(venv_backend="none")
def repeatable(session: nox.Session) -> None:
    """Build the site twice, from nothing, and compare byte for byte all that is not measured.

    Exits 1 if something differs, and says which file and which lines.
    """
    shared_environment(session)
    session.run(PYTHON, "tests/repeatable.py", *session.posargs)


@nox.session(venv_backend="none")
def browser(session: nox.Session) -> None:
    """Read the built site in the system's Chromium, at most two pages at a time.

    Takes the site in `site/`, or builds it if there is none; arguments go to pytest. Looks at an
    eighth of the pages, chosen by the commit, and at each kind; `nox -s browser -- --all` at all.
    """
    folder = Path(".nox/browser").absolute()
    browser_and_site(session)
    shared_environment(session, folder, "browser", ())
    ours = ("--confcutdir", "tests/browser", "--numprocesses", "2", "tests/browser")
    session.run(str(folder / "bin" / "python"), "-m", "pytest", *ours, *session.posargs)


@nox.session(venv_backend="none")
def lighthouse(session: nox.Session) -> None:
    """Measure the start page and two lessons with Lighthouse, as a phone loads them; needs npm.

    Takes the site in `site/`, or builds it if there is none; arguments are other pages. Lighthouse
    stays in `.nox/lighthouse`; the date pins what it depends on.
    """
    browser_and_site(session)
    folder = Path(".nox/lighthouse").absolute()
    pinned = ("lighthouse@12.8.2", "--before", "2025-12-01", "--ignore-scripts", "--no-audit")
    quiet = ("--no-fund", "--no-package-lock", "--loglevel", "error")
    session.run("npm", "install", "--prefix", str(folder), *pinned, *quiet, external=True)
    program = str(folder / "node_modules" / ".bin" / "lighthouse")
    session.env["PYTHONPATH"] = "."
    session.run(sys.executable, "benchmarks/lighthouse.py", program, *session.posargs)


def browser_and_site(session: nox.Session) -> None:
    """Stop if there is no browser, and build the site if there is none."""
    session.run(sys.executable, "tests/browser/chromium.py", silent=True)
    if not Path("site/index.html").is_file():
        docs(session)


@nox.session(venv_backend="none")
def new(session: nox.Session) -> None:
    """Make the files of a lesson: `nox -s new -- networks/softmax "Softmax regression"`."""
    shared_environment(session)
    session.run(PYTHON, "tests/new.py", *session.posargs)


@nox.session(venv_backend="none")
def mutants(session: nox.Session) -> None:
    """Make small mistakes in the package and see that the tests notice; exits 1 if they do not.

    `nox -s mutants -- --sample 60 --seed 0 course/linear`; a mutant takes about two seconds. With
    `--exercises`, and names such as `linear/loop` or `linear`, in the solutions of the exercises,
    for `check` to notice: all of them, or a `--sample`, ten in a second.
    """
    shared_environment(session)
    if "--exercises" in session.posargs:
        names = [each for each in session.posargs if each != "--exercises"]
        session.run(PYTHON, "-m", "tests.solutions", *names)
    else:
        session.run(PYTHON, "tests/mutants.py", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format, who imports whom, and the workflow against its schema."""
    session.install("--require-hashes", "-r", "requirements/lint.txt")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports", "--no-cache")
    workflows = sorted(map(str, Path(".github/workflows").glob("*.yml")))
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)


@nox.session(venv_backend="none")
def lock(session: nox.Session) -> None:
    """Write requirements/*.txt anew: newest versions, for all systems, hashes and no addresses.

    In `lowest.txt` what pyproject.toml names has the lowest version that stands there.
    """
    own = ["every-lesson-is-a-program", "literate-lessons"]
    for group in GROUPS:
        session.run(
            *(UV, "pip", "compile", "--group", group, "--upgrade", "--quiet"),
            *("--resolution", "lowest-direct" if group == "lowest" else "highest"),
            *("--universal", "--python-version", LOWEST_PYTHON, "--generate-hashes"),
            *("--no-annotate", "--no-header", *(f"--no-emit-package={name}" for name in own)),
            *("--output-file", f"requirements/{group}.txt"),
        )


@nox.session(venv_backend="none")
def records(session: nox.Session) -> None:
    """List what was measured or trained on demand: its date, what changed since, what makes it."""
    shared_environment(session)
    session.run(PYTHON, "-m", "literate.running.records", *session.posargs)


@nox.session(venv_backend="none")
def train(session: nox.Session) -> None:
    """Train the small network of `networks/images` six times and keep what came out; half an hour.

    Needs Fashion-MNIST: `COURSE_DATA` names its folder. `nox -s train -- --epochs 1 --rows 2000`
    is a look, which opens no test set and writes nothing.
    """
    shared_environment(session)
    session.run(PYTHON, "-m", "benchmarks.small_cnn", *session.posargs)


@nox.session(venv_backend="none")
def seeds(session: nox.Session) -> None:
    """Run lessons with their seeds moved, and count how often each claim holds; for hours.

    `nox -s seeds -- linear/outputs training --times 5` some of them, less often. Each lesson has a
    record of its own in `docs/records/seeds`. Exits 1 if a claim says more than what was counted.
    """
    shared_environment(session)
    session.run(PYTHON, "-m", "literate.running.seeds", *session.posargs)


@nox.session(venv_backend="none")
def jupyterlab(session: nox.Session) -> None:
    """Open every notebook in JupyterLab, in the system's Chromium, as one that is not trusted.

    Takes the site in `site/`, or builds it if there is none; arguments go to pytest: `-k cost`.
    """
    folder = Path(".nox/jupyterlab").absolute()
    browser_and_site(session)
    shared_environment(session, folder, "jupyterlab", ())
    ours = ("--confcutdir", "tests/jupyterlab", "tests/jupyterlab")
    session.run(str(folder / "bin" / "python"), "-m", "pytest", *ours, *session.posargs)


@nox.session(venv_backend="none")
def like_jupyter(session: nox.Session) -> None:
    """Run the notebooks of other packages' tests here and in Jupyter, and compare the outputs.

    Exits 1 if a difference has no reason; `nox -s like_jupyter -- probes` runs those of that name.
    """
    folder, names = Path(".cache/like_jupyter"), ("jupytext", "nbclient", "nbconvert")
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes")
    wanted = ("--no-binary", ",".join(names), "-r", "requirements/like_jupyter.txt")
    session.run(*pip, *wanted, "--dest", str(folder))
    shared_environment(session)
    session.run(PYTHON, "-W", "ignore", "tests/like_jupyter.py", str(folder), *session.posargs)
