"""Looks for an API key in all that a run of pytest has left."""


def names_of_what_shows(pytester, result, key):
    """The files in which the key is, and the output if it is in there."""
    files = [path for path in pytester.path.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}]
    shown = {"output": str(result.stdout) + str(result.stderr)}
    shown |= {str(path): path.read_bytes().decode("utf-8", "replace") for path in files}
    return [name for name, text in shown.items() if key in text]
