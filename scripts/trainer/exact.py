"""The first step's loss and gradient in double precision, written anew from the definitions (no library's model).

    python scripts/trainer/exact.py JOB WEIGHTS OUT

JOB is a job's folder whose request has token ids, an order and an initial adapter; WEIGHTS a folder with the in-process
trainer's `config.json` and `weights.safetensors`. Writes `OUT/exact.safetensors` (the gradient, by the adapter's names) and
`OUT/exact.json`: the mean loss, and in how many tensors the trainer's weights are others than those of WEIGHTS.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from apm_trainer.jobs.model_source import find_model
from apm_trainer.jobs.request import parse_request
from apm_trainer.loading import from_pretrained
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

torch.set_default_dtype(torch.float64)


class Network:
    """A Llama without biases and stretched positions."""

    def __init__(self, config: dict[str, Any], weights: dict[str, torch.Tensor]) -> None:
        if config["ropeScaling"] is not None or any(name.endswith("_proj.bias") for name in weights):
            raise SystemExit("exact.py knows no biases and no stretched positions")
        self.config = config
        self.weights = {name: tensor.double() for name, tensor in weights.items()}
        self.embed = self.weights["model.embed_tokens.weight"]
        self.head = self.weights.get("lm_head.weight", self.embed)

    def norm(self, x: torch.Tensor, name: str) -> torch.Tensor:
        power = (x * x).mean(-1, keepdim=True)
        return x / torch.sqrt(power + self.config["rmsNormEps"]) * self.weights[f"{name}.weight"]

    def hidden(self, x: torch.Tensor, adapter: dict[str, torch.Tensor] | None, scaling: float) -> torch.Tensor:
        """[T, D] of input rows [T, D]."""
        heads, kv, size = (self.config[name] for name in ("heads", "kvHeads", "headDim"))
        t = len(x)
        frequencies = torch.tensor([self.config["ropeTheta"] ** (-2 * i / size) for i in range(size // 2)])
        angles = torch.outer(torch.arange(t).double(), frequencies)
        cos, sin = angles.cos()[:, None, :], angles.sin()[:, None, :]
        mask = torch.full((t, t), -math.inf).triu(1)

        def rotated(y: torch.Tensor) -> torch.Tensor:
            a, b = y.chunk(2, -1)
            return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)

        for layer in range(self.config["layers"]):
            path = f"model.layers.{layer}"

            def project(name: str, y: torch.Tensor, path: str = path) -> torch.Tensor:
                out = y @ self.weights[f"{path}.{name}.weight"].T
                lora = f"base_model.model.{path}.{name}.lora_A.weight"
                if adapter is not None and lora in adapter:
                    out = out + scaling * (y @ adapter[lora].T) @ adapter[lora.replace("lora_A", "lora_B")].T
                return out

            h = self.norm(x, f"{path}.input_layernorm")
            q = rotated(project("self_attn.q_proj", h).view(t, heads, size))
            k = rotated(project("self_attn.k_proj", h).view(t, kv, size)).repeat_interleave(heads // kv, 1)
            v = project("self_attn.v_proj", h).view(t, kv, size).repeat_interleave(heads // kv, 1)
            scores = torch.einsum("thd,shd->hts", q, k) / math.sqrt(size) + mask
            mixed = torch.einsum("hts,shd->thd", scores.softmax(-1), v).reshape(t, heads * size)
            x = x + project("self_attn.o_proj", mixed)
            m = self.norm(x, f"{path}.post_attention_layernorm")
            x = x + project("mlp.down_proj", F.silu(project("mlp.gate_proj", m)) * project("mlp.up_proj", m))
        return self.norm(x, "model.norm")

    def log_probability(
        self, prompt: list[int], answer: list[int], soft: torch.Tensor | None, adapter: Any, scaling: float
    ) -> torch.Tensor:
        rows = self.embed[torch.tensor(prompt + answer)]
        if soft is not None:
            rows = torch.cat([soft, rows])
        # The last token predicts nothing that is asked for.
        states = self.hidden(rows, adapter, scaling)[-len(answer) - 1 : -1]
        return (states @ self.head.T).log_softmax(-1)[torch.arange(len(answer)), torch.tensor(answer)].sum()


def soft_prompt(adapter: dict[str, torch.Tensor], embedded: list[float], width: int) -> torch.Tensor:
    out = torch.tensor(embedded) @ adapter["projector.first.weight"].T + adapter["projector.first.bias"]
    if "projector.second.weight" in adapter:
        out = F.gelu(out) @ adapter["projector.second.weight"].T + adapter["projector.second.bias"]
    return out.view(-1, width)


def pair_loss(network: Network, adapter: dict[str, torch.Tensor], pair: Any, settings: dict[str, Any]) -> torch.Tensor:
    scaling = settings["alpha"] / settings["rank"]
    soft = soft_prompt(adapter, pair["embedded"], network.config["hiddenSize"])
    policy, reference = [], []
    for answer in (pair["chosen"], pair["rejected"]):
        policy.append(network.log_probability(pair["prompt"], answer, soft, adapter, scaling))
        if settings["loss"] == "dpo":
            with torch.no_grad():
                reference.append(network.log_probability(pair["prompt"], answer, None, None, scaling))
    if settings["loss"] == "dpo":
        margin = settings["beta"] * ((policy[0] - reference[0]) - (policy[1] - reference[1]))
        return F.softplus(-margin)
    margin = settings["beta"] * (policy[0] / len(pair["chosen"]) - policy[1] / len(pair["rejected"]))
    return F.softplus(settings["gamma"] - margin)


def main(job: Path, ours: Path, out: Path) -> None:
    body = json.loads((job / "request.json").read_text())
    weights = load_file(ours / "weights.safetensors")
    network = Network(json.loads((ours / "config.json").read_text()), weights)
    files = [load_file(job / "initial" / name) for name in ("projector.safetensors", "adapter_model.safetensors")]
    adapter = {name: tensor.double().requires_grad_() for file in files for name, tensor in file.items()}
    rows = body["data"]["order"][0][0]
    total = 0.0
    for row in rows:
        loss = pair_loss(network, adapter, body["data"]["train"][row], body["settings"]) / len(rows)
        loss.backward()
        total += loss.item()
    save_file({name: tensor.grad.float() for name, tensor in adapter.items()}, out / "exact.safetensors")

    source = find_model(parse_request(body).model, (Path(body["model"]["path"]).parent,))
    theirs = from_pretrained(AutoModelForCausalLM, source, dtype=torch.float32).state_dict()
    others = sum(not torch.equal(tensor, theirs[name]) for name, tensor in weights.items())
    (out / "exact.json").write_text(json.dumps({"loss": total, "otherWeights": others}))


main(*map(Path, sys.argv[1:]))
