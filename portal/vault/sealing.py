"""Sealing: from bytes and keys to bytes, by libsodium (XChaCha20-Poly1305, X25519 sealed boxes) and keyed BLAKE2b.

BLAKE2b is Python's own: the same bytes as libsodium's in a fifth of the time, since it is called without a binding.

Every ciphertext starts with a suite byte, so that a later suite can stand beside this one.
"""

import secrets
from hashlib import blake2b

from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as aead_open
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt as aead_seal
from nacl.bindings import sodium_pad
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

SUITE = b"\x01"
KEY = 32  # bytes
NONCE = 24  # bytes: long enough to be drawn at random for every sealing
MARK = 16  # bytes: what shows that a box is whole (PyNaCl fails oddly on a box without one)
PLACE = 16  # bytes: what a sealed box says about where it belongs

TEXT_STEP = 4 * 1024  # bytes: a text's size says little when it grows by this
PADDED = b"\x80"  # begins what libsodium pads with; zeros follow
PICTURE_STEP = 64 * 1024  # bytes


class Unsealable(Exception):
    """What was sealed does not open: wrong key, wrong row, changed bytes or an unknown suite."""


def new_key() -> bytes:
    return secrets.token_bytes(KEY)


def derive(secret: bytes, purpose: str) -> bytes:
    """Derive the 32 bytes of `secret` for one purpose (16 characters at most: libsodium's personalisation)."""
    return blake2b(key=secret, person=purpose.encode(), digest_size=KEY).digest()


def mac(secret: bytes, purpose: str, *facts: bytes | str | int) -> bytes:
    """Make the 16 bytes over `facts`, each with its length, that only a holder of `secret` can make."""
    parts = [fact if isinstance(fact, bytes) else str(fact).encode() for fact in facts]
    text = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return blake2b(text, key=derive(secret, purpose), digest_size=16).digest()


def seal(key: bytes, text: bytes, bound_to: str) -> bytes:
    """Seal `text` to the row and column that `bound_to` names: suite byte, nonce, box."""
    return _seal(key, text, bound_to, secrets.token_bytes(NONCE))


def _seal(key: bytes, text: bytes, bound_to: str, nonce: bytes) -> bytes:
    return SUITE + nonce + aead_seal(text, bound_to.encode(), nonce, key)


def unseal(key: bytes, sealed: bytes, bound_to: str) -> bytes:
    """Open what `seal` made for this row and column; raise Unsealable."""
    _know_suite(sealed)
    nonce, box = sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
    if len(box) < MARK:
        raise Unsealable("cut short")
    try:
        return aead_open(box, bound_to.encode(), nonce, key)
    except CryptoError as error:
        raise Unsealable("wrong key, wrong place or changed bytes") from error


def pair(secret: bytes) -> PrivateKey:
    """Derive the X25519 pair of a secret: whoever has the secret opens what is sealed to its public half."""
    return PrivateKey(derive(secret, "pair"))


def seal_to(public: bytes, text: bytes, bound_to: str = "") -> bytes:
    """Seal to the owner of a public key; needs no secret. A sealed box binds nothing, so its place goes inside."""
    return SUITE + SealedBox(PublicKey(public)).encrypt(_place(bound_to) + text)


def open_from(private: PrivateKey, sealed: bytes, bound_to: str = "") -> bytes:
    """Open what `seal_to` made; raise Unsealable. It proves nothing about who sealed it: anyone can."""
    _know_suite(sealed)
    try:
        opened = SealedBox(private).decrypt(sealed[1:])
    except (CryptoError, ValueError) as error:  # ValueError: shorter than any box
        raise Unsealable("not for this key, or changed bytes") from error
    if opened[:PLACE] != _place(bound_to):
        raise Unsealable("sealed for another place")
    return opened[PLACE:]


def pad(text: bytes, step: int) -> bytes:
    """Lengthen `text` to the next multiple of `step` bytes, by at least one byte."""
    return sodium_pad(text, step)


def unpad(text: bytes, step: int) -> bytes:
    """Take off what `pad` put on; raise Unsealable where it did not.

    libsodium takes as long for every length. That is not needed here: what is unpadded was opened, so it is whole.
    """
    end = text.rfind(PADDED)
    zeros = len(text) - end - 1
    if end < 0 or zeros >= step or text[end + 1 :] != bytes(zeros):
        raise Unsealable("not padded")
    return text[:end]


def _place(bound_to: str) -> bytes:
    return blake2b(bound_to.encode(), digest_size=PLACE, person=b"place").digest()


def _know_suite(sealed: bytes) -> None:
    if sealed[:1] != SUITE:
        raise Unsealable("unknown suite")
