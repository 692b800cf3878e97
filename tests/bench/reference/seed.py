"""Make the plain page's database: 200 people, 30 circles of six, 3,000 posts, 300 meetings; the same every time."""

import random
import sqlite3
import sys
from contextlib import closing
from datetime import datetime, timedelta

TABLES = """
PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;
create table user(id integer primary key, name text not null, email text unique, avatar text, lang text default 'en');
create table circle(id integer primary key, slug text unique, name text, purpose text);
create table membership(id integer primary key, circle_id integer references circle(id),
    user_id integer references user(id), role text);
create index m_c on membership(circle_id, user_id);
create table meeting(id integer primary key, circle_id integer, starts text, place text, agenda text);
create index me_c on meeting(circle_id, starts);
create table post(id integer primary key, circle_id integer, author_id integer, created text, body text,
    replies integer default 0);
create index p_c on post(circle_id, id);
"""
SENTENCE = (
    "we should bring the ladder and ask the neighbours whether anybody still needs apples from last week because"
    " cellar is full"
)
WORDS = SENTENCE.split()
PEOPLE, CIRCLES, MEETINGS, POSTS = 200, 30, 10, 100
ROLES = ("Facilitator", "Secretary", "Delegate", "Treasurer", None, None)


def seed(path: str) -> None:
    chance = random.Random(1)  # noqa: S311  the same rows every time
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(TABLES)
        for key in range(1, PEOPLE + 1):
            row = (key, f"Member {key} Müller", f"m{key}@example.org", f"/static/a/{key % 12}.webp", "en")
            connection.execute("insert into user values(?,?,?,?,?)", row)
        for key in range(1, CIRCLES + 1):
            seed_circle(connection, key, chance)
        connection.commit()
        connection.execute("analyze")
        connection.commit()


def seed_circle(connection: sqlite3.Connection, key: int, chance: random.Random) -> None:
    insert = connection.execute
    insert("insert into circle values(?,?,?,?)", (key, f"circle-{key}", f"Garden circle {key}", text(chance, 20)))
    for place, role in enumerate(ROLES):
        member = (key, member_of(key, place), role)
        insert("insert into membership(circle_id, user_id, role) values(?,?,?)", member)
    for number in range(MEETINGS):
        starts = datetime(2026, 11, 1) + timedelta(days=14 * number)
        meeting = (key, starts.isoformat(), "Kitchen, House 3", text(chance, 25))
        insert("insert into meeting(circle_id, starts, place, agenda) values(?,?,?,?)", meeting)
    for number in range(POSTS):
        written = datetime(2026, 8, 1) + timedelta(hours=7 * number)
        post = (
            key,
            member_of(key, number % 6),
            written.isoformat(sep=" "),
            text(chance, chance.randint(25, 70)),
            number % 5,
        )
        insert("insert into post(circle_id, author_id, created, body, replies) values(?,?,?,?,?)", post)


def member_of(circle: int, place: int) -> int:
    return (circle * 6 + place) % PEOPLE + 1


def text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(words)).capitalize() + "."


if __name__ == "__main__":
    seed(sys.argv[1])
