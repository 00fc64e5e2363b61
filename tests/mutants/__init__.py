"""Small defects put into the integration on purpose, to see whether a test finds them.

`script/mutants` runs this package; nothing else loads it.
"""
