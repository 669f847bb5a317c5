"""
What Argo's validator asks of each part of an object by itself, without following a reference (argo-validation 4).

Every check yields what is wrong as (rule id, place below the part, message). :mod:`admission.argo.checks.whole` runs
all of them on the templates that :mod:`admission.argo.validation` has come to.
"""
