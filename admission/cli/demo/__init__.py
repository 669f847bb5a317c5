"""The demo: a real control plane on this machine, the webhook in front of it, and what kubectl says."""
