"""Modules of FBNet and OFA-MobileNetV3, for export_networks.py.

They follow the published ones: FBNet as HW-NAS-Bench measured it (Li et al., ICLR 2021), and
Once-for-all around MobileNetV3 (Cai et al., ICLR 2020).
"""
from torch import nn
from torch.nn import functional

FBNET_STAGES = ((16, 1, 1), (24, 4, 1), (32, 4, 2), (64, 4, 2), (112, 4, 1), (184, 4, 2), (352, 1, 1))


def conv_norm(c_in, c_out, kernel=1, stride=1, groups=1):
    return [nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(c_out)]


class ChannelShuffle(nn.Module):
    def __init__(self, groups):
        super().__init__()
        self.groups = groups

    def forward(self, x):
        n, c, h, w = x.size()
        x = x.view(n, self.groups, c // self.groups, h, w).permute(0, 2, 1, 3, 4)
        return x.contiguous().view(n, c, h, w)


class FBNetBlock(nn.Module):
    def __init__(self, c_in, c_out, number, stride):
        super().__init__()
        kernel = 3 if number < 4 else 5
        inside = c_in * (1, 1, 3, 6)[number % 4]
        groups = 2 if number % 4 == 1 else 1
        layers = conv_norm(c_in, inside, groups=groups) + [nn.ReLU(inplace=True)]
        if groups > 1:
            layers.append(ChannelShuffle(groups))
        layers += conv_norm(inside, inside, kernel, stride, inside) + [nn.ReLU(inplace=True)]
        self.layers = nn.Sequential(*layers, *conv_norm(inside, c_out, groups=groups))
        self.is_residual = c_in == c_out and stride == 1

    def forward(self, x):
        return self.layers(x) + x if self.is_residual else self.layers(x)


class FBNet(nn.Module):
    def __init__(self, spec):
        super().__init__()
        blocks = [int(number) for number in spec["arch"].split("-")]
        classes = int(spec.get("classes", 100))
        layers = conv_norm(3, 16, 3) + [nn.ReLU(inplace=True)]
        width = 16
        for channels, count, first_stride in FBNET_STAGES:
            for position in range(count):
                stride = first_stride if position == 0 else 1
                number = blocks.pop(0)
                if number != 8:
                    layers.append(FBNetBlock(width, channels, number, stride))
                elif stride == 2 or width != channels:
                    layers += conv_norm(width, channels, 1, stride) + [nn.ReLU(inplace=True)]
                width = channels
        layers += conv_norm(width, 1504) + [nn.ReLU(inplace=True)]
        self.layers = nn.Sequential(*layers)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(1504, classes)

    def forward(self, x):
        x = self.pool(self.layers(x))
        return self.classifier(x.view(x.size(0), -1))

    @staticmethod
    def size(_spec):
        return "32"

    @staticmethod
    def random(rng):
        return "-".join(str(rng.randrange(9)) for _ in range(22))


class Hswish(nn.Module):
    def forward(self, x):
        return x * functional.relu6(x + 3.0) / 6.0


class Hsigmoid(nn.Module):
    def forward(self, x):
        return functional.relu6(x + 3.0) / 6.0


def divisible(channels):
    near = max(8, int(channels + 4) // 8 * 8)
    return near + 8 if near < 0.9 * channels else near


class GlobalMean(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.kind = kind

    def forward(self, x):
        if self.kind == "steps":
            return x.mean(3, keepdim=True).mean(2, keepdim=True)
        return functional.adaptive_avg_pool2d(x, 1) if self.kind == "pool" else x.mean((2, 3), True)


class Squeeze(nn.Module):
    def __init__(self, channels, kinds):
        super().__init__()
        inside = divisible(channels // 4)
        self.is_linear = kinds.squeeze == "linear"
        layer = nn.Linear if self.is_linear else lambda a, b: nn.Conv2d(a, b, 1)
        self.mean = GlobalMean(kinds.mean)
        self.gate = nn.Sequential(
            layer(channels, inside), nn.ReLU(inplace=True), layer(inside, channels), kinds.sigmoid())

    def forward(self, x):
        gate = self.mean(x)
        if not self.is_linear:
            return x * self.gate(gate)
        return x * self.gate(gate.flatten(1)).view(x.size(0), x.size(1), 1, 1)


class Kinds:
    """How what has several forms is written."""

    def __init__(self, spec):
        spelled = spec.get("act", "spelled") == "spelled"
        self.swish = Hswish if spelled else nn.Hardswish
        self.sigmoid = Hsigmoid if spelled else nn.Hardsigmoid
        self.mean = spec.get("mean", "steps")
        self.squeeze = spec.get("squeeze", "conv")


class OfaBlock(nn.Module):
    def __init__(self, c_in, c_out, kernel, stride, expansion, swish, squeeze, kinds):
        super().__init__()
        act = kinds.swish if swish else nn.ReLU
        inside = divisible(c_in * expansion)
        layers = conv_norm(c_in, inside) + [act()] if expansion > 1 else []
        layers += conv_norm(inside, inside, kernel, stride, inside) + [act()]
        if squeeze:
            layers.append(Squeeze(inside, kinds))
        self.layers = nn.Sequential(*layers, *conv_norm(inside, c_out))
        self.is_residual = c_in == c_out and stride == 1

    def forward(self, x):
        return self.layers(x) + x if self.is_residual else self.layers(x)


class OfaMobileNetV3(nn.Module):
    def __init__(self, spec):
        super().__init__()
        parts = {part[0]: [int(n) for n in part[1:].split("-")] for part in spec["arch"].split("/")}
        kinds = Kinds(spec)
        times = float(spec.get("times", 1.2))
        width = [divisible(c * times) for c in (16, 16, 24, 40, 80, 112, 160, 960, 1280)]
        layers = conv_norm(3, width[0], 3, 2) + [kinds.swish()]
        layers.append(OfaBlock(width[0], width[1], 3, 1, 1, False, False, kinds))
        stages = zip(width[2:7], (2, 2, 2, 1, 2), (0, 0, 1, 1, 1), (0, 1, 0, 1, 1), parts["d"])
        before = width[1]
        for stage, (channels, first_stride, swish, squeeze, depth) in enumerate(stages):
            for position in range(depth):
                place = 4 * stage + position
                layers.append(OfaBlock(
                    before, channels, parts["k"][place], 1 if position else first_stride,
                    parts["e"][place], swish, squeeze, kinds))
                before = channels
        layers += conv_norm(before, width[7]) + [kinds.swish(), GlobalMean(kinds.mean)]
        layers += [nn.Conv2d(width[7], width[8], 1, bias=False), kinds.swish()]
        self.layers = nn.Sequential(*layers)
        self.classifier = nn.Linear(width[8], int(spec.get("classes", 1000)))

    def forward(self, x):
        x = self.layers(x)
        return self.classifier(x.view(x.size(0), -1))

    @staticmethod
    def size(spec):
        return spec["arch"].split("/")[0][1:]

    @staticmethod
    def random(rng):
        row = lambda choices, count: "-".join(str(rng.choice(choices)) for _ in range(count))
        return (f"r{rng.randrange(128, 225, 4)}/d{row((2, 3, 4), 5)}/k{row((3, 5, 7), 20)}"
                f"/e{row((3, 4, 6), 20)}")


def random_options(space, rng):
    """What makes a random network's file differ from another's of the same architecture."""
    pick = rng.choice
    options = {"bn": pick(("eval", "keep")), "params": pick((1, 1, 0)), "folding": pick((1, 0)),
               "dynamic": pick((0, 0, 1)), "batch": pick((1, 1, 8)), "opset": pick((9, 11, 13, 17)),
               "classes": pick((10, 100, 1000))}
    if space == "ofa-mobilenetv3":
        options |= {"act": pick(("spelled", "one")), "mean": pick(("steps", "pool", "both")),
                    "squeeze": pick(("conv", "conv", "linear")), "times": pick((1.0, 1.2))}
    return options
