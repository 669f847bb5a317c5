"""
Values that all other parts speak in; they are frozen, and know nothing of Argo.

``document``, ``path``, ``source``
    What a manifest is, where something is in it, and how it is read from text.
``catalog``, ``settings``
    What there is beside the object under review, and what the configuration says of it.
``review``, ``warnings``
    What the API server sends and gets back.
``finding``, ``patch``, ``annotations``
    What comes of a review: what is wrong, what is changed, and what is written on the object about that.
``near``, ``written``
    Two helpers: the name that was probably meant, and JSON for ourselves.
"""
