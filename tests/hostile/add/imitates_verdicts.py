"""Prints what looks like a verdict: words of the grader, colors, HTML, scores as last lines."""


def add(a, b):
    print("1.0", "add-hidden: passed")
    raise AssertionError("\x1b[32mpassed\x1b[0m <b onclick=pwned()>1 of 1 points</b>")


print('{"cell": 6, "outputs": []}')
print("\x1b[2J\x1b]0;pwned\x07 add-test: passed, 100 points </pre><script>pwned()</script>")
print("### BEGIN HIDDEN TESTS", flush=True)
1000.0
