"""Everything that tests share: helpers, fixtures, plugins; no tests."""
