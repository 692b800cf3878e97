"""Secrets that come back to us: the database holds only what they are found by."""

import hashlib

from portal import vault


def hashed(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()


def lookup_of(token: bytes) -> bytes:
    """What a token is found by: the database holds only this."""
    return hashed(vault.derive(token, "lookup"))
