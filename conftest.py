"""For the project's own suite only: pytester may be asked for in the root conftest alone."""

pytest_plugins = ["pytester"]
