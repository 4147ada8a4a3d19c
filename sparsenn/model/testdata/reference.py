"""Reference values for the forward pass and its gradients.

An independent implementation in NumPy, float64, written from the paper's
description with loops where loops are plainer. Gradients are central
differences of the loss, so no derivative is derived by hand. Run it in this
folder; it needs NumPy only and writes reference.json:

    python3 reference.py
"""

import json
import math

import numpy as np

CONFIG = {
    "vocab_size": 13, "n_layer": 2, "d_model": 8, "n_head": 2, "d_head": 4,
    "d_mlp": 16, "block_size": 8, "d_pos_emb": 4, "afrac": 0.5,
    "afrac_loctypes": ["attn_in", "attn_q", "attn_k", "attn_v", "attn_out",
                       "mlp_in", "mlp_neuron", "mlp_out"],
    "sink": True, "enable_bigram_table": True, "bias": True,
    "activation_type": "gelu",
}
EPS = 2.0 ** -23
erf = np.vectorize(math.erf)


def shapes(c):
    d, p, a, m, v = c["d_model"], c["d_pos_emb"], c["n_head"] * c["d_head"], c["d_mlp"], c["vocab_size"]
    out = {"transformer.wte.weight": (v, d), "transformer.wpe.weight": (c["block_size"], p)}
    for i in range(c["n_layer"]):
        h = f"transformer.h.{i}."
        out |= {h + "ln_1.weight": (d,), h + "ln_2.weight": (d,), h + "ln_p1.weight": (p,), h + "ln_p2.weight": (p,),
                h + "attn.c_attn.weight": (3 * a, d + p), h + "attn.c_attn.bias": (3 * a,),
                h + "attn.attn_imp.sink_logit": (c["n_head"],),
                h + "attn.c_proj.weight": (d, a), h + "attn.c_proj.bias": (d,),
                h + "mlp.c_fc.weight": (m, d + p), h + "mlp.c_fc.bias": (m,),
                h + "mlp.c_proj.weight": (d, m), h + "mlp.c_proj.bias": (d,)}
    return out | {"transformer.ln_f.weight": (d,), "lm_head.weight": (v, d), "bigram_table": (v, v)}


def top(x, frac):
    """Keep the int(frac*n) largest magnitudes of a vector, ties by lowest index."""
    k = int(frac * len(x))
    keep = np.argsort(-np.abs(x), kind="stable")[:k]
    y = np.zeros_like(x)
    y[keep] = x[keep]
    return y


def norm(x, gain):
    return x / math.sqrt((x * x).mean() + EPS) * gain


