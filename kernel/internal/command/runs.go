package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"circuitbook/kernel/internal/module"
	"circuitbook/sparsenn/artifact"
)

// runsCmd looks after the runs that notebooks keep.
type runsCmd struct {
	List  runsListCmd  `cmd:"" default:"1" help:"List the runs; this is the default."`
	Show  runsShowCmd  `cmd:"" help:"Show runs: what made them, and whether their files are whole."`
	Check runsCheckCmd `cmd:"" help:"Read every file of runs and say which are damaged."`
	Rm    runsRmCmd    `cmd:"" help:"Remove runs of your own."`
	Copy  runsCopyCmd  `cmd:"" help:"Pack finished runs into a folder that notebooks are committed with."`
}

// Help is shown by runs --help.
func (*runsCmd) Help() string {
	return `Runs are what notebooks keep of expensive work: trained models, circuits, proofs. They lie in $` + artifact.RootVariable + `, or in runs in the cache folder. Finished ones are also found beside the notebooks of the engine's module, where they are read-only and packed: a zip for a large run, one for all small runs of a kind. A run is named KIND-HASH; one that is removed is made again when a notebook needs it. List, show and check exit with 1 if a run that they name is damaged.`
}

type runsListCmd struct{}

type runsShowCmd struct {
	Names []string `arg:"" name:"name" help:"The names of runs."`
}

type runsRmCmd struct {
	Names []string `arg:"" name:"name" help:"The names of runs."`
}

type runsCopyCmd struct {
	Names []string `arg:"" name:"name" help:"The names of runs."`
	To    string   `required:"" placeholder:"DIR" help:"The folder, such as notebooks/runs, whose runs notebooks find."`
	Plain bool     `help:"Copy them as folders of plain files."`
}

// A runRoot is a folder in which runs are looked for.
type runRoot struct {
	dir      string
	readOnly bool
}

func (r runRoot) String() string {
	if r.readOnly {
		return r.dir + " (read-only)"
	}
	return r.dir
}

// runRoots returns where runs are looked for: the user's own folder first, then
// the read-only ones. Without the engine's module there are fewer of those.
func runRoots() ([]runRoot, error) {
	m, err := findModule("", "")
	if err != nil && !errors.Is(err, module.ErrNotFound) {
		return nil, err
	}
	dirs, err := rootsOf(m)
	if err != nil {
		return nil, usage(err)
	}
	own := dirs[0]
	roots := []runRoot{{own, false}}
	for _, dir := range dirs[1:] {
		if !sameFolder(own, dir) {
			roots = append(roots, runRoot{dir, true})
		}
	}
	return roots, nil
}

// rootsOf is where runs are looked for with a module, which may be nil: what
// [artifact.Roots] lists, and before the last of it the folder beside the module's notebooks.
func rootsOf(m *module.Module) ([]string, error) {
	dirs, err := artifact.Roots()
	if err == nil && m != nil && !slices.Contains(dirs, notebookRuns(m)) {
		dirs = slices.Insert(dirs, 1, notebookRuns(m))
	}
	return dirs, err
}

// sameFolder reports whether both paths lead to one folder.
func sameFolder(a, b string) bool {
	if filepath.Clean(a) == filepath.Clean(b) {
		return true
	}
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

func (*runsListCmd) Run(a *app) error {
	roots, err := runRoots()
	if err != nil {
		return err
	}
	var all []runPlace
	for i, root := range roots {
		list, err := artifact.List(root.dir)
		if err != nil {
			return err
		}
		for _, info := range list {
			all = append(all, runPlace{root, info})
		}
		if len(list) == 0 && i > 0 {
			continue
		}
		if i > 0 {
			fmt.Fprintln(a.stdout)
		}
		fmt.Fprintf(a.stdout, "%s: %s\n", root, count(len(list), "run"))
		w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
		for _, info := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", info.Name, state(info), size(info.Size), changed(info), about(info.Dir()))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		for _, info := range list {
			problems(a.stdout, info.Name+": ", info)
		}
	}
	if len(all) > 0 {
		fmt.Fprintln(a.stdout, "sizes of files are compared; circuitbook runs check --all reads them")
	}
	return damaged(all)
}

