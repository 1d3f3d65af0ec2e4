"""Dockerfiles as people write them: continued lines, here-documents, stages and ARGs."""

import pytest

from mlscaffold.check.targets.dockerfile import Dockerfile


def read(text: str | bytes) -> Dockerfile:
    return Dockerfile("Dockerfile", text if isinstance(text, bytes) else text.encode())


def told(text: str | bytes) -> list[tuple[int, int, str, str]]:
    return [tuple(one) for one in read(text).instructions]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("from python\n", [(1, 1, "FROM", "python")], id="words are capitals"),
        pytest.param("\n# note\n  RUN a  \n", [(3, 3, "RUN", "a")], id="comments and blank lines are nothing"),
        pytest.param("FROM\tpython:3\n", [(1, 1, "FROM", "python:3")], id="a tab parts the word too"),
        pytest.param("RUN a \\\n  && b\nUSER 1\n", [(1, 2, "RUN", "a && b"), (3, 3, "USER", "1")], id="continued"),
        pytest.param("RUN a \\\n  # why\n  b\n", [(1, 3, "RUN", "a b")], id="a comment between"),
        pytest.param(
            "RUN a \\\n\n  b\nUSER 1\n", [(1, 3, "RUN", "a b"), (4, 4, "USER", "1")], id="a blank line between"
        ),
        pytest.param("RUN a \\\n", [(1, 2, "RUN", "a")], id="continued into nothing"),
        pytest.param("RUN a \\", [(1, 1, "RUN", "a")], id="continued at the end of the file"),
        pytest.param("RUN a \\\r\n  b\r\nUSER 1\r\n", [(1, 2, "RUN", "a b"), (3, 3, "USER", "1")], id="Windows"),
        pytest.param("RUN echo a\x0cb\nUSER 1\n", [(1, 1, "RUN", "echo a\x0cb"), (2, 2, "USER", "1")], id="form feed"),
        pytest.param(
            " # escape=` \nCOPY a C:\\\nRUN b `\n c\n", [(2, 2, "COPY", "a C:\\"), (3, 4, "RUN", "b c")], id="escape"
        ),
        pytest.param(
            " # syntax=docker/dockerfile:1 \n# escape=`\nRUN b `\n c\n", [(3, 4, "RUN", "b c")], id="second directive"
        ),
        pytest.param(
            "# note\n# escape=`\nRUN b `\nUSER c\n",
            [(3, 3, "RUN", "b `"), (4, 4, "USER", "c")],
            id="no directive below a comment",
        ),
        pytest.param(
            "RUN <<EOF\npip install x\n  y\nEOF\nUSER 1\n",
            [(1, 4, "RUN", "<<EOF\npip install x\ny"), (5, 5, "USER", "1")],
            id="here-document",
        ),
        pytest.param("add <<A /a\nRUN b\nA\n", [(1, 3, "ADD", "<<A /a\nRUN b")], id="here-document of ADD, in small"),
        pytest.param(
            "RUN <<-'EOF' sh\n\ta\n\tEOF\nUSER 1\n",
            [(1, 3, "RUN", "<<-'EOF' sh\na"), (4, 4, "USER", "1")],
            id="here-document with tabs",
        ),
        pytest.param(
            "COPY <<one <<two /x/\n1\none\n2\ntwo\nUSER 1\n",
            [(1, 5, "COPY", "<<one <<two /x/\n1\n2"), (6, 6, "USER", "1")],
            id="two here-documents",
        ),
        pytest.param(
            "RUN <<EOF\n EOF\nx\nEOF\n", [(1, 4, "RUN", "<<EOF\nEOF\nx")], id="only a line of its own ends it"
        ),
        pytest.param(
            "RUN echo $((1 << 3))\nUSER 1\n",
            [(1, 1, "RUN", "echo $((1 << 3))"), (2, 2, "USER", "1")],
            id="a shift is no here-document",
        ),
        pytest.param(
            "RUN cat <<<word\nUSER 1\n", [(1, 1, "RUN", "cat <<<word"), (2, 2, "USER", "1")], id="a here-string is none"
        ),
        pytest.param(
            "RUN cat <<EOF\nUSER 1\n",
            [(1, 1, "RUN", "cat <<EOF"), (2, 2, "USER", "1")],
            id="one without an end is none",
        ),
        pytest.param("{% if gpu %}\nFROM a\n", [(2, 2, "FROM", "a")], id="lines of a template are nothing"),
        pytest.param(b"\xef\xbb\xbfFROM a\n\xff\n", [(1, 1, "FROM", "a")], id="a mark before, and no UTF-8 after"),
        pytest.param("", [], id="empty"),
    ],
)
def test_instructions_are_read_as_the_builder_reads_them(
    text: str | bytes, expected: list[tuple[int, int, str, str]]
) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("FROM a\n", [("", "a", "a")], id="one"),
        pytest.param("FROM a AS Build\nFROM build\n", [("build", "a", "a"), ("", "build", "build")], id="named"),
        pytest.param("FROM --platform=$P a as b\n", [("b", "a", "a")], id="with a flag"),
        pytest.param("ARG V=3\nFROM a:${V}\n", [("", "a:3", "a:${V}")], id="an ARG with a default"),
        pytest.param("ARG V\nFROM a:$V\n", [("", "a:$V", "a:$V")], id="an ARG without one"),
        pytest.param("FROM a:${V:-3}\n", [("", "a:3", "a:${V:-3}")], id="a default in place"),
        pytest.param(
            "ARG V=2\nFROM a:${V:-3}\n", [("", "a:2", "a:${V:-3}")], id="a default in place that is not needed"
        ),
        pytest.param("ARG G=1\nFROM a${G:+-gpu}\n", [("", "a-gpu", "a${G:+-gpu}")], id="a word where it is set"),
        pytest.param("FROM a${G:+-gpu}\n", [("", "a", "a${G:+-gpu}")], id="no word where it is not"),
        pytest.param('ARG A=1 B="x:$A"\nFROM $B\n', [("", "x:1", "$B")], id="two in one line, one made of the other"),
        pytest.param("FROM a\nARG V=3\nFROM b:$V\n", [("", "a", "a"), ("", "b:$V", "b:$V")], id="an ARG of a stage"),
        pytest.param("FROM\n", [("", "", "")], id="of nothing"),
        pytest.param("RUN a\n", [], id="none"),
    ],
)
def test_stages_know_what_they_start_from(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(one.name, one.base, one.written) for one in read(text).stages()] == expected


def test_a_stage_holds_the_instructions_below_its_from() -> None:
    stages = read("ARG X=1\nFROM a AS one\nRUN x\nFROM b\nRUN y\nUSER 1\n").stages()
    assert [[item.word for item in stage.body] for stage in stages] == [["RUN"], ["RUN", "USER"]]
    assert [stage.opening.line for stage in stages] == [2, 4]


def test_a_finding_spans_the_whole_instruction() -> None:
    dockerfile = read("FROM a\nRUN x \\\n  y\n")
    [run] = dockerfile.all("RUN")
    found = dockerfile.at(run, "is wrong")
    assert (found.path, found.line, found.end_line, found.message) == ("Dockerfile", 2, 3, "is wrong")
