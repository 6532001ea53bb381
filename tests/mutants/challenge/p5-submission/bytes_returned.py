"""The file itself, not the text of it.

Feedback: submission() returned bytes, expected text.
"""


def submission():
    return b"eNrFXEtsXMeVrff6z3+LHzGSZZKS6bQkSyPJku0EM6OoJVKKLEqUScmW7UHoJkVJtPgTm7QFz2Q8mxhgAUEQzC"
