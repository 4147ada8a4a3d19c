"""The PyTorch contestants: selections, and the training step.

On the CPU with as many threads as PyTorch takes by itself. The step is compiled:
loss and gradient as one function, optimizer and projection as another.
"""

import numpy as np
import torch
import torch.nn.functional as F

import serve

NONFINITE = 0x7F800000


def select(task):
    """The contestants of the tasks "mask" and "abstopk"."""
    host = serve.matrix(task)
    x, k, name, cols = torch.from_numpy(host), task["k"], task["contestant"], task["cols"]
    if task["op"] == "mask":
        n = x.numel()
        runs = {
            "torch.topk": lambda: x.abs().view(-1).topk(k, sorted=False),
            "torch.topk+mask": lambda: torch.zeros(n, dtype=torch.bool).scatter_(
                0, x.abs().view(-1).topk(k, sorted=False).indices, True
            ),
            "torch.kthvalue": lambda: x.abs().view(-1).kthvalue(n - k + 1),
            "torch.kthvalue+mask": lambda: (lambda a: a >= a.kthvalue(n - k + 1).values)(x.abs().view(-1)),
        }
        check = {
            "torch.topk": lambda y: serve.kept(y.indices),
            "torch.kthvalue": lambda y: serve.kept_mask((x.abs() >= y.values).view(-1)),
        }.get(name, serve.kept_mask)
    else:

        def scatter():
            i = x.abs().topk(k, sorted=False).indices
            return torch.zeros_like(x).scatter_(1, i, x.gather(1, i))

        def compare():
            a = x.abs()
            return torch.where(a >= a.kthvalue(cols - k + 1, dim=1, keepdim=True).values, x, 0)

        runs = {
            "torch.topk": lambda: x.abs().topk(k, sorted=False),
            "torch.topk+mask": scatter,
            "torch.kthvalue+mask": compare,
        }
        check = {"torch.topk": lambda y: serve.kept_rows(y.indices, cols)}.get(name, serve.kept_mask)
    run = runs[name]
    with torch.inference_mode():
        first = check(run())

    def again():
        with torch.inference_mode():
            run()

    return serve.Done(again, first)


# The model and its step.


def bits(x):
    return x.detach().abs().view(torch.int32)


def mask_topk(x, k):
    """Exactly k of every row; which of equal magnitudes is not defined."""
    i = x.detach().abs().topk(k, dim=-1, sorted=False).indices
    return torch.zeros_like(x, dtype=torch.bool).scatter(-1, i, True)


def mask_bisect(x, k):
    """Exactly k of every row, ties by lowest index, by unrolled bisection."""
    keys = bits(x)
    width = keys.shape[-1]
    lo = torch.zeros_like(keys[..., :1])
    hi = keys.amax(-1, keepdim=True) + 1
    for _ in range(31):
        mid = lo + torch.div(hi - lo, 2, rounding_mode="floor")
        enough = (keys >= mid).sum(-1, keepdim=True, dtype=torch.int32) >= k
        lo, hi = torch.where(enough, mid, lo), torch.where(enough, hi, mid)
    need = k - (keys > lo).sum(-1, keepdim=True, dtype=torch.int32)
    pos = torch.arange(width, dtype=torch.int32)
    first, last = torch.zeros_like(need), torch.full_like(need, width)
    for _ in range(int(width).bit_length()):
        mid = first + torch.div(last - first, 2, rounding_mode="floor")
        enough = ((keys == lo) & (pos < mid)).sum(-1, keepdim=True, dtype=torch.int32) >= need
        first, last = torch.where(enough, first, mid), torch.where(enough, mid, last)
    return (keys > lo) | ((keys == lo) & (pos < last))


