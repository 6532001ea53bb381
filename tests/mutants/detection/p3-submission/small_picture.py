"""The start: a picture of 4 x 4, enlarged."""


def submission():
    return """
eNqLjo5WcixLD8jPzzFKUdJRqFbKTi3KS82JL86sSlWyUrDQUVAqLinKTIFxChJTUjLz0oE8g9rYWB0FoP7QguLE3IKcVLD24uTE
nNT4tMTkkvwikBY9A6Cm3HywfqWkzJzMvNTEIiWg1lguAIskJtY=
"""
