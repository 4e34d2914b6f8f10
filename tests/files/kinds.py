"""Three hundred kinds of file as people, programs and attackers send them: a name, bytes and a claimed type each."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

HTML = b"<!doctype html><html><body onload=alert(1)><script>alert(document.domain)</script></body></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
JS = b"alert(document.domain);\n"
PHP = b"<?php system($_GET['c']); ?>"
GIF = b"GIF89a" + struct.pack("<HH", 8, 8) + b"\x00\x00\x00"
PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 8, 8) + b"\x08\x02\x00\x00\x00"
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08" + struct.pack(">HH", 8, 8) + b"\x01\x11\x00"
WEBP = b"RIFF\x40\x00\x00\x00WEBPVP8L" + struct.pack("<I", 5) + b"\x2f\x07\xc0\x01\x00"
PDF = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n"
ZIP = b"PK\x03\x04\x14\x00\x00\x00\x00\x00" + bytes(20)
EXE, ELF, CLASS = b"MZ\x90\x00" + bytes(60), b"\x7fELF\x02\x01\x01" + bytes(57), b"\xca\xfe\xba\xbe\x00\x00\x00\x34"
LAUGHS = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;&c;&c;&c;</a>'
XXE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>'


class Kind(NamedTuple):
    """One file that is sent."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"


