"""People's words on a screen: as they are, and never as markup or expressions.

Amazon, "Text" (markup: ``<b>``, ``&#36;``) and "Data-Binding Evaluation" (``${...}``, ``@name``).
"""

from unicodedata import category
from xml.sax.saxutils import escape

# An expression begins with the one, the name of a resource with the other. The items of a data
# array are evaluated even though they are data, so neither sign may be in them.
_SIGNS = {"$": "&#36;", "@": "&#64;"}

# Control characters, halves of characters, and what is no character.
_NO_TEXT = frozenset({"Cc", "Cs", "Cn"})


def shown(text: object, most: int) -> str:
    """Return what makes an APL ``Text`` show ``text``, in at most ``most`` characters."""
    return escape(_line(text, most), _SIGNS)


def said(words: object, most: int) -> str:
    """Return ``words`` for where nothing is markup; the signs, which nobody says, are left out."""
    return _line("".join(one for one in str(words) if one not in _SIGNS), most)


def _line(text: object, most: int) -> str:
    spaced = " ".join(str(text).split())
    line = "".join(one for one in spaced if category(one) not in _NO_TEXT)
    return line if len(line) <= most else line[: most - 1] + "…"
