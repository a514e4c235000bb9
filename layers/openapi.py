"""What every operation of the REST API has in common, added to its OpenAPI document: refusals, and who may come in."""

from typing import Any

from rest_framework.schemas.generators import EndpointEnumerator

from gridmap.accounts.tokens import takes_tokens

REFUSAL = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/RefusalAnswer"}}}}
#: Status → what it means, of whatever operation.
MEANINGS = {
    "200": "What was asked for.",
    "201": "It was made.",
    "202": "It is being made; the answer says where to look.",
    "204": "It is gone.",
    "400": "A value can't be used; `fields` says which and why.",
    "401": "There is no session, and no token where one is taken, or not any more.",
    "403": "The person may see this, but not do it; or the request lacks its CSRF token.",
    "404": "There is nothing here, or the person may not see it.",
    "405": "The address does not take this method.",
    "409": "Somebody else changed it meanwhile, or it is not ready.",
    "415": "The body is not JSON.",
    "428": "The request says not which version it changes.",
    "429": "Too many wrong tokens came from this address.",
    "503": "It took too long.",
}
SECURITY_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token of the person's own page, to read only."},
    "password": {"type": "http", "scheme": "basic", "description": "The token as the password, with any user name."},
}


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """drf-spectacular's postprocessing hook: each operation tells all of its refusals, and no default that is none."""
    tokens = _paths_with_tokens()
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            _add_refusals(operation, method=method, has_key="{" in path, by_token=method == "get" and path in tokens)
            for parameter in operation.get("parameters", ()):
                if parameter["schema"].get("default") == "":
                    del parameter["schema"]["default"]
    result["components"]["securitySchemes"] |= SECURITY_SCHEMES
    return result


def _add_refusals(operation: dict[str, Any], *, method: str, has_key: bool, by_token: bool) -> None:
    statuses = ["401", "405", "503"]
    if has_key:
        statuses.append("404")
    if operation.get("parameters") or "requestBody" in operation:
        statuses.append("400")
    if method != "get":
        statuses += ["403", "415"]
    if by_token:
        statuses.append("429")
        operation["security"] = [*operation.get("security", ()), *({name: list[str]()} for name in SECURITY_SCHEMES)]
    for status in statuses:
        operation["responses"].setdefault(status, REFUSAL | {"description": MEANINGS[status]})
    for status, answer in operation["responses"].items():
        answer["description"] = answer.get("description") or MEANINGS.get(status, "")
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _paths_with_tokens() -> set[str]:
    """The paths, as the document writes them, that take a token."""
    from layers.urls import urlpatterns  # noqa: PLC0415  (it needs the views, which this document describes)

    enumerator = EndpointEnumerator(patterns=())
    return {
        enumerator.get_path_from_regex(str(one.pattern)) for one in urlpatterns if takes_tokens(f"layers:{one.name}")
    }
