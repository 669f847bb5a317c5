"""
The API server: all that we read there, and all that we write.

``client``, ``listing``, ``kinds``, ``permissions``
    The way there, what we look at, and the rights that it takes.
``reflector``, ``informer``
    Watching: each kind as a mapping, all of them as one snapshot after the other.
``lookup``, ``access``
    Asking for what no watch tells.
``lease``, ``sightings``, ``duties``
    Which replica leads, what all of them know, and what the one that leads does.
``webhooks``, ``registrar``, ``probe``
    Which calls reach us, kept so, and tried.
``certificates``, ``rotation``, ``stores``
    What we serve with.
``status``, ``events``, ``reports``
    What people are told.
"""
