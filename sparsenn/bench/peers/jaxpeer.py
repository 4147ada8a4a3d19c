"""The JAX contestants: selections, and the training step.

Jitted for the CPU, all inputs on the device, every repetition waited for.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

import serve

NONFINITE = 0x7F800000


def bits(x):
    """The order of |x| as int32."""
    return lax.bitcast_convert_type(lax.stop_gradient(x), jnp.int32) & 0x7FFFFFFF


def cut(count, k, lo, hi, at_lo):
    """The largest t in [lo, hi) with count(t) >= k, by bisection that ends as soon
    as every t is settled. k, lo, hi, at_lo are of one shape, count maps such too.
    at_lo is count(lo); returns t, count(t) and the count at the next value where
    it is needed (count(t) > k)."""

    def unsettled(s):
        lo, hi, at_lo, _ = s
        return jnp.any((at_lo > k) & (hi - lo > 1))

    def halve(s):
        lo, hi, at_lo, at_hi = s
        mid = lo + (hi - lo) // 2
        c = count(mid)
        go = (at_lo > k) & (hi - lo > 1)
        up = go & (c >= k)
        down = go & (c < k)
        return (jnp.where(up, mid, lo), jnp.where(down, mid, hi), jnp.where(up, c, at_lo), jnp.where(down, c, at_hi))

    lo, hi, at_lo, at_hi = lax.while_loop(unsettled, halve, (lo, hi, at_lo, jnp.zeros_like(k)))
    return lo, at_lo, at_hi


def first_of(equal, need, pos, size, axis):
    """Of the entries in equal, those of the lowest pos, need of them."""

    def halve(_, s):
        lo, hi = s  # count(pos < lo) < need <= count(pos < hi)
        mid = lo + (hi - lo) // 2
        enough = jnp.sum(equal & (pos < mid), axis=axis, keepdims=True, dtype=jnp.int32) >= need
        return jnp.where(enough, lo, mid), jnp.where(enough, mid, hi)

    start = (jnp.zeros_like(need), jnp.full_like(need, size))
    _, hi = lax.fori_loop(0, int(size).bit_length(), halve, start)
    return equal & (pos < hi)


def row_mask(x, k):
    """Exactly k of every row of x [rows, width], ties by lowest index."""
    keys = bits(x)
    rows, width = keys.shape

    def count(t):
        return jnp.sum(keys >= t, axis=1, keepdims=True, dtype=jnp.int32)

    ks = jnp.full((rows, 1), k, jnp.int32)
    top = jnp.max(keys, axis=1, keepdims=True) + 1
    t, at, above = cut(count, ks, jnp.zeros_like(top), top, jnp.full_like(top, width))
    pos = lax.broadcasted_iota(jnp.int32, keys.shape, 1)
    return lax.cond(
        jnp.any(at > k),
        lambda: (keys > t) | first_of(keys == t, jnp.where(at > k, ks - above, width), pos, width, 1),
        lambda: keys >= t,
    )


def abs_topk(x, k):
    shape = x.shape
    mask = row_mask(x.reshape(-1, shape[-1]), k).reshape(shape)
    return jnp.where(mask, x, 0)


def ties(keys, t, at, above, k):
    """The mask of k of the flat keys, given the threshold t."""
    pos = lax.iota(jnp.int32, keys.size)

    def resolve():
        return (keys > t) | first_of(keys == t, (k - above)[None], pos, keys.size, 0)

    return lax.cond(at > k, resolve, lambda: keys >= t)


def mask_bisect(keys, k):
    """Exactly k of the flat keys, by bisection."""
    t, at, above = cut(
        lambda t: jnp.sum(keys >= t, dtype=jnp.int32), k, jnp.int32(0), jnp.max(keys) + 1, jnp.int32(keys.size)
    )
    return ties(keys, t, at, above, k)


def mask_histogram(keys, k):
    """Exactly k of the flat keys: three histograms, of 11, 10 and 10 bits."""
    prefix, above = jnp.int32(0), jnp.int32(0)
    at = jnp.int32(0)
    for shift, width in ((20, 11), (10, 10), (0, 10)):
        bins = 1 << width
        inside = (keys >> (shift + width)) == (prefix >> (shift + width))
        index = jnp.where(inside, (keys >> shift) & (bins - 1), bins)
        hist = jnp.zeros(bins + 1, jnp.int32).at[index].add(1)[:bins]
        cum = jnp.cumsum(hist[::-1])[::-1] + above  # at or above each bin
        b = jnp.maximum(jnp.sum(cum >= k, dtype=jnp.int32) - 1, 0)
        at = cum[b]
        above = at - hist[b]
        prefix = prefix | (b << shift)
    return ties(keys, prefix, at, above, k)


def select(task):
    """The contestants of the tasks "mask" and "abstopk"."""
    host = serve.matrix(task)
    x, k, name = jax.device_put(host), task["k"], task["contestant"]
    rows, cols = host.shape
    if task["op"] == "mask":
        runs = {
            "jax.top_k": lambda x, _: lax.top_k(jnp.abs(x).ravel(), k),
            "jax.top_k+mask": lambda x, _: jnp.zeros(x.size, bool).at[lax.top_k(jnp.abs(x).ravel(), k)[1]].set(True),
            "jax.bisect+mask": lambda x, k: mask_bisect(bits(x).ravel(), k),
            "jax.histogram+mask": lambda x, k: mask_histogram(bits(x).ravel(), k),
        }
        check = {"jax.top_k": lambda y: serve.kept(y[1])}.get(name, serve.kept_mask)
    else:

        def scatter(x, _):
            i = lax.top_k(jnp.abs(x), k)[1]
            r = lax.broadcasted_iota(jnp.int32, i.shape, 0)
            return jnp.zeros_like(x).at[r, i].set(jnp.take_along_axis(x, i, axis=1), unique_indices=True)

        runs = {
            "jax.top_k": lambda x, _: lax.top_k(jnp.abs(x), k),
            "jax.top_k+mask": scatter,
            "jax.bisect+mask": lambda x, _: abs_topk(x, k),
        }
        check = {"jax.top_k": lambda y: serve.kept_rows(y[1], cols)}.get(name, serve.kept_mask)
    run = jax.jit(runs[name])
    kk = jnp.int32(k)
    return serve.Done(lambda: jax.block_until_ready(run(x, kk)), check(jax.block_until_ready(run(x, kk))))


# The model and its step.


def rms_norm(x, gain):
    return x / jnp.sqrt(jnp.mean(x * x, -1, keepdims=True) + 1.1920929e-07) * gain


def loss_fn(p, tokens, task):
    heads, dhead, a, layers = task["heads"], task["d_head"], task["heads"] * task["d_head"], task["layers"]
    inputs, targets = tokens[:, :-1], tokens[:, 1:]
    batch, seq = inputs.shape

    def sparse(x):
        return abs_topk(x, int(0.25 * x.shape[-1])) if task["sparse"] else x

    def linear(x, name):
        return jnp.einsum("bti,oi->bto", x, p[name + ".weight"]) + p[name + ".bias"]

    causal = jnp.tril(jnp.ones((seq, seq), bool))
    x = p["transformer.wte.weight"][inputs]
    for i in range(layers):
        h = f"transformer.h.{i}."
        qkv = linear(sparse(rms_norm(x, p[h + "ln_1.weight"])), h + "attn.c_attn")
        q, k, v = jnp.moveaxis(sparse(qkv.reshape(batch, seq, 3, a)), 2, 0).reshape(3, batch, seq, heads, dhead)
        scores = jnp.einsum("bthd,bshd->bhts", q / dhead**0.5, k)
        scores = jnp.where(causal, scores, -1e30)
        sink = p[h + "attn.attn_imp.sink_logit"].reshape(1, heads, 1, 1)
        top = lax.stop_gradient(jnp.maximum(jnp.max(scores, -1, keepdims=True), sink))
        e = jnp.exp(scores - top)
        pattern = e / (jnp.sum(e, -1, keepdims=True) + jnp.exp(sink - top))
        y = jnp.einsum("bhts,bshd->bthd", pattern, v).reshape(batch, seq, a)
        x = x + sparse(linear(y, h + "attn.c_proj"))
        y = linear(sparse(rms_norm(x, p[h + "ln_2.weight"])), h + "mlp.c_fc")
        y = sparse(y * (1 + lax.erf(y * 0.5**0.5)) * 0.5)
        x = x + sparse(linear(y, h + "mlp.c_proj"))
    logits = jnp.einsum("btd,vd->btv", rms_norm(x, p["transformer.ln_f.weight"]), p["lm_head.weight"])
    logits = logits + p["bigram_table"][inputs]
    picked = jnp.take_along_axis(logits, targets[..., None], -1)[..., 0]
    return jnp.mean(jax.nn.logsumexp(logits, -1) - picked)


def project(w, k, floor, axis, mask):
    """Keeps exactly k, at least floor per row (axis 0) or column (axis 1)."""
    keys = bits(w)
    if floor:
        rest, along = keys, 1 - axis
        pos = lax.broadcasted_iota(jnp.int32, keys.shape, along)
        for _ in range(floor):
            best = jnp.max(rest, along, keepdims=True)
            at = jnp.min(jnp.where(rest == best, pos, keys.shape[along]), along, keepdims=True)
            rest = jnp.where(pos == at, -1, rest)
        keys = jnp.where(rest < 0, NONFINITE, keys)
    m = mask(keys.ravel(), k).reshape(w.shape)
    return jnp.where(m, w, 0), jnp.sum(m, dtype=jnp.int32)


def step(task):
    """The training step, its weights and moments donated."""
    params = task["params"]
    names = [p["name"] for p in params]
    mask = {"jax.step": mask_histogram, "jax.step.bisect": mask_bisect}[task["contestant"]]
    size = sum(int(np.prod(p["shape"])) for p in params)

    def one(w, m, v, tokens, knobs, ks):
        lr, fix1, fix2 = knobs
        loss, grads = jax.value_and_grad(lambda w: loss_fn(dict(zip(names, w)), tokens, task))(w)
        squares = [jnp.sum(g * g) for g in grads]
        rms = jnp.sqrt(sum(squares) / size)
        scale = 1 / (rms + 1e-5)
        new_w, new_m, new_v, supports, flags, nonzeros = [], [], [], [], [], []
        for i, p in enumerate(params):
            g = grads[i] * scale
            mi = task["beta1"] * m[i] + (1 - task["beta1"]) * g
            vi = task["beta2"] * v[i] + (1 - task["beta2"]) * g * g
            wi = w[i] - lr * fix1 * mi / (jnp.sqrt(vi) * jnp.sqrt(fix2) + task["epsilon"])
            if p["k"]:
                wi, n = project(wi, ks[len(supports)], p["floor"], p["axis"], mask)
                supports.append(n)
            if p["decay"]:
                wi = wi * (1 - lr * task["weight_decay"])
            flags += [jnp.isfinite(squares[i]), jnp.isfinite(jnp.sum(wi * wi))]
            nonzeros.append(jnp.sum(wi != 0, dtype=jnp.int32))
            new_w, new_m, new_v = new_w + [wi], new_m + [mi], new_v + [vi]
        ok = jnp.all(jnp.stack(flags))
        keep = lambda new, old: [jnp.where(ok, a, b) for a, b in zip(new, old)]
        counts = jnp.stack([f.astype(jnp.int32) for f in flags] + nonzeros + supports)
        return keep(new_w, w), keep(new_m, m), keep(new_v, v), jnp.stack([loss, rms]), counts

    run = jax.jit(one, donate_argnums=(0, 1, 2))
    data = serve.batches(task)
    w = [jax.device_put(x) for x in serve.weights(task)]
    state = {"s": (w, [jnp.zeros_like(x) for x in w], [jnp.zeros_like(x) for x in w]), "n": 0}
    ks = np.array([p["k"] for p in params if p["k"]], np.int32)

    def again():
        n = state["n"]
        *s, stats, counts = run(*state["s"], data[n % len(data)], np.array(serve.knobs(task, n), np.float32), ks)
        state["s"], state["n"] = s, n + 1
        np.asarray(counts)
        return float(np.asarray(stats)[0])

    losses = [again() for _ in range(task["checked"])]
    return serve.Done(again, {"losses": losses})


def prepare(task):
    return step(task) if task["op"] == "step" else select(task)


if __name__ == "__main__":
    serve.main(prepare, {"jax": jax.__version__, "jaxlib": __import__("jaxlib").__version__, "numpy": np.__version__})
