"""Published vectors, and that nothing changed or moved opens."""

import random
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SM3, Hash
from cryptography.hazmat.primitives.hmac import HMAC
from hypothesis import given
from hypothesis import strategies as st

from gridmap.vault.ciphers import (
    NONCE_BYTES,
    Cipher,
    Place,
    Seal,
    TamperedError,
    WrongPlaceError,
    derive_key,
    hash_of,
    header_for,
    read_header,
)
from gridmap.vault.keyring import Keyring

PLACE = Place("population_resident", "id_number", str(UUID(int=7)))
KEYS: dict[Cipher, bytes] = {Cipher.AES: bytes(range(32)), Cipher.SM4: bytes(range(16))}
ID_NUMBER = "11010119900307123X"
FLIPS = 12_000

# McGrew and Viega, The Galois/Counter Mode of Operation, test case 16 (256-bit key, 96-bit nonce, with AAD)
GCM_16 = {
    "key": "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
    "nonce": "cafebabefacedbaddecaf888",
    "text": "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    "aad": "feedfacedeadbeeffeedfacedeadbeefabaddad2",
    "sealed": "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
    "76fc6ece0f4e1768cddf8853bb2d551b",
}
# the same, test cases 13 and 14: nothing, and one block of noughts
GCM_13 = {
    "key": "00" * 32,
    "nonce": "00" * 12,
    "text": "",
    "aad": "",
    "sealed": "530f8afbc74536b9a963b4f1c4cb738b",
}
GCM_14 = {
    "key": "00" * 32,
    "nonce": "00" * 12,
    "text": "00" * 16,
    "aad": "",
    "sealed": "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
}
# RFC 8998, appendix A.1
SM4_GCM = {
    "key": "0123456789abcdeffedcba9876543210",
    "nonce": "00001234567800000000abcd",
    "text": "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
    "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
    "aad": "feedfacedeadbeeffeedfacedeadbeefabaddad2",
    "sealed": "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
    "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    "83de3541e4c2b58177e065a9bf7b62ec",
}


def seal_of(cipher: Cipher) -> Seal:
    return Seal(cipher, 7, KEYS[cipher])


def flipped(blob: bytes, bit: int) -> bytes:
    changed = bytearray(blob)
    changed[bit // 8] ^= 1 << (bit % 8)
    return bytes(changed)


@pytest.mark.parametrize(
    ("cipher", "vector"),
    [(Cipher.AES, GCM_13), (Cipher.AES, GCM_14), (Cipher.AES, GCM_16), (Cipher.SM4, SM4_GCM)],
    ids=["GCM-13", "GCM-14", "GCM-16", "RFC8998"],
)
def test_published_vectors(cipher: Cipher, vector: dict[str, str]) -> None:
    key, nonce, text, aad, sealed = (bytes.fromhex(vector[name]) for name in ("key", "nonce", "text", "aad", "sealed"))
    seal = Seal(cipher, 1, key)
    assert seal.encrypt(nonce, text, aad) == sealed
    assert seal.decrypt(nonce, sealed, aad) == text
    with pytest.raises(InvalidTag):
        seal.decrypt(nonce, sealed, aad + b"\0")


def test_sm3_and_its_hmac_give_the_standards_answers() -> None:
    """GB/T 32905 appendix A.1 and GM/T 0042-2015 appendix D.3."""
    digest = Hash(SM3())
    digest.update(b"abc")
    assert digest.finalize().hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    answers = {
        (bytes(range(1, 33)), b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq" * 2): "ca05e144ed05d185"
        "7840d1f318a4a8669e559fc8391f414485bfdf7bb408963a",
        (bytes(range(1, 38)), b"\xcd" * 50): "220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae",
        (b"\x0b" * 32, b"Hi There"): "c0ba18c68b90c88bc07de794bfc7d2c8d19ec31ed8773bc2b390c9604e0be11e",
    }
    for (key, message), answer in answers.items():
        work = HMAC(key, SM3())
        work.update(message)
        assert work.finalize().hex() == answer


@pytest.mark.parametrize("cipher", Cipher)
def test_an_id_number_takes_48_bytes_and_opens_again(cipher: Cipher) -> None:
    seal = seal_of(cipher)
    blob = seal.close(ID_NUMBER, PLACE)
    assert len(blob) == 48
    assert read_header(blob) == (cipher, 7)
    assert blob.startswith(header_for(cipher, 7))
    assert seal.open(blob, PLACE) == ID_NUMBER
    assert ID_NUMBER.encode() not in blob


@pytest.mark.parametrize("cipher", Cipher)
def test_no_nonce_comes_twice(cipher: Cipher) -> None:
    seal = seal_of(cipher)
    blobs = {seal.close(ID_NUMBER, PLACE)[2 : 2 + NONCE_BYTES] for _ in range(2000)}
    assert len(blobs) == 2000


@given(text=st.text(min_size=1, max_size=200), cipher=st.sampled_from(Cipher))
def test_every_text_comes_back(text: str, cipher: Cipher) -> None:
    seal = seal_of(cipher)
    assert seal.open(seal.close(text, PLACE), PLACE) == text


@pytest.mark.parametrize("cipher", Cipher)
def test_every_flipped_bit_is_refused(cipher: Cipher) -> None:
    """All single bits of several values, then pairs of bits, until enough were tried: none opens."""
    seal, chance = seal_of(cipher), random.Random(3)
    blob = seal.close(ID_NUMBER, PLACE)
    bits = range(16, len(blob) * 8)  # the two bytes before name cipher and key: tried through the keyring below
    changed = [flipped(blob, bit) for bit in bits]
    while len(changed) < FLIPS:
        first, second = chance.sample(bits, 2)
        changed.append(flipped(flipped(blob, first), second))
    opened = 0
    for one in changed:
        try:
            seal.open(one, PLACE)
            opened += 1
        except TamperedError:
            continue
    assert (len(changed), opened) == (FLIPS, 0)


@pytest.mark.parametrize("cipher", Cipher)
def test_a_flipped_bit_of_the_header_is_refused(cipher: Cipher) -> None:
    keys = ",".join(f"{number}:{'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='}" for number in range(1, 256))
    ring = Keyring(field_keys=keys, field_cipher=cipher, blind_keys="")
    blob = ring.seal(ID_NUMBER, PLACE)
    for bit in range(8):
        with pytest.raises(TamperedError):
            ring.open(flipped(blob, bit), PLACE)


@pytest.mark.parametrize("cipher", Cipher)
@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("population_resident", "id_number", str(UUID(int=8))),
        Place("population_resident", "phone", PLACE.pk),
        Place("population_household", "id_number", PLACE.pk),
    ],
    ids=["row", "column", "table"],
)
def test_what_is_moved_does_not_open(cipher: Cipher, elsewhere: Place) -> None:
    """With the bare seal (the tag covers the place), and with a ring (the columns have keys of their own, too)."""
    seal = seal_of(cipher)
    with pytest.raises(TamperedError):
        seal.open(seal.close(ID_NUMBER, PLACE), elsewhere)
    ring = Keyring(field_keys="1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", field_cipher=cipher, blind_keys="")
    with pytest.raises(WrongPlaceError):
        ring.open(ring.seal(ID_NUMBER, PLACE), elsewhere)


