"""The scoring of the HTTP Observatory, written again to be used without a network.

Rules and points as published by MDN for algorithm version 5 (mdn-http-observatory, August 2026): the answer starts at
100; each test gives or takes points; gifts count only where the sum without gifts is at least 90.

Not reproduced, because a test without a network can't: membership of the browsers' HSTS preload list (+5, the answer
here is always "not in the list"), validity of the certificate (−20 on redirection and HSTS), `Access-Control` files
of other hosts. Subresource integrity of scripts from other hosts is counted as the worst case (−50) if there are any.
"""

import re
from collections.abc import Mapping, Sequence

from tests.gridmap.safety.production import Answer

ENOUGH_FOR_GIFTS = 90
SIX_MONTHS_S = 15_552_000
BROAD = {"ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"}
INLINE = {"'unsafe-inline'", "data:"}
PRIVATE_REFERRERS = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}


def score(first_plain: Answer, page: Answer, to_stranger: Answer) -> tuple[int, dict[str, int]]:
    """Points in all and by test, of the first answer over HTTP, the page it ends at, and what another origin gets."""
    points = {
        "content-security-policy": policy(page.headers.get("content-security-policy", "")),
        "cookies": cookies(page.cookies, hsts=strict_transport(page.headers) >= 0),
        "cross-origin-resource-sharing": sharing(to_stranger.headers),
        "redirection": redirection(first_plain),
        "referrer-policy": referrer(page.headers.get("referrer-policy", "")),
        "strict-transport-security": strict_transport(page.headers),
        "subresource-integrity": integrity(page.text),
        "x-content-type-options": 0 if page.headers.get("x-content-type-options", "").lower() == "nosniff" else -5,
        "x-frame-options": framing(page.headers),
        "cross-origin-resource-policy": one_of(
            page.headers.get("cross-origin-resource-policy"), best={"same-origin", "same-site"}, fair={"cross-origin"}
        ),
        "cross-origin-embedder-policy": one_of(
            page.headers.get("cross-origin-embedder-policy"),
            best={"require-corp", "credentialless"},
            fair={"unsafe-none"},
        ),
        "cross-origin-opener-policy": one_of(
            page.headers.get("cross-origin-opener-policy"),
            best={"same-origin", "same-origin-allow-popups", "noopener-allow-popups"},
            fair={"unsafe-none"},
        ),
    }
    without_gifts = 100 + sum(point for point in points.values() if point < 0)
    total = 100 + sum(points.values()) if without_gifts >= ENOUGH_FOR_GIFTS else without_gifts
    return max(total, 0), points


def directives(header: str) -> dict[str, set[str]]:
    """Directive → sources of a policy; a name that comes twice counts the first time."""
    found: dict[str, set[str]] = {}
    for part in filter(None, (part.split() for part in header.split(";"))):
        found.setdefault(part[0].lower(), {source.lower() for source in part[1:]})
    return found


def policy(header: str) -> int:
    """−25 none; −20 inline or broad scripts, or plain HTTP; −10 eval or pictures by HTTP; 0 inline styles; 5; 10."""
    given = directives(header)
    if not given:
        return -25
    default = given.get("default-src", {"*"})
    scripts, styles = (_trusted(given.get(name, default)) for name in ("script-src", "style-src"))
    objects = given.get("object-src", default)
    passive = given.get("img-src", default) | given.get("media-src", default)
    active = scripts.union(*(found for name, found in given.items() if name not in ("img-src", "media-src")))
    if scripts & (BROAD | INLINE) or objects & BROAD or _by_http(active):
        return -20
    if "'unsafe-eval'" in scripts | styles or _by_http(passive):
        return -10
    if styles & (BROAD | INLINE):
        return 0
    return 10 if given.get("default-src") == {"'none'"} else 5


def _trusted(sources: set[str]) -> set[str]:
    """Browsers ignore 'unsafe-inline' beside a nonce or hash."""
    named = any(source.startswith(("'nonce-", "'sha256-", "'sha384-", "'sha512-")) for source in sources)
    return sources - {"'unsafe-inline'"} if named else set(sources)


def _by_http(sources: set[str]) -> bool:
    return any(source.startswith(("http:", "ftp:")) for source in sources)


def cookies(sent: Sequence[str], *, hsts: bool) -> int:
    """The worst cookie decides: −40 … −5; 0 without SameSite or without cookies; 5 where all is set."""
    if not sent:
        return 0
    return min(_cookie(text, hsts=hsts) for text in sent)


def _cookie(text: str, *, hsts: bool) -> int:
    name, *flags = (part.strip().lower() for part in text.split(";"))
    name = name.partition("=")[0]
    same_site = next((flag.partition("=")[2] for flag in flags if flag.startswith("samesite")), None)
    session = "sess" in name or "login" in name
    faults = [5 if same_site else 0]
    if "secure" not in flags:
        faults += [-10 if session else -5] if hsts else [-40 if session else -20]
    if same_site is not None and (same_site not in ("lax", "strict", "none")):
        faults.append(-20)
    if same_site == "none" and "secure" not in flags:
        faults.append(-20)
    if "csrf" in name and not same_site:
        faults.append(-20)
    if session and "httponly" not in flags:
        faults.append(-30)
    return min(faults)


def sharing(headers: Mapping[str, str]) -> int:
    """−50 where any origin may read with the person's cookies."""
    allowed = headers.get("access-control-allow-origin", "")
    anybody = allowed == "https://elsewhere.example"
    return -50 if anybody and headers.get("access-control-allow-credentials") == "true" else 0


def redirection(first: Answer) -> int:
    """−20 where HTTP is answered or sent to HTTP, −5 where it is sent to HTTPS on another host."""
    target = first.headers.get("location", "")
    if first.status not in (301, 302, 303, 307, 308) or not target.startswith("https://"):
        return -20
    return 0 if target.split("/")[2] == first.origin.split("/")[2] else -5


def referrer(header: str) -> int:
    """5 for a private policy, 0 for none, −5 for one that tells."""
    if not header:
        return 0
    return 5 if header.rsplit(",", maxsplit=1)[-1].strip().lower() in PRIVATE_REFERRERS else -5


def strict_transport(headers: Mapping[str, str]) -> int:
    """−20 without a sound header, −10 for less than six months, 0 otherwise."""
    found = re.search(r"max-age=(\d+)", headers.get("strict-transport-security", "").lower())
    if not found or "," in headers["strict-transport-security"]:
        return -20
    return 0 if int(found[1]) >= SIX_MONTHS_S else -10


def integrity(page: str) -> int:
    """−50 where a script comes from another host, 0 otherwise."""
    sources = re.findall(r"<script[^>]+src=[\"']?([^\"' >]+)", page)
    return -50 if any(source.startswith(("//", "http:", "https:")) for source in sources) else 0


def framing(headers: Mapping[str, str]) -> int:
    """5 by policy or header, −20 without."""
    by_policy = "frame-ancestors" in directives(headers.get("content-security-policy", ""))
    by_header = headers.get("x-frame-options", "").strip().lower() in ("deny", "sameorigin")
    return 5 if by_policy or by_header else -20


def one_of(value: str | None, *, best: set[str], fair: set[str]) -> int:
    """10 for a best value, 0 for a fair one or none, −5 for nonsense."""
    if value is None or value in fair:
        return 0
    return 10 if value in best else -5
