"""A section is found by its sentences, words of its code and names, and shows a sentence."""

from literate.site.index import says, short

TEXT = (
    "<p>One <code>w</code> is &lt; 2. Two is\n not!</p> <p></p> Caption: see it. "
    "<pre><code>import torch\nloss = torch.nn.MSELoss()(one, x)  # loss\n</code></pre> "
    "<ul> <li>first, <em>e.g.</em> this</li> <li>—</li> </ul>"
)
ENTRY = {"location": "a.html#b", "title": "<code>fit</code> &amp; go", "text": TEXT, "boost": 0.5}


def test_a_section_has_a_line_for_each_sentence_and_the_new_words_of_its_code_once():
    found = short(ENTRY, {})

    assert found["title"] == "fit & go"
    assert found["text"].split("\n") == [
        "One w is < 2.",
        "Two is not!",
        "Caption: see it.",
        "first, e.g. this",
    ]
    assert found["code"] == "import torch loss nn MSELoss one"
    assert found["boost"] == 0.5
    assert "names" not in found


def test_a_section_has_the_names_of_its_place_and_first_what_the_page_says_of_it():
    found = short(ENTRY, {"a.html#b": ["fitting"], "a.html": ["other"]}, ["An A &lt; B"])

    assert found["names"] == ["fitting"]
    assert found["text"].startswith("An A < B\nOne w")


def test_a_page_says_what_it_is_about_and_its_sections_what_goes_wrong_in_them():
    failures = [
        {"section": "The way", "symptom": "Slow", "error": "KeyError", "message": "'a' < b"},
        {"section": "", "symptom": "", "error": "StopIteration", "message": ""},
    ]
    facts = {"description": "About.", "symptoms": failures}

    assert list(says(facts, "")) == ["About.", "StopIteration"]
    assert list(says(facts, "the-way")) == ["Slow", "KeyError: &#x27;a&#x27; &lt; b"]
    assert list(says({}, "")) == []
