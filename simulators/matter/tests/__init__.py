"""Tests of the simulated Matter server and its locks; they say nothing of the product."""
