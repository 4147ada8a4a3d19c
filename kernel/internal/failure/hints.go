package failure

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"circuitbook/kernel/internal/cell"
)

// A Guide knows the packages that cells may use.
type Guide interface {
	// Members are the exported names of the package that cells know by name.
	Members(name string) []string
	// Packages are the names of packages that a cell may use.
	Packages() []string
	// Verbs are the names of other packages that cells use like their own.
	Verbs() []string
	// Paths are the import paths of the packages that a cell may use.
	Paths() []string
	// Methods are the exported fields and methods of a type, as the compiler writes
	// it, such as *lab.Model; none where it is not known.
	Methods(typ string) []string
}

var (
	undefined   = regexp.MustCompile(`^undefined: (?:(\w+)\.)?(\w+)$`)
	unused      = regexp.MustCompile(`^declared and not used: (\w+)$`)
	noMember    = regexp.MustCompile(`^(\w+)\.(\w+) undefined \(type (\w+) has no field or method \w+\)$`)
	notInGo     = regexp.MustCompile(`^package (\S+) is not in std(?: \([^)]*\))?$`)
	wanted      = regexp.MustCompile(`(?m)^go: downloading (\S+) (\S+)$`)
	noModule    = regexp.MustCompile(`^(?:cannot find module providing package|no required module provides package) ([^\s;:]+).*$`)
	mismatched  = regexp.MustCompile(`^invalid operation: .* \(mismatched types (.+) and (.+)\)$`)
	moreValues  = regexp.MustCompile(`^assignment mismatch: 1 variable but \S+ returns (\d+) values$`)
	redeclared  = regexp.MustCompile(`^(\w+) redeclared in this block$`)
	expected    = regexp.MustCompile(`^expected |^unexpected |^missing |^syntax error|^import path must be a string|^illegal |^invalid character`)
	assigned    = regexp.MustCompile(`^\s*(\w+)\s*=[^=]`)
	defined     = regexp.MustCompile(`^\s*(\w+)\s*:=`)
	python      = regexp.MustCompile(`^\s*(?:def \w+\(.*|class \w+.*|import \w[\w.]*(?: as \w+)?|from \w[\w.]* import .*|(?:if|elif|while|for \w.* in) .*:|else:|try:|except\b.*:|with .*:|lambda .*|print [^(].*)\s*(?:#.*)?$`)
	numberTypes = regexp.MustCompile(`^(?:u?int|float|complex)\d*$`)
)

// notHere is what go says of a module that it would need to download.
const notHere = "module lookup disabled by GOPROXY=off"

// advise puts a complaint of the compiler in words that say what to do, where
// that is known.
func (j diagnosis) advise(complaint string) {
	line := j.lineText()
	add := func(advice string) {
		if advice != "" {
			j.Message += "\n" + advice
		}
	}
	if advice := habit(complaint, line); advice != "" {
		add(advice)
		return
	}
	if expected.MatchString(complaint) {
		j.syntax(line)
		return
	}
	if list := j.outdated(complaint); len(list) > 0 {
		add(fmt.Sprintf("every cell is compiled with what earlier cells declare, which does not fit: "+
			"declare it anew in this cell, or take it away by the line %%rm %s", strings.Join(list, " ")))
		return
	}
	if m := undefined.FindStringSubmatch(complaint); m != nil {
		switch {
		case m[1] != "":
			add(j.inPackage(m[1], m[2]))
		case !j.hint(complaint):
			add(j.unknown(m[2], line))
		}
		return
	}
	switch {
	case notInGo.MatchString(complaint):
		j.noPackage(notInGo.FindStringSubmatch(complaint)[1])
	case noModule.MatchString(complaint):
		name := noModule.FindStringSubmatch(complaint)[1]
		j.Message = fmt.Sprintf("there is no package %s in the modules that cells are compiled with", name)
		add(fmt.Sprintf("!*go get %s@latest in a cell of its own adds its module to this kernel, which takes a network; %s", name, ownModule))
	case complaint == notHere:
		if m := wanted.FindStringSubmatch(j.Evalue); m != nil {
			j.Message = fmt.Sprintf("the module %s %s is needed and is not on this machine", m[1], m[2])
			add(fmt.Sprintf("!*go get %s@%s in a cell of its own fetches it, which takes a network", m[1], m[2]))
		}
	case noMember.MatchString(complaint):
		m := noMember.FindStringSubmatch(complaint)
		if j.Guide != nil && slices.Contains(j.Guide.Members(m[1]+"s"), m[2]) {
			add(fmt.Sprintf("is %ss.%s meant?", m[1], m[2]))
		}
	case noField.MatchString(complaint):
		m := noField.FindStringSubmatch(complaint)
		add(j.noMethod(m[1], m[2]+m[4], m[3]+m[5]))
	case unused.MatchString(complaint):
		add(fmt.Sprintf("use it, take it away, or keep it by _ = %s", unused.FindStringSubmatch(complaint)[1]))
	case complaint == "no new variables on left side of :=":
		if m := defined.FindStringSubmatch(line); m != nil {
			add(fmt.Sprintf("%s is there already: = gives it another value, := makes a new variable", m[1]))
		}
	case mismatched.MatchString(complaint):
		m := mismatched.FindStringSubmatch(complaint)
		if numberTypes.MatchString(m[1]) && numberTypes.MatchString(m[2]) {
			add("turn one of them into the other's type, as in float64(n)")
		} else if strings.Contains(m[1]+m[2], "string") {
			add("fmt.Sprint(...) makes text of anything, and fmt.Println takes several values, with commas between them")
		}
	case moreValues.MatchString(complaint):
		add("give each value a name, as in value, err := ...; the name _ drops it")
	}
}

