"""Sealing: pure functions over bytes. What a circle writes passes through here; nothing here knows what a circle is."""

from portal.vault import recovery
from portal.vault.passphrase import CEILING, FLOOR, LENGTH, SALT_BYTES, Cost, Stretched, calibrate, stretch, too_weak
from portal.vault.sealing import (
    PICTURE_STEP,
    TEXT_STEP,
    Unsealable,
    derive,
    mac,
    new_key,
    open_from,
    pad,
    pair,
    seal,
    seal_to,
    unpad,
    unseal,
)
from portal.vault.words import ENTROPY, five_words

__all__ = [
    "CEILING",
    "ENTROPY",
    "FLOOR",
    "LENGTH",
    "PICTURE_STEP",
    "SALT_BYTES",
    "TEXT_STEP",
    "Cost",
    "Stretched",
    "Unsealable",
    "calibrate",
    "derive",
    "five_words",
    "mac",
    "new_key",
    "open_from",
    "pad",
    "pair",
    "recovery",
    "seal",
    "seal_to",
    "stretch",
    "too_weak",
    "unpad",
    "unseal",
]
