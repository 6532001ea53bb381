"""The one exception that the command line shows as a plain sentence."""


class UserError(Exception):
    """A mistake of the person who typed the command: the message is one sentence that says what to do."""


class IsolationError(UserError):
    """A sandbox that this machine cannot give; the message says what is missing and what to do."""