def loss_fn(p, tokens, task, mask):
    heads, dhead, a, layers = task["heads"], task["d_head"], task["heads"] * task["d_head"], task["layers"]
    inputs, targets = tokens[:, :-1], tokens[:, 1:]
    batch, seq = inputs.shape

    def sparse(x):
        return torch.where(mask(x, int(0.25 * x.shape[-1])), x, 0.0) if task["sparse"] else x

    def linear(x, name):
        return F.linear(x, p[name + ".weight"], p[name + ".bias"])

    def norm(x, name):
        return F.rms_norm(x, (x.shape[-1],), p[name])

    causal = torch.ones(seq, seq, dtype=torch.bool).tril()
    x = F.embedding(inputs, p["transformer.wte.weight"])
    for i in range(layers):
        h = f"transformer.h.{i}."
        qkv = linear(sparse(norm(x, h + "ln_1.weight")), h + "attn.c_attn")
        qkv = sparse(qkv.view(batch, seq, 3, a)).view(batch, seq, 3, heads, dhead)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        scores = (q / dhead**0.5) @ k.transpose(-1, -2)
        scores = scores.masked_fill(~causal, -1e30)
        sink = p[h + "attn.attn_imp.sink_logit"].view(1, heads, 1, 1)
        top = torch.maximum(scores.detach().amax(-1, keepdim=True), sink.detach())
        e = torch.exp(scores - top)
        pattern = e / (e.sum(-1, keepdim=True) + torch.exp(sink - top))
        y = (pattern @ v).transpose(1, 2).reshape(batch, seq, a)
        x = x + sparse(linear(y, h + "attn.c_proj"))
        y = sparse(F.gelu(linear(sparse(norm(x, h + "ln_2.weight")), h + "mlp.c_fc")))
        x = x + sparse(linear(y, h + "mlp.c_proj"))
    logits = F.linear(norm(x, "transformer.ln_f.weight"), p["lm_head.weight"])
    logits = logits + F.embedding(inputs, p["bigram_table"])
    return F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.reshape(-1))


def project(w, k, floor, axis):
    """Keeps exactly k, at least floor per row (axis 0) or column (axis 1)."""
    keys = bits(w)
    if floor:
        i = keys.topk(floor, dim=1 - axis).indices
        keys = keys.scatter(1 - axis, i, NONFINITE)
    i = keys.reshape(-1).topk(k, sorted=False).indices
    m = torch.zeros(w.numel(), dtype=torch.bool).scatter(0, i, True).view(w.shape)
    return torch.where(m, w, 0.0), m.sum(dtype=torch.int32)


def step(task):
    """The training step; weights and moments are updated in place."""
    torch._dynamo.config.cache_size_limit = 64
    params = task["params"]
    names = [p["name"] for p in params]
    mask = {"torch.step": mask_topk, "torch.step.bisect": mask_bisect}[task["contestant"]]
    size = sum(int(np.prod(p["shape"])) for p in params)

    def loss_of(w, tokens):
        return loss_fn(dict(zip(names, w)), tokens, task, mask)

    def update(w, grads, m, v, lr, fix1, fix2):
        squares = [(g * g).sum() for g in grads]
        rms = (sum(squares) / size).sqrt()
        scale = 1 / (rms + 1e-5)
        new, flags, nonzeros, supports = [], [], [], []
        for i, p in enumerate(params):
            g = grads[i] * scale
            mi = task["beta1"] * m[i] + (1 - task["beta1"]) * g
            vi = task["beta2"] * v[i] + (1 - task["beta2"]) * g * g
            wi = w[i] - lr * fix1 * mi / (vi.sqrt() * fix2.sqrt() + task["epsilon"])
            if p["k"]:
                wi, n = project(wi, p["k"], p["floor"], p["axis"])
                supports.append(n)
            if p["decay"]:
                wi = wi * (1 - lr * task["weight_decay"])
            flags += [squares[i].isfinite(), (wi * wi).sum().isfinite()]
            nonzeros.append((wi != 0).sum(dtype=torch.int32))
            new.append((wi, mi, vi))
        ok = torch.stack(flags).all()
        for i, (wi, mi, vi) in enumerate(new):
            w[i].copy_(torch.where(ok, wi, w[i]))
            m[i].copy_(torch.where(ok, mi, m[i]))
            v[i].copy_(torch.where(ok, vi, v[i]))
        return rms, torch.stack([f.to(torch.int32) for f in flags] + nonzeros + supports)

    loss_of, update = torch.compile(loss_of), torch.compile(update)
    data = torch.from_numpy(serve.batches(task)).long()
    w = [torch.from_numpy(x).requires_grad_() for x in serve.weights(task)]
    m, v = [torch.zeros_like(x) for x in w], [torch.zeros_like(x) for x in w]
    state = {"n": 0}

    def again():
        n = state["n"]
        state["n"] = n + 1
        loss = loss_of(w, data[n % len(data)])
        grads = torch.autograd.grad(loss, w)
        with torch.no_grad():
            update(w, list(grads), m, v, *torch.tensor(serve.knobs(task, n), dtype=torch.float32))
        return loss.item()

    losses = [again() for _ in range(task["checked"])]
    return serve.Done(again, {"losses": losses})


def prepare(task):
    return step(task) if task["op"] == "step" else select(task)


if __name__ == "__main__":
    versions = {"torch": torch.__version__.split("+")[0], "torch threads": str(torch.get_num_threads())}
    serve.main(prepare, versions)
