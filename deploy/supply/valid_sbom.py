"""`TOOLS/python valid_sbom.py FILE`: exit with 1 and the reason where FILE is no CycloneDX 1.6. Needs no checkout."""

from __future__ import annotations

import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion  # pyright: ignore[reportMissingImports]  The tools' environment has it.
from cyclonedx.validation.json import JsonStrictValidator  # pyright: ignore[reportMissingImports]

if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(Path(sys.argv[1]).read_text(encoding="utf-8")):
    sys.exit(f"{sys.argv[1]} is no CycloneDX 1.6: {str(error)[:500]}")
