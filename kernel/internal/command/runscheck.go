package command

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"circuitbook/sparsenn/artifact"
)

type runsCheckCmd struct {
	Names []string `arg:"" optional:"" name:"name" help:"The names of runs."`
	All   bool     `help:"Check all runs that there are."`
}

func (c *runsCheckCmd) Run(a *app) error {
	if (len(c.Names) > 0) == c.All {
		return usage(errors.New("name the runs to check, or all of them with --all"))
	}
	roots, err := runRoots()
	if err != nil {
		return err
	}
	found, err := find(roots, c.Names)
	if err != nil {
		return err
	}
	var all []runPlace
	names := c.Names
	if c.All {
		names = slices.Sorted(maps.Keys(found))
	}
	for _, name := range names {
		for _, at := range found[name] {
			info, _, err := artifact.Check(at.root.dir, name)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s: %s\n", info.Name, state(info))
			problems(a.stdout, "  ", info)
			all = append(all, runPlace{at.root, info})
		}
	}
	fmt.Fprintf(a.stdout, "%s checked\n", count(len(all), "run"))
	return damaged(all)
}

// problems prints what is wrong with a run, a line each.
func problems(w io.Writer, before string, info artifact.RunInfo) {
	if info.Problem != nil {
		for line := range strings.Lines(info.Problem.Error()) {
			fmt.Fprintf(w, "%s%s\n", before, strings.TrimSpace(line))
		}
	}
}

// damaged is the error about those of the runs that are not whole, nil if all are,
// with what to do about them.
func damaged(all []runPlace) error {
	remedies := []string{
		"use a newer version of circuitbook to read them",
		"after circuitbook runs rm NAME a notebook makes such a run again when it needs it",
		"they came with the notebooks: put their files back as they were, as from git",
	}
	names := make([][]string, len(remedies))
	for _, at := range all {
		newer := (*artifact.VersionError)(nil)
		switch {
		case at.info.Problem == nil:
		case errors.As(at.info.Problem, &newer):
			names[0] = append(names[0], at.info.Name)
		case !at.root.readOnly:
			names[1] = append(names[1], at.info.Name)
		default:
			names[2] = append(names[2], at.info.Name)
		}
	}
	var list []error
	for i, remedy := range remedies {
		if len(names[i]) > 0 {
			list = append(list, fmt.Errorf("not whole: %s; %s", strings.Join(names[i], ", "), remedy))
		}
	}
	return errors.Join(list...)
}
