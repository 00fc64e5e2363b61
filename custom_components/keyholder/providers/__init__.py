"""Lock providers: one package per lock technology, the only code that imports its library.

The packages have the same modules:

- `reference`: resolves the lock's entity, anew for every call,
- `target`: what it resolves to, and whether the lock is reachable,
- `client`: awaits the library and maps its errors,
- `decoder`: pure; from values of the library to our readings and events,
- `subscription`: listens, over reloads and lost connections,
- `provider`: the class that implements `base.LockProvider`.

Each says in its own docstring what else it has, and why.
"""
