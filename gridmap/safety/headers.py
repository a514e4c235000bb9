"""The headers of every answer, of whichever process: pages, data, tiles from disk, static files, the live stream.

Sources: OWASP ASVS 5.0.0 chapter 3.4, OWASP HTTP Headers Cheat Sheet, Fetch and HTML standards.
"""

from collections.abc import Mapping

from csp.utils import build_policy
from django.conf import settings

CSP = "Content-Security-Policy"
#: Nothing of the machine is used but a full screen and writing to the clipboard, both for our own pages alone.
PERMISSIONS_POLICY = (
    "accelerometer=(), autoplay=(), camera=(), clipboard-read=(), clipboard-write=(self), display-capture=(), "
    "encrypted-media=(), fullscreen=(self), geolocation=(), gyroscope=(), hid=(), idle-detection=(), magnetometer=(), "
    "microphone=(), midi=(), payment=(), picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), "
    "serial=(), usb=(), xr-spatial-tracking=()"
)
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Not `require-corp`: an outside base map sends no Cross-Origin-Resource-Policy; it is fetched without cookies.
    "Cross-Origin-Embedder-Policy": "credentialless",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_POLICY,
}
#: Data opened in a tab of its own runs nothing, loads nothing, and has no origin.
NO_CONTENT_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
#: A worker takes its policy from its own script, not from the page that starts it.
PAGE_TYPES = ("text/html", "text/javascript", "application/javascript")


def headers_for(content_type: str, *, attachment: bool = False) -> Mapping[str, str]:
    """Name → value of all headers that an answer of this media type carries beside its own.

    `attachment`: the answer is saved, not shown; a sandbox would forbid the saving.
    """
    headers = {**EVERYWHERE, CSP: policy_for(content_type, attachment=attachment)}
    if settings.SECURE_HSTS_SECONDS:
        headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
    return headers


def policy_for(content_type: str, *, attachment: bool = False) -> str:
    """The content security policy for a media type: the settings' for pages and scripts, nothing at all for data."""
    if content_type.partition(";")[0].strip().lower() in PAGE_TYPES and not attachment:
        return build_policy()
    return NO_CONTENT_POLICY if attachment else f"{NO_CONTENT_POLICY}; sandbox"
