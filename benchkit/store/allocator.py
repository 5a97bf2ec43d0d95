"""Arrow takes its memory from the system: its own allocator keeps what was freed, and a long run would grow by what it keeps.

Arrow reads this variable once, when it is loaded; so this file is imported before anything that imports pyarrow.
"""

from __future__ import annotations

import os

os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
