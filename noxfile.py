"""What people and CI run. `nox -l` lists the sessions; a plain `nox` runs what CI runs.

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
GROUPS = ("nox", "lint", "dev")  # of pyproject.toml, each locked in requirements/<group>.txt


def shared_environment(session: nox.Session) -> None:
    """Make the environment exactly what its lock says, with the project itself as it stands."""
    session.env["VIRTUAL_ENV"] = str(SHARED)
    # Compiled modules must be kept: compiling torch anew in each process takes ten seconds.
    session.env["PYTHONDONTWRITEBYTECODE"] = ""
    session.env["NO_MKDOCS_2_WARNING"] = "1"
    if not (SHARED / "pyvenv.cfg").exists():
        session.run(UV, "venv", "--quiet", "--python", sys.executable, str(SHARED))
    install = [UV, "pip"]
    session.run(*install, "sync", "--quiet", "--require-hashes", "requirements/dev.txt")
    local = ["--no-deps", "--no-build-isolation", "-e", ".", "-e", "literate"]
    session.run(*install, "install", "--quiet", *local)


@nox.session(venv_backend="none")
def tests(session: nox.Session) -> None:
    """Run the tests; arguments go to pytest: `nox -s tests -- tests/networks -x`."""
    shared_environment(session)
    session.run(PYTHON, "-m", "pytest", *session.posargs)


@nox.session(venv_backend="none")
def docs(session: nox.Session) -> None:
    """Run the lessons and build the site into `site/`; a warning or a failing lesson stops it."""
    shared_environment(session)
    session.run(PYTHON, "-m", "mkdocs", "build", "--strict", *session.posargs)


@nox.session(venv_backend="none")
def doctest(session: nox.Session) -> None:
    """Run the examples in the docstrings of the package and the engine."""
    shared_environment(session)
    session.run(PYTHON, "-m", "pytest", "--doctest-modules", "course", "literate", *session.posargs)


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
    """Measure the engine against plain mkdocs-jupyter, side by side; prints a table."""
    shared_environment(session)
    session.run(PYTHON, "benchmarks/engine.py", *session.posargs)


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
    """Write requirements/*.txt anew: newest versions, for all systems, hashes and no addresses."""
    own = ["every-lesson-is-a-program", "literate-lessons"]
    for group in GROUPS:
        session.run(
            *(UV, "pip", "compile", "--group", group, "--upgrade", "--quiet"),
            *("--universal", "--python-version", "3.11", "--generate-hashes"),
            *("--no-annotate", "--no-header", *(f"--no-emit-package={name}" for name in own)),
            *("--output-file", f"requirements/{group}.txt"),
        )
