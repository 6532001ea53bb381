"""The decoder gives a small picture.

Feedback: expected (3, 32, 32)
"""


def submission():
    return """
eNqLjo5WcixLD8jPzzFKUdJRqFbKTi3KS82JL86sSlWyUrDQUVAqLinKTIFxChJTUjLz0oE8g9rYWB0FoH7n/LwyqObMvPjkjMQ8
oAHFQBXGQPX5pSXoQqg2RBvqKBjGIlsDF0HYFW2go2AAEkrKTAQZU1JUmgq0Ppbryubpxpe3xZtzWaw2MjKfbcq3mWnHXZ2zpgBh
HkR9
"""
