"""Every page says in one sentence what it is about: search engines and previews show it."""

from pathlib import Path

from mkdocs.utils.meta import get_data

from literate.lesson.page import read

ROOT = Path(__file__).parents[2]


def description(path: Path) -> str:
    if path.suffix == ".md":
        meta = get_data(path.read_text(encoding="utf-8"))[1]
    else:
        meta = read(path, ROOT).meta
    return str(meta.get("description", "")).strip()


def test_every_page_has_a_description_of_its_own(nav: list[Path]) -> None:
    described = {path.relative_to(ROOT).as_posix(): description(path) for path in nav}

    assert len(described) >= 8
    assert [name for name, text in described.items() if not 20 <= len(text) <= 160] == []
    assert len(set(described.values())) == len(described)
