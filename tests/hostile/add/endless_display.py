"""Shows something for ever, most of it empty; and pages in HTML and JavaScript."""

from IPython.display import HTML, Javascript, clear_output, display


def add(a, b):
    return -1


display(HTML("<script>document.title = 'pwned'</script>"), Javascript("document.title = 'pwned'"))
display({"text/html": "<img src=x onerror=pwned()>", "image/png": '"><script>pwned()</script>'}, raw=True)
while True:
    display({"text/plain": ""}, raw=True)