// outdated are the declarations of earlier cells that the compiler complains of,
// by what %rm takes them away.
func (j diagnosis) outdated(complaint string) (list []string) {
	if m := redeclared.FindStringSubmatch(complaint); m != nil {
		for _, c := range j.cells[:len(j.cells)-1] {
			if names, _ := cell.Names(c.Source); slices.Contains(names, m[1]) {
				return []string{m[1]}
			}
		}
	}
	if j.In == 0 {
		return nil
	}
	for _, entry := range j.Traceback {
		for line := range strings.Lines(ansi.ReplaceAllString(entry, "")) {
			m := inTraceback.FindStringSubmatch(strings.TrimSpace(line))
			if m == nil {
				continue
			}
			id, _ := strconv.Atoi(m[1])
			at, _ := strconv.Atoi(m[2])
			if id < 1 || id >= len(j.cells) {
				continue
			}
			if key := j.cells[id-1].Prepared.DeclaredAt(at); key != "" && !slices.Contains(list, key) {
				list = append(list, key)
			}
		}
	}
	return list
}

// lineText is the line of the failure, "" if it is not known.
func (j diagnosis) lineText() string {
	shown := j.In
	if shown == 0 {
		shown = j.Cell
	}
	for _, c := range slices.Backward(j.cells) {
		if lines := strings.Split(c.Source, "\n"); c.Number == shown {
			if j.Line > 0 && j.Line <= len(lines) {
				return lines[j.Line-1]
			}
			return ""
		}
	}
	return ""
}

// syntax adds to what the parser says, which tells where it stopped to
// understand, what may have been meant.
func (j diagnosis) syntax(line string) {
	source := j.cells[len(j.cells)-1].Source
	lines := strings.Split(source, "\n")
	if j.In == 0 && python.MatchString(line) && !strings.HasSuffix(strings.TrimSpace(line), "{") {
		j.Message += "\nthis looks like Python: cells are Go"
		if advice := inGo(line); advice != "" {
			j.Message += "\n" + advice
		}
		return
	}
	if j.In == 0 && (strings.HasPrefix(line, "!") || strings.HasPrefix(line, "%")) {
		j.Message += "\na line for the shell, or a magic, stands outside of brackets"
	}
	if at, bracket, ok := cell.Unbalanced(source); ok && j.In == 0 {
		other := map[string]string{"(": ")", "[": "]", "{": "}", ")": "(", "]": "[", "}": "{"}[bracket]
		j.Line = at
		if strings.Contains("([{", bracket) {
			j.Message = fmt.Sprintf("the %s is not closed: a %s is missing", bracket, other)
		} else {
			j.Message = fmt.Sprintf("the %s closes nothing: a %s is missing, or it is one too many", bracket, other)
		}
		return
	}
	for _, c := range j.commands() {
		if name := c.Name(); name != "%%" && name != "%main" {
			continue
		}
		switch {
		case j.In != 0 || j.Line == 0:
		case j.Line > c.Line && strings.HasPrefix(line, "func "):
			j.Message += fmt.Sprintf("\nbelow %s stand statements only: put the function above it, or leave %[1]s out", c.Name())
		case j.Line < c.Line:
			j.Message += fmt.Sprintf("\nabove %s stand declarations only: put statements below it, or leave %[1]s out", c.Name())
		}
		return
	}
	if j.Line > 0 && j.Line < len(lines) && strings.TrimSpace(lines[j.Line]) == "{" {
		j.Message += "\nthe { stands on the same line in Go"
	}
}

