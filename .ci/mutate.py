# SPDX-License-Identifier: MIT
"""Writes headers that hold all mutants of others: `.ci/mutants` says what for.

A mutant stands where it is, behind a question whether it is the one that is asked for:
    if (a < b) f(c + 1);    if ((!ON(2) && (ON(1) || (lt<3>(a, b))))) if (ON(4)) {} else f(add<5>(c, (1 + ON(6))));
"""

import os
from collections import namedtuple
from pathlib import Path

from clang.cindex import CursorKind as Kind, Index, TypeKind

FUNCTIONS = (Kind.FUNCTION_DECL, Kind.FUNCTION_TEMPLATE, Kind.CXX_METHOD, Kind.CONSTRUCTOR, Kind.DESTRUCTOR,
             Kind.CONVERSION_FUNCTION)
STATEMENTS = (Kind.CALL_EXPR, Kind.COMPOUND_ASSIGNMENT_OPERATOR, Kind.UNARY_OPERATOR, Kind.BINARY_OPERATOR,
              Kind.UNEXPOSED_EXPR)
# What stands for an operator, and what it becomes.
OPERATORS = {"<": ("lt", "<="), "<=": ("le", "<"), ">": ("gt", ">="), ">=": ("ge", ">"), "+": ("add", "-"), "-": ("sub", "+"),
             "*": ("mul", "+"), "/": ("quotient", "*"), "%": ("remainder", "+"), "&": ("both", "|"), "|": ("either", "&"),
             "<<": ("up", ">>"), ">>": ("down", "<<")}
CHOICES = ("by_words", "__builtin_is_constant_evaluated")
HELPER = "atmqtt_mutants.hpp"


class Mutant(namedtuple("Mutant", "number file line column text becomes")):
    def __str__(self):
        return f"include/{self.file}:{self.line}:{self.column}: {self.text} -> {self.becomes}"

    def what(self):
        """As tests/mutants.txt names it."""
        return f"{self.file}: {self.text} -> {self.becomes}"


class Writer:
    """Collects mutants, and what is to be written between the bytes of the headers for them."""

    def __init__(self, headers):
        self.headers = headers
        self.bytes = {}
        self.mutants = []
        self.inserted = {}

    def bytes_of(self, file):
        if file not in self.bytes:
            self.bytes[file] = Path(file).read_bytes()
        return self.bytes[file]

    def span(self, cursor):
        """File and offsets; nothing for what is not of one of the headers."""
        start, end = cursor.extent.start, cursor.extent.end
        if start.file is None or end.file is None or start.file.name != end.file.name or start.offset >= end.offset:
            return None
        file = os.path.normpath(start.file.name)
        return (file, start.offset, end.offset) if file.startswith(str(self.headers)) else None

    def text(self, cursor):
        file, start, end = self.span(cursor)
        return self.bytes_of(file)[start:end].decode()

    def add(self, cursor, becomes):
        """Gives the number of a new mutant."""
        start = cursor.extent.start
        file = Path(os.path.normpath(start.file.name)).relative_to(self.headers)
        text = " ".join(self.text(cursor).split())
        if len(text) < 8:  # that may stand anywhere
            text += " of " + self.bytes_of(os.path.normpath(start.file.name)).splitlines()[start.line - 1].decode().strip()
        self.mutants.append(Mutant(len(self.mutants) + 1, str(file), start.line, start.column, text, becomes))
        return len(self.mutants)

    def insert(self, file, offset, text, removed=0, is_end=False):
        self.inserted.setdefault(file, {}).setdefault(offset, ([], []))[0 if is_end else 1].append((text, removed))

    def wrap(self, cursor, before, behind):
        file, start, end = self.span(cursor)
        self.insert(file, start, before)
        self.insert(file, end, behind, is_end=True)

    def written(self, file):
        """The header with all that is inserted. At one place what ends there comes first, the inner one before the outer one, which
        was made before it."""
        whole, out, last = self.bytes_of(file), [], 0
        for offset, (ends, begins) in sorted(self.inserted.get(file, {}).items()):
            out.append(whole[last:offset])
            last = offset
            out += [text.encode() for text, _ in reversed(ends)]
            for text, removed in begins:
                out.append(text.encode())
                last += removed
        return b"".join(out) + whole[last:]


# --- what the tree says ---

