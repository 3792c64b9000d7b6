"""Writes torchvision's architectures, with random weights, as people have them: ONNX files of several opsets, and
safetensors; and beside each what PyTorch makes of the same images.

Arguments: the folder to write to. Prints one JSON line a model: file, size, and the arrays x, features and logits as raw
little-endian float32 files. Batch normalisation gets the statistics of random images, so that activations stay alive
through all layers as they do in a trained network.
"""

import json
import struct
import sys
from pathlib import Path

import torch
import torchvision.models as models
from torch import nn
from torchvision.models.convnext import CNBlockConfig, ConvNeXt

torch.manual_seed(0)
torch.set_num_threads(1)
OUT = Path(sys.argv[1])
SIZE = 64
# Its pooling to 7 x 7 can be exported only where the map has that size already.
SIZES = {"vgg11": 224}
FIXED = ("vit", "vgg11")


def build(name):
    if name == "vgg11":
        # The 4096 wide fully connected layers would be 500 MB.
        net = models.VGG(models.vgg.make_layers(models.vgg.cfgs["A"], batch_norm=True), init_weights=False)
        net.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 64), nn.ReLU(True), nn.Dropout(), nn.Linear(64, 64), nn.ReLU(True), nn.Dropout(), nn.Linear(64, 10)
        )
        return net
    if name == "convnext":
        blocks = [CNBlockConfig(24, 48, 2), CNBlockConfig(48, 96, 2), CNBlockConfig(96, None, 2)]
        return ConvNeXt(blocks, num_classes=10)
    if name == "vit":
        return models.VisionTransformer(SIZE, 16, num_layers=2, num_heads=3, hidden_dim=48, mlp_dim=96, num_classes=10)
    return getattr(models, name)(weights=None, num_classes=10)


def enliven(net):
    """Weights and statistics that are neither trivial nor make all images look the same."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight)
        elif isinstance(module, nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="linear")
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
            nn.init.uniform_(module.weight, 0.7, 1.3)
            nn.init.normal_(module.bias, 0, 0.2)
    for name, parameter in net.named_parameters():
        if name.endswith(("layer_scale", "class_token", "pos_embedding")):
            nn.init.normal_(parameter, 0, 0.5)
    with torch.no_grad():
        net.train()(torch.randn(8, 3, SIZE, SIZE))
    return net.eval()


def head_of(net):
    """The last fully connected layer: what goes into it are the features."""
    return [module for module in net.modules() if isinstance(module, nn.Linear)][-1]


def answers(net, x):
    seen = []
    handle = head_of(net).register_forward_hook(lambda _, inputs, __: seen.append(inputs[0]))
    with torch.no_grad():
        logits = net(x)
    handle.remove()
    return seen[0], logits


def tell(file, net, size=SIZE):
    x = torch.randn(2, 3, size, size)
    features, logits = answers(net, x)
    arrays = {"x": x, "features": features, "logits": logits}
    for key, value in arrays.items():
        value.contiguous().numpy().astype("<f4").tofile(OUT / f"{file}.{key}")
    print(json.dumps({"file": file, "size": size}), flush=True)


def write_onnx(name, net, opset, folded):
    size = SIZES.get(name, SIZE)
    file = f"{name}-{opset}-{'folded' if folded else 'kept'}.onnx"
    torch.onnx.export(
        net,
        torch.randn(2, 3, size, size),
        OUT / file,
        opset_version=opset,
        input_names=["input"],
        output_names=["output"],
        dynamic_axes={"input": {0: "batch"} if name in FIXED else {0: "batch", 2: "height", 3: "width"}},
        training=torch.onnx.TrainingMode.EVAL if folded else torch.onnx.TrainingMode.PRESERVE,
        do_constant_folding=folded,
    )
    tell(file, net, size)


def write_safetensors(file, state):
    """The format's own words: https://github.com/huggingface/safetensors#format"""
    header, data = {}, b""
    for name, tensor in state.items():
        kind = "I64" if tensor.dtype == torch.int64 else "F32"
        raw = tensor.contiguous().numpy().tobytes()
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    (OUT / file).write_bytes(struct.pack("<Q", len(text)) + text + data)


ONNX = {
    "resnet18": [(9, True), (13, False), (17, True)],
    "resnet50": [(11, False)],
    "vgg11": [(9, False), (13, True)],
    "mobilenet_v2": [(9, True), (12, False)],
    "mobilenet_v3_small": [(11, False), (14, True)],
    "efficientnet_b0": [(9, True), (17, False)],
    "convnext": [(11, True), (17, True)],
    "densenet121": [(9, False), (13, True)],
    "vit": [(14, True), (17, True)],
}


def timm_names(state):
    """MobileNetV2's weights under the names of timm's mobilenetv2_100 (a stage's blocks; pw, dw and pwl convolutions)."""
    stages = [stage for stage, blocks in enumerate([1, 2, 3, 4, 3, 3, 1]) for _ in range(blocks)]
    renamed = {}
    for name, tensor in state.items():
        parts = name.split(".")
        if parts[0] == "classifier":
            renamed["classifier." + parts[-1]] = tensor
            continue
        at = int(parts[1])
        if at in (0, 18):
            layer = ("conv_stem", "bn1") if at == 0 else ("conv_head", "bn2")
            renamed[f"{layer[int(parts[2])]}.{parts[-1]}"] = tensor
            continue
        block = f"blocks.{stages[at - 1]}.{at - 1 - stages.index(stages[at - 1])}"
        # The first block does not widen.
        layers = ["conv_dw", "bn1", "conv_pw", "bn2"] if at == 1 else ["conv_pw", "bn1", "conv_dw", "bn2", "conv_pwl", "bn3"]
        step, inner = int(parts[3]), parts[4]
        narrow = 1 if at == 1 else 2
        index = 2 * step + int(inner) if step < narrow else 2 * narrow + step - narrow
        renamed[f"{block}.{layers[index]}.{parts[-1]}"] = tensor
    return renamed


SAFETENSORS = ["resnet18", "resnet34", "resnet50", "mobilenet_v2"]

only = sys.argv[2:]
for name, variants in ONNX.items():
    if only and name not in only:
        continue
    net = enliven(build(name))
    for opset, folded in variants:
        write_onnx(name, net, opset, folded)
for name in SAFETENSORS:
    if only and "safetensors" not in only:
        continue
    net = enliven(build(name))
    write_safetensors(f"{name}.safetensors", net.state_dict())
    tell(f"{name}.safetensors", net)
    if name == "mobilenet_v2":
        write_safetensors("mobilenetv2-timm.safetensors", timm_names(net.state_dict()))
        tell("mobilenetv2-timm.safetensors", net)
