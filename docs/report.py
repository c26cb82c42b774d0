"""Draw docs/report.png, the report page of a test that fails: `python docs/report.py`.

Needs playwright, and its browser or Debian's chromium.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).parent
TEST = DOCS.parent / "tests" / "report" / "failing" / "offline.py"
SIZE = {"width": 1200, "height": 900}


def main() -> None:
    """Run the test in a folder of its own, open its report, take the picture."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "seam.html")
        shutil.copy(TEST, Path(folder, "test_door.py"))
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--seam-report={report}"]
        subprocess.run(command, cwd=folder, check=False)  # noqa: S603 - it fails, as it should
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport=SIZE, color_scheme="light")
            page.goto(report.as_uri())
            page.screenshot(path=DOCS / "report.png", full_page=True)
            browser.close()


if __name__ == "__main__":
    main()
