"""The rules of content that a program can decide.

Each finding is one line: the file, the item, what is wrong and what to do.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from importlib import resources

from content import DEFAULT_LOCALE, LANGUAGES, content, deck_rules, helplines, load, prompt_rules
from content.compiled import deck
from content.library import Library, line_of, read

WARN_AFTER, OVERDUE_AFTER = 150, 180
"""Days after which a helpline's number should, and must, have been verified again."""


def problems(locale: str = DEFAULT_LOCALE) -> list[str]:
    """Return every finding on the content of `locale`; none means that all rules hold."""
    return [
        *_deck(locale),
        *prompt_rules.findings(content(locale).prompts),
        *_names(locale),
    ]


def old_numbers(today: date) -> list[str]:
    """Return what is to be said about helplines that were last verified long before `today`."""
    told = []
    for country, lines in helplines().items():
        for kind, line in lines.items():
            age = (today - line.verified).days
            if age >= WARN_AFTER:
                state = "overdue" if age >= OVERDUE_AFTER else "due soon"
                told.append(
                    f"helplines.toml, {country}.{kind}: {line.number} was last verified {age} days "
                    f"ago, a new look is {state}; hold it against {line.source} and set the date."
                )
    return told


def _deck(locale: str) -> Iterator[str]:
    """Return findings of the library, each with the file and the line on which it stands."""
    folder = resources.files("content") / LANGUAGES[locale]
    library, files = Library(folder), {}
    for file in deck(folder):
        theme, _ = read(file)
        files[theme.code] = (file.name, file.read_text(encoding="utf-8"))
    for one in deck_rules.findings(library):
        name, text = files[one.id[:2]]
        field = one.field.partition(" ")[0]
        line = line_of(text, {"id": one.id}, "steps" if field == "step" else field)
        yield f"deck/{name}, line {line}, {one.id}, {one.field}: {one.told}"


def _names(locale: str) -> Iterator[str]:
    names = Counter(
        name
        for theme in content(locale).library.themes.values()
        for name in (theme.name, *theme.also)
    )
    yield from (
        f"deck: {name!r} names two themes; give it to one of them."
        for name, count in names.items()
        if count > 1
    )
    folder = resources.files("content") / LANGUAGES[locale]
    for kind, values in load(folder / "slots.toml").items():
        told = Counter(name for said in values.values() for name in said)
        yield from (
            f"slots.toml, {kind}: {name!r} stands twice; give it to one value."
            for name, count in told.items()
            if count > 1
        )
