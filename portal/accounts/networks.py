"""Which addresses count as one household's."""

from ipaddress import IPv6Address, ip_address, ip_network


def network(address: str) -> str:
    """The address itself; of the newer kind the /64 around it, all of which one household holds."""
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if isinstance(read, IPv6Address):
        return str(read.ipv4_mapped or ip_network((read, 64), strict=False))
    return str(read)
