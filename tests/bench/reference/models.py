"""The plain page's rows through Peewee: C opens a connection per request, T keeps one per thread."""

from typing import Any

from flask import Flask
from flask_login import UserMixin
from peewee import ForeignKeyField, IntegerField, Model, SqliteDatabase, TextField

from tests.bench.reference.pragmas import NOW, PRAGMAS

database = SqliteDatabase(None, pragmas=PRAGMAS)


class Table(Model):
    class Meta:
        database = database


class User(Table, UserMixin):
    name, email, avatar, lang = TextField(), TextField(), TextField(), TextField()


class Circle(Table):
    slug, name, purpose = TextField(), TextField(), TextField()


class Membership(Table):
    circle, user, role = ForeignKeyField(Circle), ForeignKeyField(User), TextField(null=True)


class Meeting(Table):
    circle, starts, place, agenda = ForeignKeyField(Circle), TextField(), TextField(), TextField()


class Post(Table):
    circle, author = ForeignKeyField(Circle), ForeignKeyField(User)
    created, body, replies = TextField(), TextField(), IntegerField()


def init_app(app: Flask, path: str, mode: str) -> None:
    database.init(path)
    if mode == "C":
        app.before_request(open_connection)
        app.teardown_request(close_connection)


def open_connection() -> None:
    database.connect(reuse_if_open=True)


def close_connection(error: BaseException | None) -> None:
    if not database.is_closed():
        database.close()


def user(key: str | int) -> User | None:
    return User.get_or_none(User.id == int(key))


def of_circle(key: int) -> tuple[Circle, Meeting | None, list[Any], list[Any]]:
    members = (
        Membership.select(Membership.user.alias("user_id"), Membership.role, User.name, User.avatar)
        .join(User)
        .where(Membership.circle == key)
    )
    posts = (
        Post.select(
            Post.id, Post.author.alias("author_id"), Post.created, Post.body, Post.replies, User.name, User.avatar
        )
        .join(User)
        .where(Post.circle == key)
        .order_by(Post.id.desc())
        .limit(10)
    )
    meeting = Meeting.select().where((Meeting.circle == key) & (Meeting.starts > NOW)).order_by(Meeting.starts).first()
    return Circle.get_by_id(key), meeting, list(members.objects()), list(posts.objects())
