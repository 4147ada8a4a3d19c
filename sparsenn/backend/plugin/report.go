package plugin

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"

	"circuitbook/sparsenn/cache"
	"circuitbook/sparsenn/cache/pip"
)

// A Line is one thing that Report looked at.
type Line struct {
	OK   bool   // it is as it should be, or need not be otherwise
	What string // what was looked at: "XLA plugins in the cache"
	Text string // what was found
	Do   string // what to do if it is not OK, or to have more; may be ""
}

// String returns "ok  WHAT: TEXT" or "--  WHAT: TEXT; DO".
func (l Line) String() string {
	mark := "--"
	if l.OK {
		mark = "ok"
	}
	s := fmt.Sprintf("%s  %s: %s", mark, l.What, l.Text)
	if l.Do != "" {
		s += "; " + l.Do
	}
	return s
}

// Report says what was looked at for a plugin, what was found, and what to do.
// It fetches nothing. The last line is about the plugin that would be used.
func Report() []Line {
	var lines []Line
	add := func(ok bool, what, text, do string) { lines = append(lines, Line{ok, what, text, do}) }

	if os.Getenv(UserEnv) == "" {
		add(true, sourceUser, "not set", "")
	} else {
		text, ok := describe(userDirs(), sourceUser)
		do := ""
		if !ok {
			do = "point it at a folder with a " + FileName(CPU) + ", or unset it"
		}
		add(ok, sourceUser, text, do)
	}
	text, _ := describe(goxlaDirs(), sourceGoXLA)
	add(true, sourceGoXLA, text, "")
	lines = append(lines, cacheLine())
	lines = append(lines, gpuLine())

	if v := os.Getenv(BackendEnv); v != "" {
		add(true, "$"+BackendEnv, v+" is forced", "")
	}

	const what = "XLA plugin to use"
	switch p, err := Find(); {
	case err == nil:
		add(true, what, p.String()+", from "+p.Source, "")
	case fetchable() && !cache.Offline():
		if _, err := pip.FindPython(context.Background()); err != nil {
			add(false, what, "none yet, and it cannot be fetched", err.Error())
			break
		}
		add(true, what, "none yet", fmt.Sprintf("%s is fetched at the first use", releases[0].wheel))
	default:
		add(false, what, "none: the slow pure-Go backend will be used", Query{}.advice())
	}
	return lines
}

// describe lists the plugins in dirs, and the files named like plugins that
// are none.
func describe(dirs []string, source string) (text string, ok bool) {
	var parts []string
	for _, p := range pluginsIn(dirs, source) {
		parts = append(parts, p.Path)
		ok = true
	}
	for _, d := range dirs {
		for _, f := range pluginFiles(d) {
			if err := checkLibrary(f); err != nil {
				parts = append(parts, fmt.Sprintf("%s is of no use (%v)", f, err))
			}
		}
	}
	if len(parts) == 0 {
		if len(dirs) > 4 {
			return fmt.Sprintf("no plugin in %s and %d more", strings.Join(dirs[:3], ", "), len(dirs)-3), false
		}
		return "no plugin in " + strings.Join(dirs, ", "), false
	}
	return strings.Join(parts, ", "), ok
}

func cacheLine() Line {
	l := Line{What: "XLA plugins in the cache"}
	if !fetchable() {
		l.OK, l.Text = true, "none are made for "+runtime.GOOS+"/"+runtime.GOARCH
		return l
	}
	if _, err := cache.Dir(); err != nil {
		l.Text = err.Error()
		return l
	}
	var have []string
	for _, p := range cachedPlugins() {
		have = append(have, p.Version+" in "+p.Dir)
	}
	l.OK = true
	if l.Text = strings.Join(have, ", "); l.Text == "" {
		l.Text = "none yet"
	}
	return l
}

func gpuLine() Line {
	gpu := GPU()
	l := Line{OK: true, What: "NVIDIA GPU", Text: gpu.Why}
	if !gpu.Visible {
		return l
	}
	l.Text = "visible (" + gpu.Why + ")"
	if _, err := (Query{Platform: CUDA}).Find(); err != nil {
		l.OK = false
		l.Text += ", but there is no CUDA plugin"
		l.Do = Query{Platform: CUDA}.advice()
	}
	return l
}
