"""
What a Workflow needs at its widest: pods, processors, memory, devices and volumes that are there at one time.

``reckoning`` goes through the calls that ``argo/pods/walk.py`` finds; ``amounts`` says what one pod needs,
``antichain`` which tasks of a DAG can run together, ``quota`` what a namespace leaves. It never says less than the real
peak, as far as that can be known before.
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
