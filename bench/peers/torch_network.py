"""Trains the graph network of arXiv 2506.06558 with PyTorch, by automatic
differentiation, on the lattice of the table "optimizers" of hgn bench, on one thread:

    python bench/peers/torch_network.py [invariant|frame] [seconds]

It prints the processor time of one gradient of all parameters for 32 states (the least of 5 times
10), to compare with

    go test -run '^$' -bench Loss -cpu 1 ./hgn/internal/network

and then the relative force error that Adam and L-BFGS reach, 15 seconds of processor time each unless
told otherwise; with 0 seconds it stops after the gradient.
"""

import sys
import time

import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def lattice():
    corners = [(x, y, z) for x in (0.0, 1.0) for y in (0.0, 1.0) for z in (0.0, 1.0)]
    rest = torch.tensor(corners)
    pairs = [(i, j) for j in range(8) for i in range(j) if (rest[i] - rest[j]).abs().sum() == 1]
    directed = torch.tensor(pairs + [(j, i) for i, j in pairs])
    return rest, directed[:, 0], directed[:, 1]


REST, SENDERS, RECEIVERS = lattice()


def states(n, generator):
    """States with springs V = (r - 1)^2/2, masses 1, and their derivatives of H."""
    q = REST + 0.15 * (2 * torch.rand(n, 8, 3, generator=generator) - 1)
    p = 0.1**0.5 * torch.randn(n, 8, 3, generator=generator)
    d = q[:, RECEIVERS] - q[:, SENDERS]
    r = d.norm(dim=-1, keepdim=True)
    gradient = torch.zeros_like(q).index_add(1, SENDERS, -(r - 1) * d / r)
    return q, p, gradient, p.clone()


class Network(torch.nn.Module):
    def __init__(self, inputs, width):
        super().__init__()
        self.inputs = inputs
        nodes, edges = (1, 1) if inputs == "invariant" else (6, 3)
        self.node = torch.nn.Linear(nodes, width)
        self.edge = torch.nn.Linear(edges, width)
        self.message = torch.nn.Linear(3 * width, width)
        self.last = torch.nn.Linear((3 if inputs == "invariant" else 2) * width, 1)

    def act(self, z):
        if self.inputs == "invariant":
            return torch.exp(-z * z)
        return torch.nn.functional.softplus(z)

    def forward(self, q, p):
        if self.inputs == "invariant":
            x = (p * p).sum(-1, keepdim=True)
            e = (q[:, RECEIVERS] - q[:, SENDERS]).norm(dim=-1, keepdim=True)
        else:
            q = q - q.mean(1, keepdim=True)
            near = (q * q).sum(-1).topk(2, largest=False, sorted=True).indices
            a = q.gather(1, near[:, :1, None].expand(-1, 1, 3))[:, 0]
            b = q.gather(1, near[:, 1:, None].expand(-1, 1, 3))[:, 0]
            e1 = a / a.norm(dim=-1, keepdim=True)
            e2 = b - (b * e1).sum(-1, keepdim=True) * e1
            e2 = e2 / e2.norm(dim=-1, keepdim=True)
            axes = torch.stack([e1, e2, torch.linalg.cross(e1, e2)], dim=-1)
            q, p = q @ axes, p @ axes
            x, e = torch.cat([q, p], -1), q[:, RECEIVERS] - q[:, SENDERS]
        h, g = self.act(self.node(x)), self.act(self.edge(e))
        m = self.act(self.message(torch.cat([h[:, SENDERS], h[:, RECEIVERS], g], -1)))
        sums = [h.sum(1), m.sum(1)]
        if self.inputs == "invariant":
            sums.append(g.sum(1))
        return self.last(torch.cat(sums, -1)).squeeze(-1)

    def derivatives(self, q, p, graph=True):
        q, p = q.detach().requires_grad_(), p.detach().requires_grad_()
        return torch.autograd.grad(self(q, p).sum(), (q, p), create_graph=graph)

    def loss(self, q, p, dq, dp):
        a, b = self.derivatives(q, p)
        return ((a - dq) ** 2).mean() / 2 + ((b - dp) ** 2).mean() / 2


def main():
    inputs = sys.argv[1] if len(sys.argv) > 1 else "invariant"
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 15
    width = 64 if inputs == "invariant" else 128
    generator = torch.Generator().manual_seed(1)
    train, test = states(100, generator), states(50, generator)

    def batch(n):
        rows = torch.randperm(100, generator=generator)[:n]
        return [x[rows] for x in train]

    def start():
        torch.manual_seed(1)
        return Network(inputs, width)

    def error(network):
        a, _ = network.derivatives(test[0], test[1], False)
        return float((a - test[2]).norm() / test[2].norm())

    network, least = start(), float("inf")
    fixed = batch(32)
    for _ in range(5):
        begin = time.process_time()
        for _ in range(10):
            network.zero_grad()
            network.loss(*fixed).backward()
        least = min(least, (time.process_time() - begin) / 10)
    print(f"one gradient, {inputs}, {width} features a layer, 32 states: {1e3 * least:.2f} ms")

    for name in ("adam", "lbfgs") if seconds > 0 else ():
        best, at = float("inf"), 0.0
        for rate in (1e-3, 1e-2) if name == "adam" else (1,):
            network = start()
            if name == "adam":
                optimizer = torch.optim.Adam(network.parameters(), lr=rate)
            else:
                optimizer = torch.optim.LBFGS(network.parameters(), line_search_fn="strong_wolfe", history_size=20)

            def closure():
                optimizer.zero_grad()
                loss = network.loss(*(batch(32) if name == "adam" else train))
                loss.backward()
                return loss

            begin = time.process_time()
            while time.process_time() - begin < seconds:
                for _ in range(20 if name == "adam" else 1):
                    optimizer.step(closure)
                found = error(network)
                if found < best:
                    best, at = found, time.process_time() - begin
        print(f"{name}: relative force error {best:.3g} after {at:.1f} s")


main()
