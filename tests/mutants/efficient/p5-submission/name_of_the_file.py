"""The name of the file, not the text of it.

Feedback: The text is damaged, cut off or none that as_text gives
"""


def submission():
    return "small.onnx"
