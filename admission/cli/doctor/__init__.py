"""``argo-admission doctor``: a live installation, compared with what it should be."""

from admission.cli.doctor.command import doctor

__all__ = ["doctor"]
