"""What one thing would make a sentence easier to hear.

A sentence that is easy to hear names one event that a camera would have seen, one feeling, and one
small wish. The failings are those of Rosenberg's and others' lists of faux feelings and blame; the
words to listen for are content.
"""

import re
from collections.abc import Mapping, Sequence

from content import Failings


def improvement(sentence: str, failings: Failings) -> Mapping[str, str]:
    """Return `fails`, the one thing to improve first, "" if there is none; and what lies `beneath`.

    One at a time, the most telling first: a false feeling hides the true one, a blame closes ears,
    a missing wish leaves nothing to do.
    """
    said = _tidy(sentence)
    for word, beneath in failings.did.items():
        if _has(said, [word]):
            return {"fails": "did", "beneath": beneath}
    fails = next(
        (
            name
            for name in ("accusation", "thought", "always", "character", "tail")
            if _has(said, getattr(failings, name))
        ),
        "",
    )
    wishes = _has(said, failings.request) and not _has(said, failings.no_request)
    if not fails and not wishes:
        points = said.split()[:1] == ["you"]
        fails = "accusation" if points else "" if _has(said, failings.closed) else "request"
    return {"fails": fails, "beneath": ""}


def _has(said: str, words: Sequence[str]) -> bool:
    return any(f" {_tidy(word).strip()} " in said for word in words)


def _tidy(text: str) -> str:
    plain = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    words = re.sub(r"[^\w\s']", " ", plain).split()
    return f" {' '.join(words)} "
