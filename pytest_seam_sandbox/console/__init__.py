"""The console of `seam-sandbox serve --console`: a page that shows a running sandbox and lets things happen in it."""
