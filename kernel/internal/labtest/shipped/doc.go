// Package shipped opens the notebooks that the project ships in a browser. It
// has tests only, apart from those of package labtest because they take minutes.
package shipped
