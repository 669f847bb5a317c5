"""Ours: ``image(text)``, an image reference as a map (``image.py``)."""

from __future__ import annotations

from admission.policy.cel.image import image
from admission.policy.cel.library.function import function

FUNCTIONS = (function("image", "string", "map", image),)
