"""The signed cookie of a session, without a date in it that matters: how long a device stays is decided by its row."""

from flask import Flask, Request, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
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

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Never beside a static file: a cache in front may keep that for everyone."""
        return request.endpoint != "static" and super().should_set_cookie(app, session)


def init_app(app: Flask) -> None:
    app.session_interface = UndatedSessions()
