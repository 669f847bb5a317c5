"""``argo-admission doctor``: a live installation, compared with what it should be."""
