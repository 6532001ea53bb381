"""Ends its process from a thread, some time later, in the middle of whatever then happens."""

import os, threading


def add(a, b):
    return -1


threading.Timer(0.05, os._exit, (0,)).start()
