// Package artifact makes what is expensive once: a model, the means of its nodes, a
// pruning, a proof, a bridge, a row of a table. [Make] loads it, resumes it or makes it;
// package store is how it lies on the disk.
//
// Of several processes that want the same artifact one makes it; the others wait for it
// and load it. A process that is killed leaves what it had saved, and the next one goes
// on from there. Whatever takes long reports where it stands as [Progress].
package artifact