// unknown says what a name that is not defined may stand for.
func (j diagnosis) unknown(name, line string) string {
	if j.Guide != nil && len(j.Guide.Members(name)) > 0 {
		members := j.Guide.Members(name)
		for _, m := range regexp.MustCompile(`\b`+name+`\.(\w+)`).FindAllStringSubmatch(line, -1) {
			if !slices.Contains(members, m[1]) {
				j.Message = "undefined: " + name + "." + m[1]
				return j.inPackage(name, m[1])
			}
		}
		return ""
	}
	names := slices.Collect(maps.Keys(j.cells[len(j.cells)-1].Prepared.Locals))
	for _, c := range j.cells {
		declared, _ := cell.Names(c.Source)
		names = append(names, declared...)
	}
	m := assigned.FindStringSubmatch(line)
	isAssigned := m != nil && m[1] == name
	if j.Guide != nil && !isAssigned { // nothing is assigned to a function or a type
		names = append(names, j.Guide.Verbs()...)
	}
	if list := near(name, names); len(list) > 0 {
		return meant(list)
	}
	if j.Guide != nil && strings.Contains(line, name+".") {
		if list := near(name, j.Guide.Packages()); len(list) > 0 {
			return meant(list)
		}
	}
	if isAssigned {
		return fmt.Sprintf("a new variable is made by :=, as in %s := ...", name)
	}
	if says := j.verb(name); says != "" {
		return says
	}
	if unquoted(name, line) {
		return fmt.Sprintf("a name without quotes is a variable; text stands between double quotes: %q", name)
	}
	return ""
}

// inPackage says which members of a package may have been meant by one that it
// does not have.
func (j diagnosis) inPackage(pkg, member string) string {
	if j.Guide == nil {
		return ""
	}
	members := j.Guide.Members(pkg)
	if len(members) == 0 || slices.Contains(members, member) {
		return ""
	}
	if list := near(member, members); len(list) > 0 {
		return fmt.Sprintf("the package %s has no %s; %s", pkg, member, meant(list))
	}
	return fmt.Sprintf("the package %s has no %s; Tab behind %[1]s. lists what it has", pkg, member)
}

// noPackage says that an import path leads nowhere, and which may have been
// meant.
func (j diagnosis) noPackage(name string) {
	j.Message = "there is no package " + name
	if j.Guide == nil {
		j.Message += "; " + ownModule
		return
	}
	paths := j.Guide.Paths()
	var list []string
	for _, p := range paths {
		if strings.HasSuffix(p, "/"+name) {
			list = append(list, p)
		}
	}
	if list == nil {
		list = near(name, paths)
	}
	if list == nil {
		for _, p := range paths { // as far as the folder it is right
			if path.Dir(p) == path.Dir(name) && len(near(path.Base(name), []string{path.Base(p)})) > 0 {
				list = append(list, p)
			}
		}
	}
	if list = list[:min(3, len(list))]; len(list) > 0 {
		j.Message += "; " + meant(list)
	} else {
		j.Message += "; " + ownModule
	}
}

// ownModule says how a package of one's own is found.
const ownModule = "a module of your own is found where its go.mod lies beside the notebook, above it, or in a folder beside it"

// crashes are what Go's runtime says, with what it means.
var crashes = []struct{ says, means string }{
	{"assignment to entry in nil map", "a map is made before something is put into it, by make(...) or by a literal"},
	{"nil pointer dereference", "a pointer, or what a function returned beside an error, is nil: it holds nothing"},
	{"all goroutines are asleep", "it waits for what nobody is left to send or to release"},
	{"stack overflow", "a function calls itself without end"},
	{"concurrent map", "a map may be changed by one goroutine at a time: guard it with a sync.Mutex"},
}

// crash adds to the message of a panic what it means, where that is known, and
// what to do where it is in what an earlier cell declares.
func (j diagnosis) crash(first string) {
	for _, c := range crashes {
		if strings.Contains(first, c.says) {
			j.Message += "\n" + c.means
			break
		}
	}
	if j.In == 0 || !strings.Contains(j.Stderr, "\nmain.init") {
		return
	}
	for _, c := range slices.Backward(j.cells) {
		if c.Number != j.In {
			continue
		}
		for i, from := range c.Prepared.Lines {
			if key := c.Prepared.DeclaredAt(i + 1); from == j.Line && key != "" {
				j.Message += "\nevery cell evaluates anew what earlier cells declare: declare it in another way, or take it away with %rm " + key
				return
			}
		}
		return
	}
}
