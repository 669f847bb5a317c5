"""
Policies as the API server has them: ValidatingAdmissionPolicy and MutatingAdmissionPolicy.

What the API server cannot evaluate itself is not exported, and said (``Omitted``). It needs Kubernetes 1.35 for what is
used of CEL, and 1.36 for MutatingAdmissionPolicy.
"""

from admission.policy.export.whole import Exported, Omitted, exported

__all__ = ["Exported", "Omitted", "exported"]
