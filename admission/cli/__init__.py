"""
The command line: each command is a door to the engine, and has a module or a folder of its own.

To read it from the outside in:

``main``
    The table of commands, and what becomes of their errors.
``lint``, ``review``, ``expand``, ``sign``, ``audit``, ``explain``, ``export``
    Commands that are asked about manifests; ``pods`` and ``test`` are folders.
``server``
    What ``serve`` runs, put together in ``server.run``.
``probe``, ``operate``, ``doctor``
    Commands for whoever looks after an installation.
``demo``
    A real control plane on this machine, and the show on it.
``options``, ``files``, ``policy_files``, ``live``, ``unjudged``, ``check``, ``cases``, ``reported``, ``output``
    What commands share: what was said, what was given, the engine's answer, and how it goes out.
``changes``, ``differences``, ``yaml_text``
    What an object became, for people.
``reference``
    The part of README.md that is made of all this.
"""
