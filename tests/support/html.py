"""Reading answers as a person does: elements by tag, class and attribute, and the text they show."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "use", "wbr"})


@dataclass
class Element:
    """One element with everything in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    @property
    def text(self) -> str:
        """All text in it, with single spaces."""
        return " ".join(" ".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._texts()

    def walk(self) -> Iterator["Element"]:
        """The element and all elements in it, in the order of the page."""
        waiting = [self]
        while waiting:
            one = waiting.pop()
            yield one
            waiting.extend(child for child in reversed(one.children) if isinstance(child, Element))

    def all(self, tag: str = "", css: str = "", **wanted: str) -> list["Element"]:
        """The elements in it with this tag, class (`css`) and attributes; `data_kind` stands for `data-kind`."""
        attributes = {name.rstrip("_").replace("_", "-"): value for name, value in wanted.items()}
        return [
            one
            for one in self.walk()
            if (not tag or one.tag == tag)
            and (not css or css in one.attributes.get("class", "").split())
            and all(one.attributes.get(name) == value for name, value in attributes.items())
        ]

    def one(self, tag: str = "", css: str = "", **wanted: str) -> "Element":
        """The only such element."""
        found = self.all(tag, css, **wanted)
        assert len(found) == 1, f"{len(found)} of {tag} .{css} {wanted} in {self.text[:300]}"
        return found[0]

    def links(self) -> list[str]:
        """Where its links lead, in order."""
        return [one["href"] for one in self.all("a") if "href" in one]

    def fields(self) -> dict[str, str]:
        """What a form in it would send if nobody touched it; of fields with one name the last.

        The form token is left out: the browser that sends the form has its own.
        """
        sent = {}
        for one in self.walk():
            name = one.attributes.get("name", "")
            is_off = one.attributes.get("type") in ("checkbox", "radio") and "checked" not in one
            if name in ("", "csrf_token") or "disabled" in one or is_off or one.tag == "button":
                continue
            if one.tag == "textarea":
                sent[name] = "".join(one._texts()).removeprefix("\n")
            elif one.tag == "select":
                options = one.all("option")
                chosen = [option for option in options if "selected" in option] or options[:1]
                sent[name] = chosen[0].attributes.get("value", "") if chosen else ""
            elif one.tag == "input":
                sent[name] = one.attributes.get("value", "")
        return sent


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place].tag == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def read(text: str) -> Element:
    """The elements of a page or fragment."""
    reader = _Reader()
    reader.feed(text)
    return reader.root
