// Package corpus gives the engine its text: a tokenizer, synthetic and real
// Python, and windows of tokens. It is pure Go.
//
// A [Config] says everything that determines the tokens: the vocabulary, the
// parts (the embedded sample, synthetic programs, pinned packages, a folder of
// the user's own) with their weights, the share that is held back for
// validation, and a seed. [Open] gives the [Corpus], from the cache if it was
// made before.
//
// The tokenizer follows the paper's (Gao et al., tinypython_2k): byte-level
// BPE, the same split pattern, vocabularies of 512, 1024 and 2048. Two things
// differ, on purpose: every digit is a token, so numbers are sequences of
// digits; and the answers of the tasks (keptUnits) are single tokens of every
// vocabulary, which no other token swallows, so that `")` closes a string by
// the same token whatever follows.
package corpus
