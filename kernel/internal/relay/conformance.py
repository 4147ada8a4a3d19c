"""The tests of jupyter-kernel-test that apply to this kernel."""

import unittest

import jupyter_kernel_test


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


if __name__ == "__main__":
    unittest.main()
