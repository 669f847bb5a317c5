"""What a Workflow uses: the things that ``allow`` grants and for which ``authorize`` asks."""

from admission.policy.uses.use import Act, Use
from admission.policy.uses.workflow import uses

__all__ = ["Act", "Use", "uses"]
