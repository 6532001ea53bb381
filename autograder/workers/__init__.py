"""Processes that work side by side: here, or on the machines of a cluster."""
