"""QR codes as SVG inside a page: no style, no script, black on white in light and dark colours alike."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(text: str) -> SafeString:
    """The picture of `text` with its white margin; as large as the page's style makes it."""
    code = segno.make(text, error="l", micro=False)
    return mark_safe(code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True))  # noqa: S308  (squares alone)
