"""The values of the interaction model's slot types, as the content names them."""

from collections.abc import Mapping
from importlib import resources

from content import DEFAULT_LOCALE, LANGUAGES, content, load

Values = Mapping[str, tuple[str, ...]]
"""Value id to its names: the spoken one first, then what else people say."""


def slot_values(locale: str = DEFAULT_LOCALE) -> Mapping[str, Values]:
    """Return, for each slot type that comes from content, its values."""
    folder = resources.files("content") / LANGUAGES[locale]
    written = {
        kind: {value: tuple(names) for value, names in values.items()}
        for kind, values in load(folder / "slots.toml").items()
    }
    themes = {one.code: (one.name, *one.also) for one in content(locale).library.themes.values()}
    topics = {value: (one.name, *one.also) for value, one in content(locale).topics.items()}
    return {**written, "THEME": themes, "TOPIC": topics}
