"""Text in XML: escaped, and without what XML 1.0 cannot hold."""

from xml.sax.saxutils import escape

from gridmap.population.exports.sheets import UNWRITABLE


def plain(text: str) -> str:
    """The text as the content of an element; most text needs nothing, which is seen at once."""
    if text.isprintable() and "&" not in text and "<" not in text and ">" not in text:
        return text
    return escape(UNWRITABLE.sub(" ", text))
