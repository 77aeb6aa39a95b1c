"""The catalogues of the pages are whole: each text once, translated, with its places, in its own script; and
what says of a language that it is reviewed contradicts nothing.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from services.console.pages.catalogues import LOCALES, files, is_reviewed, read, review
from services.domain.people import Language
from services.escalation.text import texts as texts_of_messages
from tests.words.extraction import NotAText, Text, of_module, of_template, said_by_pages
from tests.words.lacking import TRANSLATED, add, belongs, kept, key, lacking

PLACE = re.compile(r"\{\w+\}")
TIBETAN = re.compile("[\u0f00-\u0fff]")
HAN = re.compile("[\u3400-\u9fff]")
TO_MEND = "`python3 do.py words` writes what is missing into the files; translate it there"


def entries(language: Language) -> Iterator[tuple[str, Message]]:
    """Each text of a language with the name of its file."""
    for path in files(language):
        yield from ((f"{language.value}/{path.name}", each) for each in read(path) if each.id)


def forms(said: object) -> list[str]:
    return [str(each) for each in said] if isinstance(said, list | tuple) else [str(said)]


def has_letters(text: str) -> bool:
    """Whether there is anything to translate: places and punctuation alone are the same in each script."""
    return any(letter.isalpha() for letter in PLACE.sub("", text))


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_of_the_pages_is_in_every_catalogue(language: Language) -> None:
    said = said_by_pages()
    assert len(said) > 50
    missing = {key(text): name for text, name in lacking(said, language).items()}
    assert missing == {}, TO_MEND


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_stands_in_a_catalogue_that_no_page_says_and_nothing_stands_there_twice(
    language: Language,
) -> None:
    keys = {key(text) for text in said_by_pages()}
    where = kept(language)
    assert {text: names for text, names in where.items() if text not in keys} == {}
    assert {text: names for text, names in where.items() if len(names) > 1} == {}
    assert {path.name for path in files(language) if read(path).obsolete} == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_text_is_empty_or_doubtful(language: Language) -> None:
    unfit = [(name, each.id) for name, each in entries(language) if each.fuzzy or not all(forms(each.string))]
    assert unfit == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_text_has_the_places_of_the_english(language: Language) -> None:
    for name, each in entries(language):
        wanted = {place for form in forms(each.id) for place in PLACE.findall(form)}
        for said in forms(each.string):
            assert set(PLACE.findall(said)) == wanted, (name, each.id)
            assert "{" not in PLACE.sub("", said), (name, each.id)


@pytest.mark.parametrize(
    ("language", "own", "foreign"), [(Language.ZH_CN, HAN, TIBETAN), (Language.BO, TIBETAN, HAN)]
)
def test_each_text_is_written_in_its_own_script(
    language: Language, own: re.Pattern[str], foreign: re.Pattern[str]
) -> None:
    written = [(name, each.id, said) for name, each in entries(language) for said in forms(each.string)]
    assert [one for one in written if has_letters(key(one[1])) and not own.search(one[2])] == []
    assert [one for one in written if foreign.search(one[2])] == []


def test_tibetan_copies_neither_chinese_nor_english() -> None:
    chinese = {str(each.id): each.string for _, each in entries(Language.ZH_CN)}
    for name, each in entries(Language.BO):
        if has_letters(forms(each.id)[0]):
            assert each.string != chinese[str(each.id)], (name, each.id)
            assert not set(forms(each.string)) & set(forms(each.id)), (name, each.id)


def test_every_language_has_the_same_files() -> None:
    assert {path.name for path in LOCALES.iterdir()} == {language.value for language in TRANSLATED}
    names = {language: [path.name for path in files(language)] for language in TRANSLATED}
    assert names[Language.BO] == names[Language.ZH_CN]


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_file_says_its_language_and_whether_it_is_reviewed(language: Language) -> None:
    for path in files(language):
        headers = dict(read(path).mime_headers)
        assert headers["Language"].replace("_", "-") == language.value, path
        assert review(path) in {"yes", "no"}, path


@pytest.mark.parametrize("language", Language)
def test_pages_and_messages_agree_on_what_is_reviewed(language: Language) -> None:
    assert is_reviewed(language) == texts_of_messages(language).reviewed


def said_in(template: str) -> list[object]:
    return [text for _, _, text, _ in of_template(io.BytesIO(template.encode()))]


def test_all_that_a_template_may_say_is_found() -> None:
    assert said_in('{{ t("a" if x else "b") }}') == ["a", "b"]
    assert said_in('{% if t({"k": "c", "l": "d"}[k], n=1) %}{% endif %}') == ["c", "d"]
    assert said_in('<i title="{{ t.both("e") }}">{{ t.plural("{count} f", "{count} fs", n) }}') == [
        "e",
        ("{count} f", "{count} fs"),
    ]
    assert said_in("{{ t.clock(now, now) }}{{ t.count(span) }}{{ t(name) }}{{ t(step.name) }}") == []


def test_all_that_a_module_may_say_is_found() -> None:
    source = """said("a"), view.t("b" if y else "c"), t(z), t.plural("{n} e", "{n} es", 2)"""
    assert [text for _, _, text, _ in of_module(io.BytesIO(source.encode()))] == [
        "a",
        "b",
        "c",
        ("{n} e", "{n} es"),
    ]


@pytest.mark.parametrize(
    "template",
    [
        "{{ t(name | title) }}",
        '{{ t("a" ~ b) }}',
        "{{ t(1) }}",
        "{% macro say(name) %}{{ t(name) }}{% endmacro %}",
        '{% for name in ("a", "b") %}{{ t(name) }}{% endfor %}',
        '{% set name = "a" if b else "c" %}{{ t(name) }}',
    ],
)
def test_a_text_that_is_put_together_where_it_is_said_is_refused(template: str) -> None:
    with pytest.raises(NotAText, match="line 1"):
        said_in(template)


def test_a_text_belongs_to_its_page_and_to_the_house_where_several_say_it() -> None:
    assert belongs({"board.html", "board.py"}) == "board.po"
    assert belongs({"board.html", "visits.html"}) == "house.po"
    assert belongs({"frame.html"}) == "house.po"
    assert (belongs({"words.py"}), belongs({"texts.py"})) == ("words.po", "times.po")


def test_what_is_missing_is_written_where_it_belongs_with_nothing_said_yet(
    tmp_path: Path,
) -> None:
    (tmp_path / "bo").mkdir()
    said: dict[Text, str] = {'say "so"': "board.po", ("{count} x", "{count} xs"): "board.po"}
    (path,) = add(said, Language.BO, tmp_path)
    assert [(each.id, each.string) for each in read(path) if each.id] == [
        ('say "so"', ""),
        (("{count} x", "{count} xs"), ("",)),
    ]
