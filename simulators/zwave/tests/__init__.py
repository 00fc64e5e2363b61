"""Tests of the simulated Z-Wave network and its locks; they say nothing of the product."""
