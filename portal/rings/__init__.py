"""Key rings: what a circle shares opens with them, and with nothing else."""

from portal.rings.access import OwnKeys, SeatKeys, TableKeys, accept, invitation_keys, opened_or, start
from portal.rings.errors import Closed, ReadersChanged, Refused
from portal.rings.models import TABLES, Audience, Told, audience, close, destroy, end_holder

__all__ = [
    "TABLES",
    "Audience",
    "Closed",
    "OwnKeys",
    "ReadersChanged",
    "Refused",
    "SeatKeys",
    "TableKeys",
    "Told",
    "accept",
    "audience",
    "close",
    "destroy",
    "end_holder",
    "invitation_keys",
    "opened_or",
    "start",
]
