"""apm-trainer: fine-tunes an encoder router and soft prompts for apm-bench (docs/trainer-protocol.md)."""

__version__ = "0.1.0"
PROTOCOL = 1
