"""A second process on the same database, which waits before each of its transactions until it is told to go on."""

import multiprocessing
from multiprocessing.connection import Connection

from nacl.public import PrivateKey

from portal.db import db, new_id, writing
from portal.errors import PortalError
from portal.rings import SeatKeys, accept, end_holder
from tests.rings.factories import make_invitation, make_piece, reads

PLACE = "meeting|1|plan"
WAITS, ENDED = "waits", "ended"

Seat = tuple[str, str, bytes]  # what a process is told of a seat: its holder, its person, the person's key


def seat_of(keys: SeatKeys) -> Seat:
    return keys.holder, keys.person_id, bytes(keys.private)


def keys_of(seat: Seat) -> SeatKeys:
    holder, person, private = seat
    return SeatKeys("c", holder, person, PrivateKey(private))


# What one person does in one request. Each reads first, as a page does; `write` has two transactions, the others one.


def write(seat: Seat, sealed: bytes) -> str:
    keys = keys_of(seat)
    assert reads(keys, sealed, PLACE)
    piece = make_piece(keys)
    keys.open_to_circle(piece)
    return piece


def write_at_the_table(seat: Seat, sealed: bytes) -> bytes:
    keys = keys_of(seat)
    assert reads(keys, sealed, PLACE)
    with writing():
        return keys.seal_table(b"at the lake", PLACE)


def invite(seat: Seat, sealed: bytes) -> tuple[str, bytes]:
    keys = keys_of(seat)
    assert reads(keys, sealed, PLACE)
    return make_invitation(keys)


def leave(seat: Seat, sealed: bytes) -> None:
    keys = keys_of(seat)
    assert reads(keys, sealed, PLACE)
    keys.leave()


def take_a_seat(invitation: str, token: bytes, person: str, private: bytes) -> Seat:
    return seat_of(accept("c", invitation, token, new_id(), person, PrivateKey(private)))


def end(holder: str) -> None:
    end_holder(holder)


class Process:
    """Does one thing at a time for the test, each transaction only when it is let."""

    def __init__(self) -> None:
        self.pipe, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
        self._process.start()

    def begin(self, path: str, act, facts: tuple) -> None:
        """Start `act`; it comes as far as its first transaction."""
        self.pipe.send((path, act, facts))
        self.state, self.answer = self.pipe.recv()

    def go_on(self) -> None:
        """Let it do one transaction, and come as far as the next or to its end."""
        self.pipe.send("go")
        self.state, self.answer = self.pipe.recv()

    def stop(self) -> None:
        self.pipe.close()
        self._process.join(5)


def serve(pipe: Connection) -> None:
    plain_begin = db.begin

    def begin(*given):
        pipe.send((WAITS, None))
        pipe.recv()
        plain_begin(*given)

    db.begin = begin
    try:
        while True:
            path, act, facts = pipe.recv()
            db.init(path)
            pipe.send((ENDED, answer_of(act, facts)))
            db.close()
    except EOFError:
        pass


def answer_of(act, facts: tuple):
    """What it returned, or the name of what refused it."""
    try:
        return act(*facts)
    except PortalError as error:
        return f"{type(error).__name__}"
