// <crm-mentions> round a rich or a plain text field: after an "@" the letters before the caret are asked for, and of the
// people that come back one is chosen by arrow keys and Enter, or by a click. The server wrote what is put in. A list that
// answers older letters is not chosen from: Enter waits for the one that is on its way.
const MENTIONING = /(?:^|[\s(])@([\p{L}\p{N}._@-]{0,40})$/u;

class CrmMentions extends HTMLElement {
  connectedCallback() {
    if (this.field) return;
    this.field = this.querySelector("[contenteditable]") ?? this.querySelector("textarea");
    this.query = this.querySelector("[data-mention-query]");
    this.field.setAttribute("aria-controls", this.list().id);
    this.field.addEventListener("input", () => this.ask());
    this.addEventListener("keydown", (event) => this.pressed(event), true);
    this.addEventListener("htmx:afterSettle", () => this.answered());
    this.addEventListener("htmx:afterRequest", (event) => { if (!event.detail.successful) this.waiting = this.wanted = false; });
    this.addEventListener("pointerdown", (event) => { if (event.target.closest("[role=option]")) event.preventDefault(); });
    this.addEventListener("click", (event) => this.put(event.target.closest("[role=option]")));
    this.field.addEventListener("blur", () => this.toggle(false));
  }

  list() {
    return this.querySelector("[role=listbox]");
  }

  options() {
    return [...this.querySelectorAll("[role=option]")];
  }

  // Where the letters before the caret stand: their node (none in a plain field), and the text up to the caret.
  before() {
    if (this.field.matches("textarea")) return { node: null, text: this.field.value.slice(0, this.field.selectionStart) };
    const { anchorNode: node, anchorOffset, isCollapsed } = getSelection();
    const isText = isCollapsed && node?.nodeType === Node.TEXT_NODE && this.field.contains(node);
    return isText ? { node, text: node.data.slice(0, anchorOffset) } : { node, text: "" };
  }

  typed() {
    return this.before().text.match(MENTIONING)?.[1] ?? null;
  }

  ask() {
    const typed = this.typed();
    this.wanted = false;
    if (typed === null) return this.toggle(false);
    this.query.value = typed;
    this.query.dispatchEvent(new Event("ask"));
    // After it: asking takes back the question before, which counts as one that failed.
    this.waiting = true;
  }

  answered() {
    this.waiting = false;
    this.toggle(document.activeElement === this.field && this.typed() !== null);
    if (this.wanted && this.options().length) this.put(this.options()[0]);
    else if (this.wanted) this.breakLine();
    this.wanted = false;
  }

  // Enter waited for nobody: it is the new line that it would have been.
  breakLine() {
    if (this.field.matches("textarea")) this.field.setRangeText("\n", this.field.selectionStart, this.field.selectionEnd, "end");
    else document.execCommand("insertParagraph");
  }

  toggle(open) {
    const options = open ? this.options() : [];
    this.toggleAttribute("data-open", options.length > 0);
    this.choose(options, 0);
  }

  choose(options, index) {
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    options[index]?.scrollIntoView({ block: "nearest" });
    if (options[index]) this.field.setAttribute("aria-activedescendant", options[index].id);
    else this.field.removeAttribute("aria-activedescendant");
  }

  pressed(event) {
    if (event.isComposing) return;
    if (this.waiting && event.key === "Enter" && !event.ctrlKey && !event.metaKey && this.typed()) return this.wait(event);
    if (!this.hasAttribute("data-open")) return;
    // The caret has left the letters: there is nothing to choose for.
    if (this.typed() === null && event.key !== "Escape") return this.toggle(false);
    const options = this.options();
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.choose(options, (at + step + options.length) % options.length);
    else if (event.key === "Escape") this.toggle(false);
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) this.put(options[at]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  wait(event) {
    this.wanted = true;
    event.preventDefault();
    event.stopPropagation();
  }

  put(option) {
    const typed = this.typed();
    if (!option || typed === null) return;
    const { node, text } = this.before();
    const start = text.length - typed.length - 1;
    if (node) this.putNode(node, start, text.length, option.querySelector("data").cloneNode(true));
    else this.field.setRangeText(`${option.dataset.text} `, start, text.length, "end");
    this.toggle(false);
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // A space that does not break follows, so that what is typed next stands outside of the mention.
  putNode(node, start, end, mention) {
    const range = document.createRange();
    range.setStart(node, start);
    range.setEnd(node, end);
    range.deleteContents();
    const space = document.createTextNode("\u00a0");
    range.insertNode(space);
    range.insertNode(mention);
    getSelection().collapse(space, 1);
  }
}

customElements.define("crm-mentions", CrmMentions);
