"""The wires: one lock technology each, and the only place that knows its internals."""
