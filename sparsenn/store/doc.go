// Package store keeps what is expensive on disk: tensors, and the runs that
// make them.
//
// # Tensors
//
// Tensors are stored as safetensors. [WriteTensors] and [OpenTensors] are the
// plain format; the bytes are a function of the tensors alone. A [State] holds
// dense tensors together with [Sparse] ones, each of which is stored as
// NAME.values F32[k] and NAME.indices I64[k] (flat, row-major, ascending),
// with its shape in the metadata as NAME.shape. The indices are the support of
// the tensor, so that a value of zero inside the support survives.
//
// # Runs
//
// A run is a directory ROOT/KIND-HASH, where HASH is [Hash] of everything that
// determines the result. ROOT is the user's own, [Root]; finished runs are also
// found in read-only ones, [Roots]. [Open] locks it for one writer, [Run.Save] adds a
// checkpoint, [Run.Latest] returns the newest whole one:
//
//	run, err := store.Open(root, "train", config)
//	defer run.Close()
//	checkpoint, problems, err := run.Latest() // checkpoint is nil at the start
//	...
//	err = run.Save(step, false, files)
//
// On disk:
//
//	ROOT/
//	  .locks/KIND-HASH.lock       held by the writer (advisory), never removed
//	  KIND-HASH/
//	    config.json               what determines the run, compared on opening
//	    checkpoint-0000000020/    the newest, and one before it
//	      manifest.json           step, done, size and checksum of every file
//	      model.safetensors, ...
//	    .tmp-*                    a save in progress, or what a kill left of it
//
// A checkpoint is written under a temporary name, every file and directory is
// synced, and only then renamed, so that a name checkpoint-* stands for a whole
// checkpoint whenever the process or the machine stops. Damage that comes later
// (a flipped byte, a truncated file) is found by checksum, reported as a
// [Problem] that names the file and, in a safetensors file, the tensor, and the
// checkpoint before it is used.
//
// # Archives
//
// [Pack] makes the copies that notebooks are committed with: of a finished run its
// newest checkpoint, in a zip.
//
//	ROOT/
//	  KIND-HASH.zip               a large run
//	  KIND.zip                    all small ones of a kind, as the rows of a sweep
//
// In a zip lie folders KIND-HASH, as above, whose files are read like others, bit for
// bit and with the same checksums. Files of tensors have a method of compression of their
// own, 0x4342, which other programs cannot unpack: [Copy] makes a folder of them again.
//
// Older copies are folders in which a large text is packed, metrics.jsonl as
// metrics.jsonl.gz, and the manifest holds the size and the checksum of either.
package store
