"""Writes a tiny ModernBERT with random weights, from configuration, with the tokenizer of another checkpoint folder."""

import sys

import torch
from transformers import AutoTokenizer, ModernBertConfig, ModernBertForMaskedLM

folder, tokenizer_folder = sys.argv[1:]
tokenizer = AutoTokenizer.from_pretrained(tokenizer_folder)
torch.manual_seed(1)
config = ModernBertConfig(
    vocab_size=len(tokenizer),
    hidden_size=32,
    intermediate_size=48,
    num_hidden_layers=2,
    num_attention_heads=4,
    max_position_embeddings=512,
    pad_token_id=0,
    bos_token_id=1,
    eos_token_id=2,
    cls_token_id=1,
    sep_token_id=2,
)
ModernBertForMaskedLM(config).save_pretrained(folder)
tokenizer.save_pretrained(folder)
