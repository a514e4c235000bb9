"""Hostile JSON is refused with a reason, never with a fault of ours."""

import io
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from gridmap.safety import bodies
from gridmap.safety.bodies import MAX_BYTES, MAX_DEPTH, GuardedJSON, read

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), inner, max_size=4
        )
    ),
    max_leaves=20,
)
HOSTILE = {
    "deep lists": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "one level too deep": b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
    "no end": b"[" * 10,
    "huge float": b'{"a": 1e400}',
    "minus huge float": b"[-1e999]",
    "NaN": b'{"a": NaN}',
    "Infinity": b"[Infinity]",
    "huge integer": b"9" * 100_000,
    "NUL in a text": b'{"a": "x\\u0000y"}',
    "NUL in a name": b'{"a\\u0000": 1}',
    "NUL between": b'{"a": 1}\x00',
    "half a pair": b'{"a": "\\ud800"}',
    "twice the same": b'{"role": "reader", "role": "administrator"}',
    "not UTF-8": b'{"a": "\xff\xfe"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "too long": b'"' + b"x" * MAX_BYTES + b'"',
    "too many": b"[" + b"0," * (bodies.MAX_VALUES + 1) + b"0]",
    "blank": b" ",
    "text": b"hello",
    "comment": b"{} // no",
    "trailing": b"{}{}",
    "single quotes": b"{'a': 1}",
}


class Echo(APIView):
    """Hands back what it read."""

    permission_classes = ()
    authentication_classes = ()

    def post(self, request: Request) -> Response:
        return Response({"read": request.data})


def post(body: bytes, content_type: str = "application/json") -> Any:
    request = APIRequestFactory().generic("POST", "/", body, content_type=content_type)  # type: ignore[arg-type]
    return Echo.as_view()(request).render()


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_body_is_refused_with_a_reason(body: bytes) -> None:
    response = post(body)
    assert response.status_code == 400
    error = json.loads(response.content)["error"]
    assert len(error["message"]) > 10


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "application/xml"])
def test_only_json_is_read(kind: str) -> None:
    assert post(b"{}", kind).status_code == 415


def test_a_refusal_does_not_repeat_the_body() -> None:
    assert b"440101199001011234" not in post(b'{"id": "440101199001011234"').content


@given(JSON)
def test_what_is_json_is_read_as_it_is(value: Any) -> None:
    assert read(json.dumps(value).encode()) == value


@given(st.binary(max_size=200))
def test_no_bytes_break_it(body: bytes) -> None:
    try:
        value = read(body)
    except ParseError:
        return
    assert value == json.loads(body) or (isinstance(value, float) and math.isnan(value))


def test_brackets_in_a_text_are_no_depth() -> None:
    text = '\\"[' * 1000
    assert read(json.dumps([text]).encode()) == [text]


def test_the_deepest_allowed_is_read() -> None:
    body = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert GuardedJSON().parse(io.BytesIO(body)) == json.loads(body)
