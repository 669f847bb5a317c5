"""
Parameter contracts: what the author of a template lets its callers hand over.

``contract`` reads the annotation ``argo-admission.io/parameters``, ``calls`` holds every caller to it and to ``enum``.
Argo itself does neither where the submitter's own parameter takes the place of the template's.
"""
