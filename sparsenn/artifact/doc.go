// Package artifact makes what is expensive once: a model, the means of its nodes, a
// pruning, a proof, a bridge, a row of a table. [Make] loads it, resumes it or makes it.
//
// Of several processes that want the same artifact one makes it; the others wait for it
// and load it. A process that is killed leaves what it had saved, and the next one goes
// on from there. Whatever takes long reports where it stands as [Progress].
//
// # On the disk
//
// A run is a directory ROOT/KIND-HASH, where HASH is [Hash] of everything that
// determines the result. ROOT is the user's own, [Root]; finished runs are also
// found in read-only ones, [Roots]. [Lock] locks it for one writer, [Run.Save] adds a
// checkpoint, [Run.Latest] returns the newest whole one:
//
//	run, err := artifact.Lock(root, "train", config)
//	defer run.Close()
//	checkpoint, problems, err := run.Latest() // checkpoint is nil at the start
//	...
//	err = run.Save(step, false, files)
//
// There is:
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
package artifact
