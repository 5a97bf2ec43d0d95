"""The page as one HTML file: its own style, script and SVG inline, nothing fetched. Start at `to_html`."""

from __future__ import annotations

from benchkit.report.html.document import to_html as to_html
