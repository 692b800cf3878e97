"""The secrets in the links of a mail: keyed marks over what they stand for, so that nothing needs to be stored."""

import base64
import hashlib
import hmac
from datetime import datetime

PERSON, MAILBOX, MARK = 16, 8, 16  # bytes


def off_token(secret: str, person_id: str, email: str) -> str:
    """Ends the mail that this person has sent to this address; no other address of theirs."""
    said = packed(person_id) + mailbox(secret, email)
    return as_text(said + mark(secret, "off", said))


def read_off(secret: str, token: str) -> tuple[str, bytes] | None:
    """Whose mail it ends, and the mark of the mailbox it was sent to; None where nobody here made it."""
    said, signed = parted(token, PERSON + MAILBOX)
    if not said or not hmac.compare_digest(signed, mark(secret, "off", said)):
        return None
    return as_text(said[:PERSON]), said[PERSON:]


def confirm_token(secret: str, person_id: str, email: str, asked_at: datetime) -> str:
    """Proves that a mail which was asked for then reached this address."""
    return as_text(packed(person_id) + confirming(secret, person_id, email, asked_at))


def person_of_confirm(token: str) -> str | None:
    """Who says they asked; whether it is true, only `confirm_token` with what is stored of them can tell."""
    said, _ = parted(token, PERSON)
    return as_text(said) if said else None


def confirming(secret: str, person_id: str, email: str, asked_at: datetime) -> bytes:
    return mark(secret, "confirm", f"{person_id}|{email}|{asked_at.isoformat()}".encode())


def mailbox(secret: str, email: str) -> bytes:
    return mark(secret, "mailbox", email.encode())[:MAILBOX]


def message_mark(secret: str, letters: list[str]) -> str:
    """The same for the same letters, so that one that comes twice can be known for what it is."""
    return as_text(mark(secret, "message", "|".join(sorted(letters)).encode()))


def mark(secret: str, purpose: str, said: bytes) -> bytes:
    return hmac.new(secret.encode(), f"notices|{purpose}|".encode() + said, hashlib.sha256).digest()[:MARK]


def parted(token: str, at: int) -> tuple[bytes, bytes]:
    """What a token says and its mark; nothing where it is no token."""
    try:
        whole = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except ValueError:
        return b"", b""
    return (whole[:at], whole[at:]) if len(whole) == at + MARK and as_text(whole) == token else (b"", b"")


def packed(person_id: str) -> bytes:
    return base64.b32decode(person_id.upper() + "=" * (-len(person_id) % 8))


def as_text(whole: bytes) -> str:
    return base64.b32encode(whole).decode().rstrip("=").lower()
