"""What all addresses of this room hang on."""

from flask import Blueprint

from portal.curriculum import access
from portal.curriculum.marks import curly

bp = Blueprint("curriculum", __name__)
bp.record_once(lambda state: access.load(state.app))
bp.add_app_template_filter(curly)