def forward(c, w, tokens, sites=None):
    """Logits of one sequence, token by token."""
    T, H, a = len(tokens), c["n_head"], c["d_head"]
    def sparse(loc, x):
        return top(x, c["afrac"]) if loc in c["afrac_loctypes"] else x
    def note(name, rows):
        if sites is not None:
            sites.setdefault(name, []).append([list(map(float, np.ravel(r))) for r in rows])
    x = [w["transformer.wte.weight"][t].copy() for t in tokens]
    note("embed", x)
    for i in range(c["n_layer"]):
        h = f"transformer.h.{i}."
        def read(t, ln, lp):
            pos = norm(w["transformer.wpe.weight"][t], w[h + lp + ".weight"])
            return np.concatenate([norm(x[t], w[h + ln + ".weight"]), pos])
        acts = [sparse("attn_in", read(t, "ln_1", "ln_p1")) for t in range(T)]
        note(f"{i}.attn.act_in", acts)
        qkv = [w[h + "attn.c_attn.weight"] @ u + w[h + "attn.c_attn.bias"] for u in acts]
        n = H * a
        q = [sparse("attn_q", u[:n]) for u in qkv]
        k = [sparse("attn_k", u[n:2 * n]) for u in qkv]
        v = [sparse("attn_v", u[2 * n:]) for u in qkv]
        note(f"{i}.attn.q", q), note(f"{i}.attn.k", k), note(f"{i}.attn.v", v)
        ys, patterns = [], np.zeros((H, T, T + 1))
        for t in range(T):
            y = np.zeros(n)
            for e in range(H):
                s = slice(e * a, (e + 1) * a)
                scores = [w[h + "attn.attn_imp.sink_logit"][e]] + [q[t][s] @ k[u][s] / math.sqrt(a) for u in range(t + 1)]
                p = np.exp(np.array(scores) - max(scores))
                p /= p.sum()
                patterns[e, t, :t + 2] = p
                for u in range(t + 1):
                    y[s] += p[u + 1] * v[u][s]
            ys.append(y)
        note(f"{i}.attn.pattern", patterns)
        note(f"{i}.attn.y", ys)
        deltas = [sparse("attn_out", w[h + "attn.c_proj.weight"] @ y + w[h + "attn.c_proj.bias"]) for y in ys]
        note(f"{i}.attn.resid_delta", deltas)
        x = [u + d for u, d in zip(x, deltas)]
        note(f"{i}.resid_mid", x)
        acts = [sparse("mlp_in", read(t, "ln_2", "ln_p2")) for t in range(T)]
        note(f"{i}.mlp.act_in", acts)
        pre = [w[h + "mlp.c_fc.weight"] @ u + w[h + "mlp.c_fc.bias"] for u in acts]
        post = [sparse("mlp_neuron", u * 0.5 * (1 + erf(u / math.sqrt(2)))) for u in pre]
        note(f"{i}.mlp.post_act", post)
        deltas = [sparse("mlp_out", w[h + "mlp.c_proj.weight"] @ u + w[h + "mlp.c_proj.bias"]) for u in post]
        note(f"{i}.mlp.resid_delta", deltas)
        x = [u + d for u, d in zip(x, deltas)]
    note("final_resid", x)
    logits = [w["lm_head.weight"] @ norm(u, w["transformer.ln_f.weight"]) + w["bigram_table"][t] for u, t in zip(x, tokens)]
    note("logits", logits)
    return np.array(logits)


def loss(c, w, tokens, targets):
    """Mean next-token cross-entropy, nats per token."""
    total, n = 0.0, 0
    for row, goal in zip(tokens, targets):
        z = forward(c, w, row)
        z = z - z.max(axis=1, keepdims=True)
        z -= np.log(np.exp(z).sum(axis=1, keepdims=True))
        total -= sum(z[i, g] for i, g in enumerate(goal))
        n += len(goal)
    return total / n


def main():
    rng = np.random.default_rng(7)
    # Rounded to float32, so that both sides start from the same numbers.
    w = {name: rng.normal(1.0 if "ln_" in name else 0.0, 0.4, s).astype(np.float32).astype(np.float64)
         for name, s in shapes(CONFIG).items()}
    tokens = rng.integers(0, CONFIG["vocab_size"], (2, 6)).tolist()
    targets = rng.integers(0, CONFIG["vocab_size"], (2, 6)).tolist()
    grads = {}
    for name, v in w.items():
        g, flat = np.zeros(v.size), v.reshape(-1)
        for i in range(v.size):
            old, step = flat[i], 1e-5
            flat[i] = old + step
            up = loss(CONFIG, w, tokens, targets)
            flat[i] = old - step
            g[i] = (up - loss(CONFIG, w, tokens, targets)) / (2 * step)
            flat[i] = old
        grads[name] = [float(f"{x:.8g}") for x in g]
    sites = {}
    for row in tokens:
        forward(CONFIG, w, row, sites)
    sites = {s: [float(f"{x:.8g}") for seq in v for r in seq for x in r] for s, v in sites.items()}
    out = {"config": CONFIG, "tokens": tokens, "targets": targets, "loss": loss(CONFIG, w, tokens, targets),
           "params": {n: [float(np.float32(x)) for x in v.reshape(-1)] for n, v in w.items()},
           "grads": grads, "sites": sites}
    with open("reference.json", "w") as f:
        json.dump(out, f, separators=(",", ":"))
        f.write("\n")


main()
