"""The plain page's rows by bare sqlite3, a connection kept per thread: S, the fastest there is in Python."""

import sqlite3
import threading
from typing import NamedTuple

from flask import Flask
from flask_login import UserMixin

from tests.bench.reference.pragmas import NOW, PRAGMAS


class CircleRow(NamedTuple):
    id: int
    slug: str
    name: str
    purpose: str


class MeetingRow(NamedTuple):
    id: int
    circle_id: int
    starts: str
    place: str
    agenda: str


class MemberRow(NamedTuple):
    user_id: int
    role: str
    name: str
    avatar: str


class PostRow(NamedTuple):
    id: int
    author_id: int
    created: str
    body: str
    replies: int
    name: str
    avatar: str


class Account(UserMixin):
    def __init__(self, row: tuple) -> None:
        self.id, self.name, self.avatar, self.lang = row


class Connections(threading.local):
    """Each thread that asks gets a connection of its own: Python calls this afresh in every one."""

    def __init__(self, path: str) -> None:
        self.own = sqlite3.connect(path, timeout=5, isolation_level=None)
        for name, value in PRAGMAS.items():
            self.own.execute(f"pragma {name}={value}")


connections: Connections

USER = "select id, name, avatar, lang from user where id=?"
CIRCLE = "select id, slug, name, purpose from circle where id=?"
MEETING = (
    "select id, circle_id, starts, place, agenda from meeting where circle_id=? and starts>? order by starts limit 1"
)
MEMBERS = (
    "select m.user_id, m.role, u.name, u.avatar from membership m join user u on u.id=m.user_id where m.circle_id=?"
)
POSTS = (
    "select p.id, p.author_id, p.created, p.body, p.replies, u.name, u.avatar from post p"
    " join user u on u.id=p.author_id where p.circle_id=? order by p.id desc limit 10"
)


def init_app(app: Flask, path: str, mode: str) -> None:
    global connections
    connections = Connections(path)


def user(key: str | int) -> Account | None:
    row = connections.own.execute(USER, (int(key),)).fetchone()
    return Account(row) if row else None


def of_circle(key: int) -> tuple[CircleRow, MeetingRow | None, list[MemberRow], list[PostRow]]:
    run = connections.own.execute
    meeting = run(MEETING, (key, NOW)).fetchone()
    return (
        CircleRow(*run(CIRCLE, (key,)).fetchone()),
        MeetingRow(*meeting) if meeting else None,
        [MemberRow(*row) for row in run(MEMBERS, (key,))],
        [PostRow(*row) for row in run(POSTS, (key,))],
    )
