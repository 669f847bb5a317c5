"""
What stands behind references, written out as Argo's controller would run it.

``join`` is the controller's merge, ``restrict`` its Strict and Secure modes, ``templates`` writes out ``templateRef``,
``place`` finds the way back to what the author wrote. The door is ``argo/expand.py``.
"""