@given(junk=st.binary(max_size=80))
def test_junk_is_refused_and_never_breaks(junk: bytes) -> None:
    ring = Keyring(field_keys="1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", field_cipher="sm4-gcm", blind_keys="")
    if junk:
        with pytest.raises(Exception, match=r"value|key") as caught:
            ring.open(junk, PLACE)
        assert type(caught.value).__name__ in {"TamperedError", "UnknownKeyError"}


@pytest.mark.parametrize("cipher", Cipher)
def test_what_is_cut_short_is_refused(cipher: Cipher) -> None:
    ring = Keyring(field_keys="1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", field_cipher=cipher, blind_keys="")
    blob = ring.seal(ID_NUMBER, PLACE)
    for length in range(1, len(blob)):
        with pytest.raises(TamperedError):
            ring.open(blob[:length], PLACE)
    with pytest.raises(TamperedError):
        read_header(blob[:1])


def test_no_message_holds_the_text() -> None:
    seal = seal_of(Cipher.AES)
    blob = seal.close(ID_NUMBER, PLACE)
    with pytest.raises(TamperedError) as caught:
        seal.open(flipped(blob, 200), PLACE)
    for word in (ID_NUMBER, PLACE.pk, blob.hex(), KEYS[Cipher.AES].hex()):
        assert word not in str(caught.value)
    assert caught.value.__cause__ is None


def test_columns_and_ciphers_have_keys_of_their_own() -> None:
    purposes = ["field a.b", "field a.c", "blind a.b"]
    keys = {
        derive_key(bytes(32), cipher=cipher, purpose=purpose, length=32) for cipher in Cipher for purpose in purposes
    }
    assert len(keys) == 6
    assert {type(hash_of(cipher)).__name__ for cipher in Cipher} == {"SHA256", "SM3"}


@pytest.mark.parametrize(
    ("cipher", "stored"),
    [
        (
            Cipher.AES,
            "0109a53de6e7107a2708c4b0c33f5f20f9967d9da1efa119f17d08ee18c4c22aa7bb1d1257e0275521e308c18a0d5bac",
        ),
        (
            Cipher.SM4,
            "0209ed10809da90fcdc45faf2c0549555eba345d4132718d74c86d3d1abf049572a9e79ee6d12a0be81aafac6f67bd09",
        ),
    ],
)
def test_what_earlier_releases_stored_still_opens(cipher: Cipher, stored: str) -> None:
    """A change of format, derivation or place would make every stored value unreadable; this says so first."""
    ring = Keyring(field_keys="9:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", field_cipher=cipher, blind_keys="")
    assert ring.open(bytes.fromhex(stored), PLACE) == ID_NUMBER
