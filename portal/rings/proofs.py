"""The three marks that keep strangers out of a ring. Each is made by a secret that the database never holds."""

from collections.abc import Iterable

from portal.vault import mac


def tag(table_secret: bytes, owner: str, holder: str, public: bytes, rings: Iterable[str], ends_at: str) -> bytes:
    """An insider admitted this holder, with this key, to these rings, until then."""
    return mac(table_secret, "tag", owner, holder, public, ends_at, *rings)


def pin(own_secret: bytes, owner: str, first_table_secret: bytes) -> bytes:
    """This holder was given this root, and no other."""
    return mac(own_secret, "pin", owner, first_table_secret)


def proof(before: bytes, owner: str, ring: str, number: int, secret: bytes, holders: str) -> bytes:
    """Someone who held the table secret before began this epoch, with this secret, for these holders (as written).

    Nothing comes before the first table epoch (`before` is empty): it proves itself, and is pinned.
    """
    return mac(before or secret, "proof", owner, ring, number, secret, holders)