def without_brackets(cursor):
    while cursor.kind in (Kind.PAREN_EXPR, Kind.UNEXPOSED_EXPR):
        inner = list(cursor.get_children())
        if len(inner) != 1:
            break
        cursor = inner[0]
    return cursor


def operator_of(writer, cursor):
    """The operator between two operands, and its offset; brackets around operands are not of the tree."""
    operands = list(cursor.get_children())
    if cursor.kind != Kind.BINARY_OPERATOR or len(operands) != 2 or not writer.span(cursor):
        return None, 0
    begin = operands[0].extent.end.offset
    between = writer.bytes_of(writer.span(cursor)[0])[begin:operands[1].extent.start.offset].decode()
    operator = between.strip("() \n")
    return operator, begin + (between.index(operator) if operator else 0)


def is_chain(writer, cursor):
    return operator_of(writer, without_brackets(cursor))[0] in ("&&", "||")


def is_in_compiler(cursor):
    words = [token.spelling for _, token in zip(range(4), cursor.get_tokens())]
    return "constexpr" in words or "static_assert" in words


def is_open(writer, condition):
    """Whether it can be forced. A chain cannot, but its parts; nor what chooses, in the compiler, between two ways to do the same."""
    return (writer.span(condition) and not is_chain(writer, condition)
            and not any(word in writer.text(condition) for word in CHOICES))


# --- the mutants ---

def force(writer, condition, also_true=True):
    """A condition that is always so; of a chain each part is one."""
    if not is_open(writer, condition):
        return
    if also_true:
        writer.wrap(condition, f"(!ON({writer.add(condition, 'false')})&&(ON({writer.add(condition, 'true')})||((", "))))")
    else:
        writer.wrap(condition, f"(!ON({writer.add(condition, 'false')})&&((", ")))")


def mutate_operator(writer, cursor):
    operator, at = operator_of(writer, cursor)
    if operator in ("&&", "||"):
        for part in cursor.get_children():
            if is_open(writer, part):
                number = writer.add(part, "true" if operator == "&&" else "false")
                writer.wrap(part, f"(ON({number})||((" if operator == "&&" else f"(!ON({number})&&((", ")))")
    elif operator in OPERATORS:
        name, becomes = OPERATORS[operator]
        writer.wrap(cursor, f"atmqtt_mutants::{name}<{writer.add(cursor, becomes)}>((", "))")
        writer.insert(writer.span(cursor)[0], at, "),(", removed=len(operator))


def mutate_number(writer, cursor):
    span = writer.span(cursor)
    if not span:
        return
    file, start, end = span
    around = writer.bytes_of(file)[start - 1:start] + writer.bytes_of(file)[end:end + 1]
    if writer.text(cursor)[0].isdigit() and around[:1] != b"<" and around[1:] != b">":  # no argument of a template
        writer.wrap(cursor, "(", f" +ON({writer.add(cursor, 'one more')}))")


def statement(writer, cursor, gives_bool):
    """One that stands by itself may be left out."""
    span = writer.span(cursor)
    if cursor.kind in STATEMENTS and span and writer.bytes_of(span[0])[span[2]:].lstrip()[:1] == b";":
        writer.insert(span[0], span[1], f"if(ON({writer.add(cursor, 'nothing')})){{}}else ")
    walk(writer, cursor, gives_bool)


def branch(writer, cursor, gives_bool):
    parts = list(cursor.get_children())
    if parts[0].kind == Kind.DECL_STMT:
        walk(writer, parts.pop(0), gives_bool)
    words = [token.spelling for _, token in zip(range(2), cursor.get_tokens())]
    if words[1] != "constexpr":
        if parts[0].kind != Kind.VAR_DECL:
            force(writer, parts[0], cursor.kind != Kind.WHILE_STMT)  # always true: it would not end
        walk(writer, parts[0], gives_bool)
    for part in parts[1:]:
        statement(writer, part, gives_bool)


