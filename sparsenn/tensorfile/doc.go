// Package tensorfile reads and writes tensors as safetensors.
//
// [Write] and [Open] are the plain format; the bytes are a function of the tensors
// alone. A [State] holds dense tensors together with [Sparse] ones, each of which is
// stored as NAME.values F32[k] and NAME.indices I64[k] (flat, row-major, ascending), with
// its shape in the metadata as NAME.shape. The indices are the support of the tensor, so
// that a value of zero inside the support survives.
package tensorfile
