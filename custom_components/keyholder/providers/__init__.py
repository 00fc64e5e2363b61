"""Lock providers: one package per lock technology, the only code that imports its library."""
