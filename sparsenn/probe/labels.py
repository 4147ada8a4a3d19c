"""Finds the strings of Python documents by Python's own tokenizer.

Reads documents from standard input, each a line with its length in bytes and
then its bytes. Answers each by a line of JSON: {"strings": [...]}, every string
with from and to, the bytes of its content, and the quote that opens it; or
{"error": "..."} for a document that cannot be tokenized. An f-string is one
string, whatever its braces hold: before Python 3.12 the tokenizer sees no more.
"""

import io
import json
import sys
import tokenize

STARTS = {getattr(tokenize, n) for n in ("FSTRING_START", "TSTRING_START") if hasattr(tokenize, n)}
ENDS = {getattr(tokenize, n) for n in ("FSTRING_END", "TSTRING_END") if hasattr(tokenize, n)}


def quote_of(text):
    """The quote that opens a string, which is all that follows its prefix."""
    text = text.lstrip("rRbBuUfFtT")
    return text[:3] if text[:3] in ("'''", '"""') else text[:1]


def strings(text):
    lines, starts = [], [0]

    def readline():
        line = source.readline()
        lines.append(line)
        starts.append(starts[-1] + len(line.encode()))
        return line

    def byte(at):
        row, column = at
        return starts[row - 1] + len(lines[row - 1][:column].encode())

    source = io.StringIO(text)
    found, depth = [], 0
    for token in tokenize.generate_tokens(readline):
        if token.type == tokenize.ERRORTOKEN:
            raise SyntaxError("no token: %r" % token.string)
        if token.type in STARTS:
            if depth == 0:
                quote, start = quote_of(token.string), byte(token.end)
            depth += 1
        elif token.type in ENDS:
            depth -= 1
            if depth == 0:
                found.append({"from": start, "to": byte(token.start), "quote": quote})
        elif token.type == tokenize.STRING and depth == 0:
            quote = quote_of(token.string)
            skip = token.string.index(quote) + len(quote)
            found.append({"from": byte(token.start) + skip, "to": byte(token.end) - len(quote), "quote": quote})
    return found


def main():
    while head := sys.stdin.buffer.readline():
        data = sys.stdin.buffer.read(int(head))
        try:
            answer = {"strings": strings(data.decode())}
        except (tokenize.TokenError, SyntaxError, ValueError, RecursionError) as e:
            answer = {"error": "%s: %s" % (type(e).__name__, e)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


main()
