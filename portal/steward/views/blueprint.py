"""What all addresses of this room hang on."""

from flask import Blueprint

bp = Blueprint("steward", __name__)
