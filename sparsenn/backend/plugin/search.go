package plugin

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// UserEnv names go-xla's variable with the user's plugin folders, separated by
// ':'. A plugin file may be named as well.
const UserEnv = "PJRT_PLUGIN_LIBRARY_PATH"

// Where a plugin was found.
const (
	sourceUser  = "$" + UserEnv
	sourceGoXLA = "go-xla's folders"
	sourceCache = "cache"
)

// ldConf is where Linux lists the folders of shared libraries; tests move it.
var ldConf = "/etc/ld.so.conf"

// userDirs returns what UserEnv lists.
func userDirs() []string {
	var dirs []string
	for d := range strings.SplitSeq(os.Getenv(UserEnv), ":") {
		if d != "" {
			dirs = append(dirs, d)
		}
	}
	return dirs
}

// goxlaDirs returns where go-xla v0.4.5 looks if UserEnv is not set, in its
// order (osDefaultLibraryPaths in its pjrt package).
func goxlaDirs() []string {
	home, err := os.UserHomeDir()
	if err != nil {
		home = ""
	}
	var dirs []string
	underHome := func(elem ...string) {
		if home != "" {
			dirs = append(dirs, filepath.Join(append([]string{home}, elem...)...))
		}
	}
	switch runtime.GOOS {
	case "windows":
		underHome("AppData", "Local", "go-xla")
		return dirs
	case "darwin":
		underHome("Library", "Application Support", "go-xla")
		underHome("Library", "Application Support", "GoMLX", "PJRT")
		dirs = append(dirs, "/usr/local/lib/go-xla", "/usr/local/lib/gomlx/pjrt")
		return append(dirs, listed("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")...)
	}
	underHome(".local", "lib", "go-xla")
	underHome(".local", "lib", "go-xla", "nvidia")
	underHome(".local", "lib", "gomlx", "pjrt")
	dirs = append(dirs, "/usr/local/lib/go-xla", "/usr/local/lib/go-xla/nvidia", "/usr/local/lib/gomlx/pjrt")
	dirs = append(dirs, listed("LD_LIBRARY_PATH")...)
	return append(dirs, ldConfDirs(ldConf, 0)...)
}

// listed returns the absolute folders in the named path variables.
func listed(vars ...string) []string {
	var dirs []string
	for _, v := range vars {
		for _, d := range filepath.SplitList(os.Getenv(v)) {
			if filepath.IsAbs(d) {
				dirs = append(dirs, d)
			}
		}
	}
	return dirs
}

// maxLdDepth bounds the includes of ld.so.conf, which may name themselves.
const maxLdDepth = 8

// ldConfDirs returns the folders that an ld.so.conf names, its includes too.
func ldConfDirs(file string, depth int) []string {
	f, err := os.Open(file)
	if err != nil || depth > maxLdDepth {
		return nil
	}
	defer func() { _ = f.Close() }()
	var dirs []string
	for s := bufio.NewScanner(f); s.Scan(); {
		line, _, _ := strings.Cut(s.Text(), "#")
		line = strings.TrimSpace(line)
		switch fields := strings.Fields(line); {
		case len(fields) == 0:
		case fields[0] == "include":
			for _, pattern := range fields[1:] {
				if !filepath.IsAbs(pattern) {
					pattern = filepath.Join(filepath.Dir(file), pattern)
				}
				included, _ := filepath.Glob(pattern) // sorted
				for _, i := range included {
					dirs = append(dirs, ldConfDirs(i, depth+1)...)
				}
			}
		case filepath.IsAbs(line):
			dirs = append(dirs, line)
		}
	}
	return dirs
}

func userPlugins() []Plugin  { return pluginsIn(userDirs(), sourceUser) }
func goxlaPlugins() []Plugin { return pluginsIn(goxlaDirs(), sourceGoXLA) }

// pluginsIn returns the plugins in the folders, in their order and by name
// within each. What is not a whole library for this machine is left out.
func pluginsIn(dirs []string, source string) []Plugin {
	var found []Plugin
	var seen []string
	for _, d := range dirs {
		d, err := filepath.Abs(d)
		if err != nil || slices.Contains(seen, d) {
			continue
		}
		seen = append(seen, d)
		for _, path := range pluginFiles(d) {
			platform, version := parseName(filepath.Base(path))
			if platform == "" || checkLibrary(path) != nil {
				continue
			}
			found = append(found, Plugin{
				Platform: platform, Path: path, Dir: filepath.Dir(path), Source: source, Version: version,
			})
		}
	}
	return found
}

// pluginFiles returns the files of a folder that are named like plugins, or
// the path itself if it is a file.
func pluginFiles(dir string) []string {
	if st, err := os.Stat(dir); err == nil && st.Mode().IsRegular() {
		return []string{dir}
	}
	entries, _ := os.ReadDir(dir) // sorted
	var files []string
	for _, e := range entries {
		if platform, _ := parseName(e.Name()); platform != "" {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	return files
}

// The names that go-xla knows plugins by, and that of the library in JAX's wheels
// for CUDA, which is such a plugin: with JAX installed, its folder jax_plugins/xla_cuda13
// can be named in $PJRT_PLUGIN_LIBRARY_PATH.
var reNames = []*regexp.Regexp{
	regexp.MustCompile(`^pjrt_c_api_(.+)_plugin\.(so|dylib|dll)$`),
	regexp.MustCompile(`^pjrt[-_]plugin[-_](.+)\.(so|dylib|dll)$`),
	regexp.MustCompile(`^xla_(cuda)_plugin\.(so)$`),
}

// parseName reads a plugin's file name: "pjrt_c_api_cpu_v0.83.1_plugin.so" is
// for CPU, version "v0.83.1". A name that is not that of a CPU or CUDA plugin
// gives no platform.
func parseName(file string) (platform, version string) {
	for _, re := range reNames {
		m := re.FindStringSubmatch(file)
		if m == nil {
			continue
		}
		name, version, _ := strings.Cut(m[1], "_v")
		if version != "" {
			version = "v" + version
		}
		switch name = strings.ToLower(name); {
		case name == "cpu":
			return CPU, version
		case strings.HasPrefix(name, "cuda"), strings.HasPrefix(name, "nvidia"):
			return CUDA, version
		}
		return "", ""
	}
	return "", ""
}
