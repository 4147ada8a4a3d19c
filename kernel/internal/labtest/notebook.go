package labtest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Load opens JupyterLab in the page.
func (s *Server) Load(p *Page) error {
	if err := p.Open(s.address("lab")); err != nil {
		return err
	}
	if err := p.Await("window.jupyterapp && jupyterapp.restored.then(() => true)", stepTimeout); err != nil {
		return fmt.Errorf("opening JupyterLab: %w", err)
	}
	return nil
}

// Notebook opens a notebook, named from the root, in the page where the
// server's JupyterLab is loaded, and waits until its cells are there. Without
// a kernel none is started and none is asked for.
func (s *Server) Notebook(p *Page, name string, kernel bool) error {
	args := map[string]any{"path": name, "factory": "Notebook"}
	if !kernel {
		args["kernelPreference"] = map[string]any{"shouldStart": false, "canStart": false}
	}
	text, err := json.Marshal(args)
	if err != nil {
		return err
	}
	err = p.eval(stepTimeout, `jupyterapp.commands.execute("docmanager:open", `+string(text)+`).then(async w => {
		window.panel = w
		await w.context.ready
		jupyterapp.shell.activateById(w.id)
	})`, nil)
	if err == nil {
		err = p.Await(`panel.isVisible && panel.content.widgets.length === panel.content.model.cells.length`, stepTimeout)
	}
	if err != nil {
		return fmt.Errorf("opening %s: %w", name, err)
	}
	return nil
}

// RunAll runs every cell of the notebook that Notebook opened with a kernel,
// and waits up to timeout for the last to be done. It does not judge them.
func (p *Page) RunAll(timeout time.Duration) error {
	end := time.Now().Add(timeout)
	// Before the kernel has said what it is the command does nothing. Its
	// status tells less: GoNB's is unknown until the first cell.
	err := p.Await("panel.sessionContext.ready.then(() => panel.sessionContext.session?.kernel?.info)", timeout)
	if err != nil {
		return fmt.Errorf("waiting for the kernel: %w", err)
	}
	if err := p.eval(time.Until(end), "jupyterapp.commands.execute('notebook:run-all-cells').then(() => true)", nil); err != nil {
		return fmt.Errorf("running all cells: %w", err)
	}
	err = p.Await(`panel.content.widgets.every(w => w.model.type !== 'code' || !w.model.sharedModel.source.trim() || w.model.executionCount)
		&& panel.sessionContext.session.kernel.status !== 'busy'`, time.Until(end))
	if err != nil {
		return fmt.Errorf("running all cells: %w", err)
	}
	return nil
}

// Close closes the notebook that Notebook opened, without saving it.
func (p *Page) Close() error { return p.Eval("panel.dispose()", nil) }

// Command carries out one of JupyterLab's commands, its arguments in JSON.
func (p *Page) Command(id, args string) error {
	return p.eval(stepTimeout, "jupyterapp.commands.execute("+strconv.Quote(id)+", "+args+").then(() => true)", nil)
}

// Theme chooses one of JupyterLab's two themes.
func (p *Page) Theme(dark bool) error {
	name := "JupyterLab Light"
	if dark {
		name = "JupyterLab Dark"
	}
	if err := p.Command("apputils:change-theme", `{"theme": "`+name+`"}`); err != nil {
		return err
	}
	return p.Await(fmt.Sprintf("document.body.dataset.jpThemeLight === '%v' && !document.getElementById('jupyterlab-splash')", !dark), stepTimeout)
}
