"""What all addresses of this room hang on."""

from flask import Blueprint

bp = Blueprint("meetings", __name__)
