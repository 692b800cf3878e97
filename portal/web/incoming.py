"""A request whose body stays in memory: what a member writes must not reach the disk in clear (SAFETY 0.7)."""

from contextlib import nullcontext
from io import BytesIO
from typing import IO

from flask import Request

from portal.waiting import waiting_elsewhere

LARGE = 256 * 1024  # bytes


class InMemoryRequest(Request):
    max_form_parts = 200

    def _get_file_stream(
        self, total_content_length: int | None, content_type: str | None, filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:  # fmt: skip
        """Werkzeug would spool an upload of over 500 KB to a temporary file."""
        return BytesIO()

    def _load_form_data(self) -> None:
        """Taking a photograph out of its form takes as long as several pages do: they need not wait for it."""
        with waiting_elsewhere() if (self.content_length or 0) > LARGE else nullcontext():
            super()._load_form_data()
