"""The tables say what was measured: the fastest of those that are right, and what was wrong."""

from benchmarks.peers import tables

OWN = {step: {"seconds": [2.0], "wrong": ""} for step in tables.STEPS}
PEER = {step: {"seconds": [4.0, 8.0, 5.0], "wrong": ""} for step in tables.STEPS}
PEER |= {
    "warm": {"seconds": [1.0], "wrong": ""},
    "package edit": {"seconds": [1.0], "wrong": "lesson 1 lacks 'shown 2'"},
}
RESULT = {
    "versions": {"literate": "", "peer": "1.2"},
    "missing": {"other": "no network"},
    "lessons": {
        "8": {"literate": OWN | {"KB of a page": 30.0}, "peer": PEER | {"KB of a page": 600.4}}
    },
    "alone": {"24": OWN | {"cold": {"seconds": [5.0], "wrong": ""}}},
    "memory": {"lessons": 24, "build": 1700, "torch": 300},
    "site": {"lessons": 3, **OWN},
}


def test_the_fastest_of_those_that_are_right_is_bold():
    assert tables.compared(RESULT, "8").splitlines()[2:] == [
        "| literate | **2.0** | 2.0 | **2.0** | **2.0** | **2.0** |",
        "| peer 1.2 | 5.0 | **1.0** | 5.0 | 5.0 | 1.0, wrong |",
    ]


def test_it_says_where_another_is_faster():
    assert tables.places(RESULT) == (
        "- 8 lessons: of those whose pages are right, literate is the fastest in 4 of 5 columns, "
        "and not in warm (peer takes 1.0 s)."
    )


def test_what_is_wrong_and_what_is_missing_have_their_reasons():
    assert tables.faults(RESULT) == "- peer, package edit: `lesson 1 lacks 'shown 2'`"
    assert tables.absent(RESULT) == "- other could not be measured: `no network`"


def test_the_own_engine_has_a_row_for_every_size_and_the_real_site():
    first = [line.split(" | ")[0] for line in tables.alone(RESULT).splitlines()[2:]]

    assert first == ["| 8 lessons", "| 24 lessons", "| this site, 3 lessons"]


def test_growth_and_memory_are_told_in_a_sentence():
    assert tables.growth(RESULT) == (
        "With 3 times as many lessons (24 for 8), a cold build takes 2.5 times as long, and a warm "
        "one 1.0 times."
    )
    assert "1.7 GB at one time" in tables.memory(RESULT)
    assert "1.4 GB beyond the 0.3 GB" in tables.memory(RESULT)
    assert "less than the 1.5 GB" in tables.memory(RESULT)
    more = {"memory": {"lessons": 24, "build": 2000, "torch": 300}}
    assert "more than the 1.5 GB" in tables.memory(more)


def test_where_nothing_was_measured_nothing_is_said():
    empty = {key: {} for key in ("versions", "missing", "lessons", "alone", "memory", "site")}

    assert tables.memory({"memory": {"lessons": 2, "build": 0, "torch": 0}}) == ""
    for say in (
        tables.places,
        tables.faults,
        tables.growth,
        tables.memory,
        tables.absent,
        tables.weights,
    ):
        assert say(empty) == ""


def test_pages_are_weighed():
    assert (
        tables.weights(RESULT) == "KB of the HTML of the median lesson: 30 (literate), 600 (peer)."
    )
