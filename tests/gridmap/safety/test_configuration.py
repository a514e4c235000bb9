"""What stands around the site: the proxy's TLS, the database's log, and no secret in the checkout."""

import re
import subprocess

import pytest
import yaml

from tests.shared import ROOT

SAFE_CIPHERS = re.compile(r"(ECDHE)-(ECDSA|RSA)-(AES256-GCM-SHA384|AES128-GCM-SHA256|CHACHA20-POLY1305)")
SECRETS = {
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "cloud key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "token of a forge": re.compile(r"\b(?:ghp|gho|ghs|glpat|xox[abp])[_-][0-9A-Za-z-]{20,}"),
    "token with a signature": re.compile(r"\beyJ[0-9A-Za-z_-]{20,}\.eyJ[0-9A-Za-z_-]{20,}\.[0-9A-Za-z_-]{20,}"),
    "password in an address": re.compile(r"\b[a-z]+://[\w.-]+:(?!password@|\$|…|nobody)[^\s:@/'\"{}<>()…]{6,}@[\w.-]+"),
    "password in the open": re.compile(
        r"(?i)^\s*(?:secret_key|field_keys|blind_keys|[a-z_]*password)\s*[:=]\s*[\"'][^\"'{}$<>…]{16,}[\"']\s*$"
    ),
}
#: Files in which such a text guards nothing.
HARMLESS = ("tests/", "bench/", "package-lock.json", "requirements", "locale/")


def committed() -> list[str]:
    found = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip("not a git checkout")
    return [name for name in found.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("kind", SECRETS)
def test_no_secret_is_committed(kind: str) -> None:
    found = []
    for name in committed():
        if name.startswith(HARMLESS):
            continue
        text = (ROOT / name).read_text(encoding="utf-8", errors="ignore")
        found += [f"{name}: {line.strip()[:60]}" for line in text.splitlines() if SECRETS[kind].search(line)]
    assert found == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("private key", "-----BEGIN RSA PRIVATE KEY-----"),
        ("cloud key", "AKIA" + "ABCDEFGHIJKLMNOP"),
        ("token of a forge", "ghp_" + "a1" * 18),
        ("password in an address", "postgis://gridmap:Tr0ub4dor3@db.example/gridmap"),
        ("password in the open", 'SECRET_KEY = "correct-horse-battery-staple"'),
    ],
)
def test_a_secret_would_be_found(kind: str, text: str) -> None:
    assert SECRETS[kind].search(text)


def test_no_key_or_data_folder_is_committed() -> None:
    assert [
        name for name in committed() if name.startswith("var/") or name.endswith((".pem", ".key", ".p12", ".env"))
    ] == []


def test_the_image_holds_neither_history_nor_keys() -> None:
    assert {".git", "var"} <= set((ROOT / ".dockerignore").read_text().split())


def test_the_proxy_speaks_only_good_tls() -> None:
    text = (ROOT / "config" / "proxy_tls.conf").read_text()
    assert re.findall(r"ssl_protocols (.+);", text) == ["TLSv1.2 TLSv1.3"]
    [ciphers] = re.findall(r"ssl_ciphers (.+);", text)
    assert all(SAFE_CIPHERS.fullmatch(cipher) for cipher in ciphers.split(":"))
    assert text.count("{") == text.count("}")


@pytest.mark.parametrize("name", ["proxy.conf", "proxy_tls.conf"])
def test_the_proxy_hands_on_only_the_address_that_it_sees(name: str) -> None:
    text = (ROOT / "config" / name).read_text()
    assert set(re.findall(r"X-Forwarded-For (\S+);", text)) == {"$remote_addr"}
    assert "server_tokens off" in text
    assert 'proxy_set_header Forwarded "";' in text


def test_the_tls_proxy_knows_the_same_services() -> None:
    plain, safe = ((ROOT / "config" / name).read_text() for name in ("proxy.conf", "proxy_tls.conf"))
    assert re.findall(r"server (\w+:\d+);", plain) == re.findall(r"server (\w+:\d+);", safe)
    over = yaml.safe_load((ROOT / "docker-compose.tls.yml").read_text())
    mounted = [volume.split(":")[0] for volume in over["services"]["proxy"]["volumes"]]
    assert "./config/proxy_tls.conf" in mounted


def test_no_statement_or_row_goes_to_the_log_of_the_database() -> None:
    lines = (ROOT / "config" / "postgresql.conf").read_text().splitlines()
    given = dict(line.split("#")[0].split(" = ") for line in lines if " = " in line.split("#")[0])
    given = {name.strip(): value.strip() for name, value in given.items()}
    assert given["log_min_duration_statement"] == "-1"
    assert given["log_min_error_statement"] == "panic"
    assert given["log_error_verbosity"] == "terse"
    assert given["log_statement"] == "none"
