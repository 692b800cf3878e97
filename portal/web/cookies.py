"""The signed cookie of a session, without a date in it that matters: how long a device stays is decided by its row."""

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature


class UndatedSessions(SecureCookieSessionInterface):
    """Flask refuses a cookie signed in the future: after a start with a wrong clock, a Pi would sign everyone out."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        signer = self.get_signing_serializer(app)
        if signer is None:
            return None
        try:
            return self.session_class(signer.loads(request.cookies.get(self.get_cookie_name(app), "")))
        except BadSignature:
            return self.session_class()


def init_app(app: Flask) -> None:
    app.session_interface = UndatedSessions()
