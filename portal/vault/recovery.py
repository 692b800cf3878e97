"""The recovery code: 160 random bits on paper that open a person's key when the passphrase is lost."""

import base64
import secrets

from portal.vault.sealing import derive

BYTES = 20  # 160 bits: 32 characters on paper
GROUP = 4  # characters between hyphens
PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"  # what base64 writes
CLEAR = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O or U to mistake on paper
LOOKALIKES = str.maketrans("OILU", "011V")


def new_code() -> bytes:
    return secrets.token_bytes(BYTES)


def written(code: bytes) -> str:
    """Write a code for paper: eight groups of four characters."""
    letters = base64.b32encode(code).decode().translate(str.maketrans(PLAIN, CLEAR))
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def read(text: str) -> bytes | None:
    """Read a typed code, forgiving case, spaces, hyphens, O for 0 and I or L for 1; None when it is no code at all."""
    letters = "".join(text.split()).replace("-", "").upper().translate(LOOKALIKES)
    if len(letters) != BYTES * 8 // 5 or not set(letters) <= set(CLEAR):
        return None
    return base64.b32decode(letters.translate(str.maketrans(CLEAR, PLAIN)))


def check(code: bytes) -> bytes:
    """What answers whether a code is the right one; the portal keeps its hash."""
    return derive(code, "lookup")


def wrapping_key(code: bytes) -> bytes:
    """The key that wraps the person's private key a second time."""
    return derive(code, "wrap")