func (s *runsShowCmd) Run(a *app) error {
	roots, err := runRoots()
	if err != nil {
		return err
	}
	found, err := find(roots, s.Names)
	if err != nil {
		return err
	}
	var all []runPlace
	for _, name := range s.Names {
		for _, at := range found[name] {
			if len(all) > 0 {
				fmt.Fprintln(a.stdout)
			}
			info, checkpoint, err := artifact.Check(at.root.dir, name)
			if err != nil {
				return err
			}
			show(a.stdout, at.root, info, checkpoint)
			all = append(all, runPlace{at.root, info})
		}
	}
	return damaged(all)
}

// A runPlace is where a run of some name lies.
type runPlace struct {
	root runRoot
	info artifact.RunInfo
}

// find returns where runs lie, by name, in the order of the roots. A name that
// none of them has is an error, so that a mistyped one is told before anything
// is done.
func find(roots []runRoot, names []string) (map[string][]runPlace, error) {
	found := map[string][]runPlace{}
	for _, root := range roots {
		list, err := artifact.List(root.dir)
		if err != nil {
			return nil, err
		}
		for _, info := range list {
			found[info.Name] = append(found[info.Name], runPlace{root, info})
		}
	}
	for _, name := range names {
		if found[name] == nil {
			return nil, noRun(name, roots)
		}
	}
	return found, nil
}

// show prints one run, which was checked, with its config and its provenance.
func show(w io.Writer, root runRoot, info artifact.RunInfo, checkpoint *artifact.Checkpoint) {
	fmt.Fprintf(w, "%s: %s, %s, changed %s\n", info.Name, state(info), size(info.Size), changed(info))
	fmt.Fprintf(w, "  in %s\n", root)
	if text := about(info.Dir()); text != "" {
		fmt.Fprintf(w, "  %s\n", text)
	}
	problems(w, "  ", info)
	if checkpoint != nil {
		fmt.Fprintf(w, "  checkpoint of step %d, whole: %s\n", checkpoint.Step, strings.Join(checkpoint.Names(), ", "))
	}
	if run, err := artifact.OpenDir(info.Dir()); err == nil { // else it is among the problems
		fmt.Fprintf(w, "config %s\n", indent(run.Config()))
		_ = run.Close() // it was only read
	}
	if checkpoint != nil && checkpoint.Has("provenance.json") {
		if text, err := checkpoint.ReadFile("provenance.json"); err == nil { // it was read just before
			fmt.Fprintf(w, "provenance %s\n", indent(text))
		}
	}
}

func (r *runsRmCmd) Run(a *app) error {
	roots, err := runRoots()
	if err != nil {
		return err
	}
	own := roots[0]
	names := slices.Compact(slices.Sorted(slices.Values(r.Names)))
	// A mistyped name is told before anything is gone.
	for _, name := range names {
		if has(own, name) {
			continue
		}
		for _, root := range roots[1:] {
			if has(root, name) {
				return usage(fmt.Errorf("%s is in %s: it comes with the notebooks, and only runs in %s are removed", name, root, own))
			}
		}
		return noRun(name, roots)
	}
	var failed error
	for _, name := range names {
		if err := artifact.Remove(own.dir, name); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s is left: %w", name, err))
			continue
		}
		fmt.Fprintf(a.stdout, "removed %s\n", name)
	}
	return failed
}

func (c *runsCopyCmd) Run(a *app) error {
	roots, err := runRoots()
	if err != nil {
		return err
	}
	found, err := find(roots, c.Names)
	if err != nil {
		return err
	}
	if err := folder("--to", c.To); err != nil {
		return usage(err)
	}
	put := artifact.Pack
	if c.Plain {
		put = artifact.Copy
	}
	for _, name := range slices.Compact(slices.Sorted(slices.Values(c.Names))) {
		copied, err := put(found[name][0].info.Dir(), c.To)
		switch {
		case err != nil:
			return fmt.Errorf("%s is not copied: %w", name, err)
		case copied:
			fmt.Fprintf(a.stdout, "copied %s\n", name)
		default:
			fmt.Fprintf(a.stdout, "%s is there already\n", name)
		}
	}
	return nil
}

// has reports whether the folder holds a run of that name.
func has(root runRoot, name string) bool {
	list, err := artifact.List(root.dir)
	return err == nil && slices.ContainsFunc(list, func(info artifact.RunInfo) bool { return info.Name == name })
}

// noRun is the error about a name that no folder holds.
func noRun(name string, roots []runRoot) error {
	var dirs []string
	for _, root := range roots {
		dirs = append(dirs, root.dir)
	}
	return usage(fmt.Errorf("there is no run %q in %s; circuitbook runs lists those that there are", name, strings.Join(dirs, ", ")))
}
