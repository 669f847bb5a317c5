"""
One engine: from a request and a snapshot of the cluster to a verdict. It is pure: no clock, file, network or log.

``decide.py`` is the table of what is decided where; ``mutating.py`` and ``judging.py`` are the stages of the two calls.
"""

from admission.engine.decide import Reply, respond, review

__all__ = ["Reply", "respond", "review"]