SCRIPTS = {
    HTML: "html htm xhtml shtml mht mhtml hta xht html5 page.aspx asp jsp cfm phtml",
    SVG: "svg svgz xml xsl xslt rss atom mathml xspf",
    JS: "js mjs cjs jsx ts vbs wsf wsh jse json map appcache webmanifest",
    PHP: "php php3 php5 php7 phps phar inc module",
    b"#!/bin/sh\nrm -rf /\n": "sh bash zsh command run cgi pl py rb lua fish ksh",
    b"@echo off\r\ndel /q *\r\n": "bat cmd ps1 psm1 reg inf scf lnk url desktop",
    EXE: "exe dll scr com msi cpl sys ocx drv pif",
    ELF: "so bin o elf ko out appimage",
    CLASS: "class dex pyc wasm swf",
    ZIP: "zip jar war apk docx docm xlsx xlsm pptm odt epub xpi crx ipa nupkg",
    PDF: "pdf ai eps fdf xfdf",
    b"AddType application/x-httpd-php .png\n": "htaccess htpasswd config user.ini npmrc",
    b"body{background:url(//evil.example)}": "css scss less",
}
POLYGLOTS = {
    "gif-js.gif": GIF + b"=1;" + JS,
    "gif-js.js": GIF + b"=1;" + JS,
    "gif-html.html": GIF + HTML,
    "gif-php.php.gif": GIF + PHP,
    "gifar.gif": GIF + ZIP,
    "png-html.png": PNG + HTML,
    "png-php.php": PNG + PHP,
    "png-js.mjs": PNG + b"/*" + JS,
    "jpeg-html.jpg": JPEG + HTML,
    "jpeg-js.js": JPEG[:3] + b"\xe0\x2f\x2a" + bytes(12_000) + b"*/=1;" + JS,
    "jpeg-zip.jpeg": JPEG + ZIP,
    "webp-html.webp": WEBP + HTML,
    "webp-svg.svg": WEBP + SVG,
    "pdf-html.pdf": PDF + HTML,
    "html-pdf.html": HTML + PDF,
    "pdf-zip.pdf": PDF + ZIP,
    "pdf-js.js": b"/*" + PDF + b"*/" + JS,
    "bmp-js.bmp": b"BM/*" + bytes(50) + b"*/=1;" + JS,
    "ico-html.ico": b"\x00\x00\x01\x00" + HTML,
    "tiff-html.tif": b"II*\x00" + HTML,
    "mp3-html.mp3": b"ID3\x04" + HTML,
    "wav-html.wav": b"RIFF\x00\x00\x00\x00WAVE" + HTML,
    "exe-html.exe": b"MZ" + HTML,
    "utf7.txt": b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "utf16.txt": HTML.decode().encode("utf-16"),
    "utf32.html": HTML.decode().encode("utf-32"),
    "bom.txt": b"\xef\xbb\xbf" + HTML,
    "nul.txt": b"\x00" + HTML,
    "spaces.txt": b" " * 1_000 + HTML,
    "laughs.xml": LAUGHS,
    "laughs.svg": LAUGHS,
    "xxe.svg": XXE,
    "xxe.png": XXE,
    "wide.png": PNG.replace(struct.pack(">II", 8, 8), struct.pack(">II", 65_535, 65_535)),
    "wide.gif": GIF.replace(struct.pack("<HH", 8, 8), struct.pack("<HH", 65_535, 65_535)),
    "cut.png": PNG[:17],
    "cut.jpg": b"\xff\xd8\xff",
    "cut.gif": b"GIF89a",
    "cut.webp": WEBP[:15],
    "zeros": bytes(100_000),
    "one-byte": b"<",
    "lines.txt": b"\n" * 100_000,
    "eml.eml": b"Content-Type: text/html\r\n\r\n" + HTML,
    "calendar.ics": b"BEGIN:VCALENDAR\r\nATTACH:javascript:alert(1)\r\n",
    "card.vcf": b"BEGIN:VCARD\r\nURL:javascript:alert(1)\r\n",
    "formula.csv": b"=cmd|' /C calc'!A0,1\r\n",
}
PLAIN_NAMES = (
    "../../../etc/passwd",
    "..\\..\\windows\\system32\\drivers\\etc\\hosts",
    "/etc/shadow",
    "C:\\autoexec.bat",
    "\\\\server\\share\\a.txt",
    "....//....//a.txt",
    "%2e%2e%2fetc%2fpasswd",
    "..%c0%af..%c0%afa.txt",
    "a/b/c/",
    ".",
    "..",
    "...",
    ". .",
    " ",
    "\t",
    "a.txt.",
    "a.txt...",
    "a.txt ",
    " a.txt",
    "a .txt",
    ".htaccess",
    ".bashrc",
    "~",
    "~root",
    "$HOME",
    "`id`.txt",
    "$(id).txt",
    "|ls",
    "-rf",
    "--help",
    "a;b.txt",
    "a&b.txt",
    "a\"b.txt",
    "a'b.txt",
    "<img src=x onerror=alert(1)>.png",
    "<script>alert(1)</script>.txt",
    "{{ 7 * 7 }}.txt",
    "{% raw %}.txt",
    "%(name)s.txt",
    "%s%n.txt",
    "'; drop table attachment; --",
    "javascript:alert(1)",
    "data:text/html,x",
    "a\x00b.txt",
    "a.php\x00.png",
    "a\x01\x02\x1f\x7f.txt",
    "a\x1b[31mred.txt",
    "a\r\nX-Evil: 1.txt",
    "a\nb.txt",
    "gpj.\u202eexe",
    "\u202e\u202d\u2066\u2069.txt",
    "zero\u200bwidth.txt",
    "\ufeffbom.txt",
    "line\u2028separator.txt",
    "e\u0301.txt",
    "\u0301" * 300,
    "\U0001f469\u200d\U0001f4bb.txt",
    "客服案件.txt",
    "łódź.txt",
    "\uff0e\uff0e\uff0fa.txt",
    "\ufdfa" * 100,
    "\U000e0041.txt",
    "x" * 300,
    "x" * 300 + ".txt",
    "x" * 140 + "." + "y" * 140,
    "." + "x" * 300,
    "a." * 150,
    "CON",
    "con.txt",
    "PRN.pdf",
    "AUX",
    "NUL",
    "nul.tar.gz",
    "CLOCK$",
    *(f"{port}{number}.txt" for port in ("COM", "LPT") for number in range(1, 10)),
    "a:b.txt",
    "a.txt:stream",
    "a.txt::$DATA",
    "desktop.ini",
    "Thumbs.db",
    ".DS_Store",
    "index.html",
    "web.config",
    "robots.txt",
    "crossdomain.xml",
    "favicon.ico",
    "kartotek.sqlite",
    ".incoming-x",
    "a" * 64,
)
WRONG = {"html": HTML, "svg": SVG, "js": JS, "php": PHP, "exe": EXE, "elf": ELF, "zip": ZIP, "pdf": PDF, "gif": GIF}
HARMLESS = ("png", "jpg", "gif", "webp", "txt")
CLAIMED = (
    "text/html",
    "text/html; charset=utf-7",
    "image/svg+xml",
    "application/xhtml+xml",
    "text/xml",
    "application/javascript",
    "text/css",
    "application/x-msdownload",
    "message/rfc822",
    "multipart/mixed",
    "application/pdf",
    "image/png",
    "image/x-icon",
    "text/cache-manifest",
    "x",
    "TEXT/HTML",
    "text/html\tx",
    "a/" + "b" * 500,
)


def kinds() -> Iterator[Kind]:
    """Every kind that is stored; the bytes of each are its own, so that none hides behind another."""
    for number, kind in enumerate(_kinds()):
        yield kind._replace(content=kind.content + b" %d" % number)


def _kinds() -> Iterator[Kind]:
    for content, endings in SCRIPTS.items():
        yield from (Kind(f"file.{ending}", content) for ending in endings.split())
    yield from (Kind(name, content) for name, content in POLYGLOTS.items())
    yield from (Kind(name, b"quite harmless") for name in PLAIN_NAMES)
    for name, content in WRONG.items():
        yield from (Kind(f"{name}.{ending}", content, f"image/{ending}") for ending in HARMLESS)
        yield from (Kind(f"{name}.{ending}.{name}", content) for ending in HARMLESS[:2])
    yield from (Kind("claimed.bin", HTML, media_type) for media_type in CLAIMED)
