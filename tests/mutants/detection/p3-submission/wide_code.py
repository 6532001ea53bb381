"""The code is the image.

Feedback: at most 96 are allowed
"""


def submission():
    return """
eNqLjo5WcstJLClJzVPSUaiujY3VUQAKhealIQSVSmG81JT44syqVCUrhWhjHQVjIxAGalBKycwFihkCdcdyAQBc+Rly
"""
