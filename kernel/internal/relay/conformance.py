"""The tests of jupyter-kernel-test that apply to this kernel."""

import unittest

import jupyter_kernel_test

PATIENCE = 300  # only what is dead takes that long
jupyter_kernel_test.TIMEOUT = PATIENCE


class CircuitbookTests(jupyter_kernel_test.KernelTests):
    kernel_name = "circuitbook"
    language_name = "go"
    file_extension = ".go"

    code_hello_world = 'fmt.Println("hello, world")'
    code_stderr = 'fmt.Fprintln(os.Stderr, "test")'
    completion_samples = [
        {"text": "fmt.Printl", "matches": {"Println"}},
        {"text": "swi", "matches": {"switch"}},
        {"text": "strings.HasPr", "matches": {"HasPrefix"}},
    ]
    complete_code_samples = ["x := 1", "fmt.Println(1)", "func f() {\n}", "%%\nx := 1\n_ = x", "!ls"]
    incomplete_code_samples = ["func f() {", "fmt.Println(", "x := `a", "a +", "%%bash"]
    invalid_code_samples = [")", "x y", 'x := "a', "if { }"]
    code_generate_error = 'panic("no luck")'
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": 'a := "b"\na + "c"', "result": '"bc"'},
        {"code": "func twice(i int) int { return 2 * i }\ntwice(4)", "result": "8"},
        {"code": "func twice(i int) int { return 2 * i }\ntwice(4)", "result": "8"},
        {"code": "type T struct{ A int }\nT{3}", "result": "{A:3}"},
    ]
    code_history_pattern = "func twice*"
    supported_history_operations = ("tail", "range", "search")
    code_display_data = [
        {"code": 'gonbui.DisplayHtml("<b>x</b>")', "mime": "text/html"},
        {"code": "gonbui.DisplaySvg(`<svg xmlns=\"http://www.w3.org/2000/svg\"/>`)", "mime": "image/svg+xml"},
        {"code": 'gonbui.DisplayMarkdown("*x*")', "mime": "text/markdown"},
    ]
    code_inspect_sample = "fmt.Println"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The tests wait a tenth of a second for each message.
        channel = cls.kc.iopub_channel
        get = channel.get_msg
        channel.get_msg = lambda timeout: get(timeout=PATIENCE)

    # Their defaults were taken from TIMEOUT before it was changed.
    def execute_helper(self, code, timeout=PATIENCE, **how):
        return super().execute_helper(code, timeout, **how)

    def history_helper(self, execute_first, timeout=PATIENCE, **how):
        return super().history_helper(execute_first, timeout, **how)

    def flush_channels(self):
        """Reads all that came before now: up to the end of a request, not until none comes for a while."""
        asked = self.kc.kernel_info()
        while self.kc.get_shell_msg(timeout=PATIENCE)["parent_header"].get("msg_id") != asked:
            pass
        while True:
            m = self.kc.get_iopub_msg(timeout=PATIENCE)
            jupyter_kernel_test.validate_message(m)
            if m["parent_header"].get("msg_id") == asked and m["content"].get("execution_state") == "idle":
                return


if __name__ == "__main__":
    unittest.main()
