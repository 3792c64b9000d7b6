"""The step of network.ts in PyTorch, driven line by line as worker.ts is.

Arguments: {"size", "batch", "threads", "dump", "cuda"} as JSON; dump is the path that worker.ts wrote its weights to.
"""

import json
import resource
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

options = json.loads(sys.argv[1])
torch.set_num_threads(options["threads"])
device = "cuda" if options["cuda"] and torch.cuda.is_available() else "cpu"
size, batch = options["size"], options["batch"]

raw = np.fromfile(options["dump"] + ".bin", dtype=np.float32)
with open(options["dump"] + ".json") as contents:
    tensors = {
        name: torch.tensor(raw[offset : offset + count].reshape(shape), device=device)
        for name, offset, count, shape in json.load(contents)
    }


def oihw(weights):
    return weights.permute(3, 2, 0, 1).contiguous() if weights.dim() == 4 else weights


def nchw(image):
    return image.permute(0, 3, 1, 2).contiguous()


variables = {k[2:]: torch.nn.Parameter(oihw(v)) for k, v in tensors.items() if k.startswith("u.")}
frozen = {k[2:]: oihw(v) for k, v in tensors.items() if k.startswith("e.")}


def convolve(x, name):
    weights = variables[name + "_w"]
    return F.conv2d(x, weights, variables[name + "_b"], 1, weights.shape[-1] // 2)


def pair(x, name):
    return torch.relu(convolve(torch.relu(convolve(x, name + "a")), name + "b"))


def enlarge(x, length):
    return F.interpolate(x, size=(length, length), mode="bilinear", align_corners=False)


def unet(image):
    one = pair(image, "down1")
    two = pair(F.max_pool2d(one, 2), "down2")
    three = pair(F.max_pool2d(two, 2), "down3")
    bottom = pair(F.max_pool2d(three, 2), "bottom")
    up_three = pair(torch.cat([enlarge(bottom, size // 4), three], 1), "up3")
    up_two = pair(torch.cat([enlarge(up_three, size // 2), two], 1), "up2")
    return convolve(pair(torch.cat([enlarge(up_two, size), one], 1), "up1"), "head")


def frozen_convolve(x, name, stride, pad):
    return F.conv2d(x, frozen[name + "_w"], frozen[name + "_b"], stride, pad)


def embed(image):
    y = F.max_pool2d(torch.relu(frozen_convolve(image, "stem", 2, 3)), 3, 2, 1)
    for stage in range(4):
        for block in range(2):
            name = f"stage{stage}{block}"
            stride = 2 if stage > 0 and block == 0 else 1
            inner = frozen_convolve(torch.relu(frozen_convolve(y, name + "a", stride, 1)), name + "b", 1, 1)
            y = torch.relu(inner + (frozen_convolve(y, name + "skip", 2, 0) if stride == 2 else y))
    return y.mean((2, 3))


def unit(z):
    return z / torch.sqrt((z * z).sum(1, keepdim=True) + 1e-12)


self_similarity = torch.eye(2 * batch, device=device) * 1e9
partner = torch.tensor([(i + batch) % (2 * batch) for i in range(2 * batch)], device=device)


def loss_of(image, noise, clean):
    log_variance = torch.clamp(unet(image), -10, 4)
    noisy = embed(image + torch.exp(0.5 * log_variance) * noise)
    z = torch.cat([unit(clean), unit(noisy)])
    return F.cross_entropy(z @ z.t() / 0.5 - self_similarity, partner) - 0.05 * log_variance.mean()


batches = [(nchw(tensors[f"x{i}"]), nchw(tensors[f"n{i}"])) for i in range(3)]
with torch.no_grad():
    clean = [embed(image) for image, _ in batches]


def agreement():
    """Relative difference of the loss, and of all gradients together in the L2 norm, to worker.ts."""
    loss = loss_of(*batches[0], clean[0])
    loss.backward()
    difference = norm = 0.0
    for name, value in variables.items():
        gradient = value.grad.permute(2, 3, 1, 0) if value.dim() == 4 else value.grad
        difference += ((gradient - tensors["g." + name]) ** 2).sum().item()
        norm += (gradient**2).sum().item()
        value.grad = None
    theirs = tensors["loss"].item()
    return {"loss": abs(loss.item() - theirs) / abs(theirs), "gradients": (difference / norm) ** 0.5}


optimizer = torch.optim.AdamW(variables.values(), lr=1e-4, weight_decay=0.01)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-4, total_steps=2000)
made = 0


def step():
    global made
    index = made % 3
    made += 1
    began, used = time.perf_counter(), time.process_time()
    optimizer.zero_grad(set_to_none=True)
    loss = loss_of(*batches[index], clean[index])
    loss.backward()
    torch.nn.utils.clip_grad_norm_(variables.values(), 1)
    optimizer.step()
    schedule.step()
    value = loss.item()
    processor_ms = (time.process_time() - used) * 1e3
    return {"ms": (time.perf_counter() - began) * 1e3, "processorMs": processor_ms, "loss": value}


def infer():
    global made
    index = made % 3
    made += 1
    began = time.perf_counter()
    with torch.no_grad():
        unet(batches[index][0]).cpu()
    return {"ms": (time.perf_counter() - began) * 1e3}


def information():
    return {"peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


print(json.dumps({"ready": True}), flush=True)
commands = {"step": step, "infer": infer, "information": information, "agreement": agreement}
for line in sys.stdin:
    command = commands.get(line.strip())
    if command is None:
        break
    print(json.dumps(command()), flush=True)
