"""The encoder router: text classification by fine-tuning a whole encoder."""
