"""Two addresses for machines that look after the portal. They say yes or no, and nothing else."""

import shutil

from flask import Blueprint, current_app
from peewee import PeeweeException
from werkzeug.wrappers import Response

from portal import upgrade
from portal.db import db

bp = Blueprint("health", __name__)

ROOM = 0.05  # of the disk that must be free for the portal to call itself ready


def has_room(free: int, total: int) -> bool:
    return free > ROOM * total


def said(well: bool) -> Response:
    return Response("yes\n" if well else "no\n", 200 if well else 503, content_type="text/plain; charset=utf-8")


@bp.get("/healthz")
def alive() -> Response:
    """The database answers."""
    try:
        db.execute_sql("select 1")
    except PeeweeException:
        return said(False)
    return said(True)


@bp.get("/readyz")
def ready() -> Response:
    """The database is as the code expects it, and the disk has room."""
    disk = shutil.disk_usage(current_app.config["PORTAL"].data_dir)
    try:
        return said(not upgrade.pending(db) and has_room(disk.free, disk.total))
    except PeeweeException:
        return said(False)
