"""The package computes the interval, under another name."""

from cnnlib.challenge.intervals import wilson as interval


def wilson(correct, total):
    return interval(correct, total)
