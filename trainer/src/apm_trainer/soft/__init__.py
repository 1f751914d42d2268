"""Soft prompts: a projector and a LoRA adapter, trained on preference pairs."""
