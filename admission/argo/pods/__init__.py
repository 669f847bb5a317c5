"""
Every step is a pod: a Workflow projected into the pods that the controller will create of it.

``project`` is the door. ``walk`` finds which templates run, and with which inputs; ``build`` makes the pod of each in
the controller's own order; ``finish`` applies ``podSpecPatch`` and says what only the run decides.
"""

from admission.argo.pods.effective import EffectivePod, Origin, Problem, findings
from admission.argo.pods.project import effective_pods, projected

__all__ = ["EffectivePod", "Origin", "Problem", "effective_pods", "findings", "projected"]
