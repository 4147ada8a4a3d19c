// Package cache is the one folder in which Circuitbook keeps what it fetches
// or makes for itself: wheels, XLA plugins, the notebook's Python environment,
// runs. Everything in it can be deleted; it comes back when it is needed.
//
// The folder is $CIRCUITBOOK_CACHE or, if that is empty,
// os.UserCacheDir()/circuitbook. With $CIRCUITBOOK_OFFLINE=1 nothing is
// fetched into it: what is there is used, and what is not is an error.
package cache

import (
	"context"
	"errors"
	"os"

	"circuitbook/sparsenn/cache/internal/place"
)

// OfflineEnv names the variable that forbids fetching: any value but the
// empty one, "0" and "false" does.
const OfflineEnv = "CIRCUITBOOK_OFFLINE"

var (
	// ErrOffline is what fetching fails with when OfflineEnv forbids it.
	ErrOffline = errors.New("fetching is forbidden by $" + OfflineEnv)
	// ErrNoNetwork is what fetching fails with when no package index could be
	// reached at all; trying another package at once would fail likewise.
	ErrNoNetwork = errors.New("no package index could be reached")
)

// TrustEnv names the variable that has the cache folder used although others can
// write it: any value but the empty one, "0" and "false" does.
const TrustEnv = place.TrustEnv

// ErrShared is what Dir, Sub and Trusted fail with where somebody else than the
// user and root owns, or can write, what would be used.
var ErrShared = place.ErrShared

// Dir returns the absolute path of the cache folder, created if it is not
// there. The error says which variable moves it. A folder that others can write
// is an ErrShared, since programs are executed that lie in it.
func Dir() (string, error) { return place.Dir() }

// Trusted is an ErrShared where the file or folder at path, or a folder between it
// and the cache folder, is somebody else's than the user's or root's, or can be
// written by others.
func Trusted(path string) error { return place.Trusted(path) }

// Sub returns the folder elem[0]/elem[1]/… inside Dir, created if it is not
// there. Elements that would lead out of Dir are an error.
func Sub(elem ...string) (string, error) { return place.Sub(elem...) }

// Lock takes the advisory lock Dir()/locks/NAME, waiting until it is free or
// ctx ends. It excludes other processes and other calls in this process; it
// is not re-entrant. It ends with the process, however that ends. The name
// holds letters, digits, '.', '_' and '-' only. unlock may be called more
// than once.
func Lock(ctx context.Context, name string) (unlock func(), err error) {
	return place.Lock(ctx, name)
}

// Offline reports whether OfflineEnv forbids fetching.
func Offline() bool {
	switch os.Getenv(OfflineEnv) {
	case "", "0", "false":
		return false
	}
	return true
}
