"""One connection: neither it nor a thread is held by whoever asks for much and takes none of it.

waitress closes a connection that is silent for long, but not one whose answer nobody takes: it waits for ever, with the
connection, and beyond `outbuf_high_watermark` with the thread, too. Six of them, each with fifteen kilobytes of
requests sent at once, kept everyone else out.
"""

import time

from waitress.channel import HTTPChannel

PATIENCE = 4  # times `channel_timeout`: the system holds a few megabytes ready, which a slow phone takes a while for


class Connection(HTTPChannel):
    """As waitress has it; but requests that are sent before the first is answered are dropped with the connection.

    No browser sends such, nor does a web server in front. Who takes nothing of an answer is not waited for for ever.
    """

    def service(self) -> None:
        with self.requests_lock:  # the loop may still be reading the others
            if len(self.requests) > 1:
                self.requests[0].headers["CONNECTION"] = "close"
        super().service()

    def write_soon(self, data: bytes) -> int:
        if not self.total_outbufs_len:
            self.last_activity = time.time()  # until now there was nothing to take
        return super().write_soon(data)

    def readable(self) -> bool:
        """The loop asks this once a second at least."""
        if self.total_outbufs_len and time.time() - self.last_activity > PATIENCE * self.adj.channel_timeout:
            self.handle_close()  # a thread that waits for room is woken by it
            return False
        return super().readable()
