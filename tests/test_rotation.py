"""What rotates over commits: each kind on every commit, and everything within eight."""

import subprocess

import pytest

from tests.rotation import BUCKETS, bucket, kind_of_page, sample

NAMES = [
    *(f"lessons/a/{number}.html" for number in range(21)),
    *(f"lessons/{name}/index.html" for name in "abc"),
    "index.html",
    "reference/glossary.html",
]


def test_every_name_has_its_turn_and_every_kind_is_in_each():
    samples = [sample(NAMES, kind_of_page, number) for number in range(BUCKETS)]
    assert set().union(*samples) == set(NAMES)
    kinds = {kind_of_page(name) for name in NAMES}
    assert len(kinds) == 4
    for each in samples:
        assert {kind_of_page(name) for name in each} == kinds
        assert len(each) <= 6


def test_without_a_commit_everything_is_seen(tmp_path):
    assert bucket(tmp_path) is None
    assert sample(NAMES, kind_of_page, None) == sorted(NAMES)


def test_the_commit_says_which_bucket(tmp_path):
    def git(*arguments):
        who = ("-c", "user.name=me", "-c", "user.email=me@example.org")
        command = ["git", "-C", str(tmp_path), *who, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    git("init", "--quiet")
    assert bucket(tmp_path) is None, "there is no commit yet"
    git("commit", "--quiet", "--allow-empty", "--message", "one")
    assert bucket(tmp_path) == int(git("rev-parse", "HEAD"), 16) % BUCKETS


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("index.html", "index.html"),
        ("lessons/linear/index.html", "lessons/*/index.html"),
        ("reference/linear/cost.html", "reference/*/*.html"),
        ("lessons/linear/cost/cost.ipynb", "lessons/*/*.ipynb"),
    ],
)
def test_pages_of_one_kind_have_one_name(name, kind):
    assert kind_of_page(name) == kind