def walk(writer, cursor, gives_bool):
    parts = list(cursor.get_children())
    if cursor.kind == Kind.LAMBDA_EXPR:
        parts, gives_bool = [part for part in parts if part.kind == Kind.COMPOUND_STMT], False
    elif cursor.kind == Kind.STATIC_ASSERT or (cursor.kind == Kind.DECL_STMT and is_in_compiler(cursor)):
        return
    elif cursor.kind in (Kind.COMPOUND_STMT, Kind.CASE_STMT, Kind.DEFAULT_STMT):
        for part in parts[cursor.kind == Kind.CASE_STMT:]:
            statement(writer, part, gives_bool)
        return
    elif cursor.kind in (Kind.IF_STMT, Kind.WHILE_STMT):
        branch(writer, cursor, gives_bool)
        return
    elif cursor.kind == Kind.CONDITIONAL_OPERATOR:
        force(writer, parts[0])
    elif cursor.kind == Kind.RETURN_STMT and parts and gives_bool and writer.span(parts[0]):
        if not is_chain(writer, parts[0]):
            writer.wrap(parts[0], f"(ON({writer.add(parts[0], 'not')})!=static_cast<bool>(", "))")
    elif cursor.kind == Kind.BINARY_OPERATOR:
        mutate_operator(writer, cursor)
    elif cursor.kind == Kind.INTEGER_LITERAL:
        mutate_number(writer, cursor)
    for part in parts:
        walk(writer, part, gives_bool)


def functions(cursor, headers):
    for child in cursor.get_children():
        file = child.location.file
        if file is not None and not os.path.normpath(file.name).startswith(str(headers)):
            continue
        if child.kind in FUNCTIONS and child.is_definition():
            yield child
        else:
            yield from functions(child, headers)


# --- the headers ---

def helper():
    """What the inserted text needs. A mutant is never seen by the compiler, which would refuse it."""
    lines = ["#pragma once", "#include <cstdio>", "#include <cstdlib>", "#include <type_traits>", "#include <utility>",
             "namespace atmqtt_mutants {",
             "struct state {",
             "    int asked = 0; bool reached[100000] = {};",
             '    state() { if (const char* number = std::getenv("ATMQTT_MUTANT")) asked = std::atoi(number); }',
             '    ~state() { if (const char* name = std::getenv("ATMQTT_REACHED")) {',
             '        std::FILE* const file = std::fopen(name, "w");',
             '        for (int i = 0; i != 100000; ++i) if (reached[i]) std::fprintf(file, "%d ", i);',
             "        std::fclose(file); } }",
             "};",
             "inline state of;",
             "inline bool is_on(int number) { of.reached[number] = true; return of.asked == number; }",
             "}",
             "#define ON(number) (!__builtin_is_constant_evaluated() && ::atmqtt_mutants::is_on(number))",
             "namespace atmqtt_mutants {"]
    for operator, (name, becomes) in OPERATORS.items():
        # Pointers can be subtracted, but not added: there is no mutant then; nor of eight bytes that are compared at once.
        same = f"decltype(std::declval<const A&>() {{}} std::declval<const B&>())"
        was, other = same.replace("{}", operator), same.replace("{}", becomes)
        lines += [f"template <class A, class B, class = void> struct has_{name} : std::false_type {{}};",
                  f"template <class A, class B> struct has_{name}<A, B, std::void_t<{other}>> : std::is_same<{was}, {other}> {{}};",
                  f"template <int n, class A, class B> constexpr auto {name}(const A& a, const B& b) {{",
                  f"    if constexpr (has_{name}<A, B>::value) {{ if (ON(n)) return a {becomes} b; }}",
                  f"    return a {operator} b; }}"]
    return "\n".join([*lines, "}", ""])


def put(path, content):
    """Untouched where it says the same, so that nothing is compiled again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)


def write(headers, to):
    """Writes the headers below `to`, and gives their mutants."""
    writer = Writer(headers)
    files = sorted(headers.rglob("*.hpp"))
    everything = "".join(f'#include "{file}"\n' for file in files)
    unit = Index.create().parse("all.cpp", ["-std=c++17", f"-I{headers}"], unsaved_files=[("all.cpp", everything)])
    for function in functions(unit.cursor, headers):
        for part in function.get_children():
            if part.kind == Kind.COMPOUND_STMT:
                walk(writer, part, function.result_type.kind == TypeKind.BOOL)
    for file in files:
        text = writer.written(str(file)).replace(b"#pragma once", b'#pragma once\n#include <' + HELPER.encode() + b">", 1)
        put(to / file.relative_to(headers), text)
    put(to / HELPER, helper().encode())
    return writer.mutants
