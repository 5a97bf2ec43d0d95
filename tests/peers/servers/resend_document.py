"""An OpenAPI document of Resend's sending paths, out of models that others generated from the published one (mcparmory-resend).

They know every field of a mail and refuse any other; those of a batch are the same, but let other fields be.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

_MOST_IN_A_BATCH = 100
_PRINT = """
import json
from pydantic.json_schema import models_json_schema
import _models as models
chosen = [(getattr(models, name), "validation") for name in ("PostEmailsRequestBody", "SendEmailRequest")]
print(json.dumps(models_json_schema(chosen, ref_template="#/components/schemas/{model}")[1]["$defs"]))
"""


def resend_document(folder: Path) -> dict[str, Any]:
    """`folder` holds the package's modules, which import each other by their bare names: a process of its own reads them."""
    command = [sys.executable, "-c", _PRINT]
    schemas = json.loads(subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout)
    one, batch = ({"$ref": f"#/components/schemas/{name}"} for name in ("PostEmailsRequestBody", "SendEmailRequest"))
    several = {"type": "array", "items": batch, "minItems": 1, "maxItems": _MOST_IN_A_BATCH}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Resend", "version": "1"},
        "paths": {"/emails": _takes(one), "/emails/batch": _takes(several)},
        "components": {
            "schemas": schemas, "securitySchemes": {"bearerAuth": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"bearerAuth": []}],
    }  # fmt: skip


def _takes(schema: dict[str, Any]) -> dict[str, Any]:
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return {"post": {"requestBody": body, "responses": {"200": {"description": "OK"}}}}
