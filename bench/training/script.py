"""A mask training as one would write it in PyTorch: images opened batch by batch, clean embeddings computed in every step.

The networks and the mathematics are those of src/main (models/unet, models/resnet, noise/*, models/optimizer).
Argument: {"steps", "size", "batch", "threads", "folder", "device", "dump"} as JSON; dump is what job.ts wrote.
"""

import json
import math
import random
import resource
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

options = json.loads(sys.argv[1])
torch.set_num_threads(options["threads"])
device = "cuda" if options["device"] != "cpu" and torch.cuda.is_available() else "cpu"
if device == "cuda":
    torch.set_default_device(device)
steps, size, batch = options["steps"], options["size"], options["batch"]

raw = np.fromfile(options["dump"] + ".bin", dtype=np.float32)
with open(options["dump"] + ".json") as file:
    dump = json.load(file)
tensors = {
    name: torch.tensor(raw[offset : offset + count].reshape(shape)) for name, offset, count, shape in dump["contents"]
}
config = dump["config"]
log_min, log_max = math.log(config["sigmaMin"]), math.log(config["sigmaMax"])
levels = len(config["channels"])


def oihw(weights):
    return weights.permute(3, 2, 0, 1).contiguous() if weights.dim() == 4 else weights


frozen = {name[2:]: oihw(value) for name, value in tensors.items() if name.startswith("e.")}


def parameters():
    return {name[2:]: torch.nn.Parameter(oihw(value)) for name, value in tensors.items() if name.startswith("u.")}


def same(x, weights, bias=None, stride=1):
    """The padding that TensorFlow calls "same": with stride 2 and an even side, one pixel after the image only."""
    kernel = weights.shape[-1]
    height, width = (max((math.ceil(n / stride) - 1) * stride + kernel - n, 0) for n in x.shape[2:])
    if height % 2 or width % 2:
        x = F.pad(x, (width // 2, width - width // 2, height // 2, height - height // 2))
        return F.conv2d(x, weights, bias, stride)
    return F.conv2d(x, weights, bias, stride, (height // 2, width // 2))


def repeating(x, weights, stride):
    """As "same", with the border's pixels repeated instead of zeros."""
    kernel = weights.shape[-1]
    top, left = (max((math.ceil(n / stride) - 1) * stride + kernel - n, 0) for n in x.shape[2:])
    x = F.pad(x, (left // 2, left - left // 2, top // 2, top - top // 2), mode="replicate")
    return F.conv2d(x, weights, None, stride)


def unet(p, x):
    def block(name, y, stride=1):
        y = repeating(y, p[name + ".filter"], stride)
        return torch.relu(F.group_norm(y, 4, p[name + ".gain"], p[name + ".offset"], 1e-5))

    skips, y = [], x
    for level in range(levels):
        y = block(f"same{level}", block(f"down{level}", y, 2))
        skips.append(y)
    context = torch.relu(y.mean((2, 3)) @ p["context.filter"] + p["context.offset"])
    y = y + context[:, :, None, None]
    for level in range(levels - 2, -1 if "up0.filter" in p else 0, -1):
        skip = skips[level]
        y = F.interpolate(y, scale_factor=2, mode="nearest")[:, :, : skip.shape[2], : skip.shape[3]]
        y = block(f"up{level}", torch.cat([y, skip], 1))
    return same(y, p["last.filter"], p["last.offset"])


def embed(x):
    def unit(name, y, stride=1):
        return same(y, frozen[name + ".filter"], frozen[name + ".offset"], stride)

    y = torch.relu(unit("stem", x, 2))
    for stage in range(3):
        stride = 1 if stage == 0 else 2
        inner = unit(f"stage{stage}.second", torch.relu(unit(f"stage{stage}.first", y, stride)))
        y = torch.relu(inner + (y if stage == 0 else unit(f"stage{stage}.skip", y, stride)))
    return y.mean((2, 3))


def noise_fraction(a, budget):
    """q = sigmoid(a + t) with mean budget: t by bisection, its gradient by one Newton term whose value is zero."""
    with torch.no_grad():
        low, high = -30.0 - a.max().item(), 30.0 - a.min().item()
        for _ in range(40):
            middle = (low + high) / 2
            if torch.sigmoid(a + middle).mean().item() < budget:
                low = middle
            else:
                high = middle
        s = torch.sigmoid(a + low)
        mean, slope = s.mean(), (s * (1 - s)).mean()
    shift = low - (torch.sigmoid(a + low).mean() - mean) / slope
    return torch.sigmoid(a + shift)


def nt_xent(first, second):
    z = F.normalize(torch.cat([first, second]), eps=1e-6)
    count = len(first)
    scores = z @ z.t() / config["temperature"] - 1e9 * torch.eye(2 * count)
    return F.cross_entropy(scores, torch.arange(2 * count).roll(count))


def loss_of(p, x, clean, eps, budget):
    q = noise_fraction(unet(p, x), budget)
    q = F.interpolate(q, size=(size, size), mode="bilinear", align_corners=False)
    sigma = torch.exp(log_min + q * (log_max - log_min))
    return nt_xent(clean, embed(x + sigma * eps))


def nchw(x):
    return x.permute(0, 3, 1, 2).contiguous()


def agreement():
    """Relative difference of the loss, and of all gradients together in the L2 norm, to job.ts."""
    p, x = parameters(), nchw(tensors["x"])
    with torch.no_grad():
        clean = embed(x)
    loss = loss_of(p, x, clean, nchw(tensors["eps"]), 0.8)
    loss.backward()
    difference = norm = 0.0
    for name, value in p.items():
        gradient = value.grad.permute(2, 3, 1, 0) if value.dim() == 4 else value.grad
        difference += ((gradient - tensors["g." + name]) ** 2).sum().item()
        norm += (gradient**2).sum().item()
    theirs = tensors["loss"].item()
    return {"loss": abs(loss.item() - theirs) / abs(theirs), "gradients": (difference / norm) ** 0.5}


def load(file):
    image = Image.open(file).convert("RGB").resize((size, size), Image.LANCZOS)
    x = (np.asarray(image, dtype=np.float32) - 127.5) / 64
    return torch.from_numpy(x[:, ::-1].copy() if random.random() < 0.5 else x)


def train():
    began = time.perf_counter()
    random.seed(1)
    torch.manual_seed(1)
    files = sorted(Path(options["folder"], "train").rglob("*.png"))
    p = parameters()
    optimizer = torch.optim.AdamW(p.values(), lr=config["learningRate"], weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, config["learningRate"], total_steps=steps)
    order, losses = [], []
    for _ in range(steps):
        while len(order) < batch:
            order += random.sample(files, len(files))
        x = nchw(torch.stack([load(order.pop(0)) for _ in range(batch)]).to(device))
        with torch.no_grad():
            clean = embed(x)
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(p, x, clean, torch.randn_like(x), random.uniform(*config["budgetRange"]))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(p.values(), 1)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    mean = lambda part: sum(part) / len(part)
    return {"seconds": time.perf_counter() - began, "first": mean(losses[:10]), "last": mean(losses[-10:])}


def information():
    return {"peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


print(json.dumps({"ready": True}), flush=True)
commands = {"agreement": agreement, "train": train, "information": information}
for line in sys.stdin:
    command = commands.get(line.strip())
    if command is None:
        break
    print(json.dumps(command()), flush=True)
