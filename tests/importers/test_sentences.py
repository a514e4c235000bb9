"""No internal word and no library's English in what people read."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from importers.sentences import sentence


def test_shapes_are_named_in_words() -> None:
    with override("en"):
        words = sentence("wrong_shape", {"found": "shape.Point", "wanted": "wanted.line_or_area"})
    assert words == "The shape is a point, wanted is: a line or an area."


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_faults_of_shapes_and_of_text_are_put_into_words(language: str) -> None:
    with override(language):
        shape = sentence("made_valid", {"reason": "Ring Self-intersection[120.5 30.25]"})
        text = sentence("json_broken", {"message": "parse error: premature EOF (right here) ------^"})
    assert "120.5" in shape
    assert "[" not in shape
    assert "Self-intersection" not in shape
    assert "EOF" not in text
    assert "^" not in text


def test_other_parameters_stay_as_they_are() -> None:
    with override("en"):
        assert "“shape”" in sentence("layer_unknown", {"layer": "shape", "known": "b"})
