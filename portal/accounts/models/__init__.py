"""What accounts keep, one module per subject; each may use those before it: portals, people, devices, links, kept."""
