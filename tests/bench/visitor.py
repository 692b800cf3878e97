"""Somebody with a browser: keeps its cookies, reads pages and sends forms."""

import re
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from io import BytesIO
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

PATIENCE = 60  # seconds; an upload may wait for two others
TOKEN = re.compile(r'<input[^>]*name="csrf_token"[^>]*value="([^"]+)"')


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class NotLetIn(Exception):
    """A sign-in that did not go through: there is nothing to measure then."""


class Visitor:
    def __init__(self, address: str, cookies: str = "", *, stays: bool = False) -> None:
        """`cookies` as a browser would send them, of someone who has signed in already.

        One who `stays` keeps the connection from one page to the next, and closes it at the end.
        """
        self.stays = stays
        host = urlsplit(address)
        self.connection = HTTPConnection(host.hostname or "", host.port, timeout=PATIENCE)
        self.kept: SimpleCookie = SimpleCookie(cookies)

    @property
    def cookies(self) -> str:
        return "; ".join(f"{name}={cookie.value}" for name, cookie in self.kept.items())

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(fields).encode(), kind)

    def upload(self, path: str, fields: dict[str, str], name: str, file: bytes) -> Answer:
        """Send a form with a file in the field `name`."""
        boundary, body = encode_multipart({**fields, name: FileStorage(BytesIO(file), f"{name}.jpg")})
        return self.ask("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})

    def token(self, path: str) -> str:
        """The CSRF token of the form on a page. Raises NotLetIn where there is no form."""
        found = TOKEN.search(self.get(path).text)
        if found is None:
            raise NotLetIn(f"{path} shows no form.")
        return found[1]

    def sign_in(self, name: str, passphrase: str) -> None:
        """Raises NotLetIn."""
        fields = {"csrf_token": self.token("/enter"), "name": name, "passphrase": passphrase}
        answer = self.post("/enter", fields)
        if answer.status != 303:
            raise NotLetIn(f"{name} was not let in, but answered {answer.status}.")

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        mine = {"Cookie": self.cookies} if self.kept else {}
        self.connection.request(method, path, body, {**mine, **(headers or {})})
        response = self.connection.getresponse()
        for cookie in response.headers.get_all("Set-Cookie", []):
            self.kept.load(cookie)
        answer = Answer(response.status, dict(response.headers), response.read())
        if not self.stays:
            self.connection.close()
        return answer
