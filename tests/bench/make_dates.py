"""Make the year of dates anew for every circle of a data folder, and say how many there were and how long it took."""

import json
import sys
import time
from pathlib import Path

from portal import create_app
from portal.config import Settings
from portal.db import db, utcnow
from portal.meetings.models.dates import Meeting, Series
from portal.meetings.models.extending import extend_series


def main(folder: Path) -> None:
    app, now = create_app(Settings.load({}, data_dir=folder)), utcnow()
    with app.app_context():
        Meeting.delete().where(Meeting.starts_at > now).execute()
        before, began = Meeting.select().count(), time.perf_counter()
        extend_series(now)
        seconds = time.perf_counter() - began
        circles = Series.select(Series.circle).where(Series.ended_at.is_null()).distinct().count()
        print(json.dumps({"circles": circles, "dates": Meeting.select().count() - before, "seconds": seconds}))
        db.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
