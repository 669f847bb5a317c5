"""
What Argo's validator finds out by following references: templates, arguments, variables and their scopes.

The way is Argo's (argo-validation 3), but it does not stop at the first problem.
:func:`~admission.argo.variables.analyse` is the door to it.
"""
