"""
What a Workflow needs at its widest: pods, processors, memory, devices and volumes that are there at one time.

``reckoning`` goes through the calls that ``argo/pods/walk.py`` finds: ``units`` are the steps and tasks with all their
items and hooks, ``arrangement`` says which of them are there together, ``beside`` what is beside what it comes after.
``amounts`` says what one pod needs, ``quota`` what a namespace leaves, ``in_all`` how many pods there are in the whole
time. It never says less than the real peak, as far as that can be known before.
"""

from admission.argo.peak.door import (
    Peak,
    Shortage,
    Widest,
    as_document,
    named,
    peak_of,
    reckoned,
    shortages,
    shown,
)

__all__ = ["Peak", "Shortage", "Widest", "as_document", "named", "peak_of", "reckoned", "shortages", "shown"]
