// <crm-editor>: formatting for a rich text field. The server renders the sanitised text into a contenteditable box;
// this only copies what the reader types back into the <textarea> that is submitted.
class CrmEditor extends HTMLElement {
  // A box that is only moved to another place of the page is set up already.
  connectedCallback() {
    document.addEventListener("selectionchange", this.mark ??= () => this.markPressed());
    if (this.box) return;
    this.field = this.querySelector("textarea");
    this.box = this.querySelector("[contenteditable]");
    this.bar = this.querySelector("[role=toolbar]");
    for (const part of [this.box, this.bar]) part.hidden = false;
    this.field.hidden = true;
    this.watched = this.closest("crm-dock, form");
    this.box.addEventListener("input", () => this.copy());
    this.box.addEventListener("paste", (event) => this.paste(event));
    this.box.addEventListener("keydown", (event) => this.pressed(event));
    this.bar.addEventListener("pointerdown", (event) => event.preventDefault());
    this.bar.addEventListener("click", (event) => this.format(event.target.closest("[data-command]")));
    if (this.box.hasAttribute("autofocus")) this.box.focus();
  }

  disconnectedCallback() {
    document.removeEventListener("selectionchange", this.mark);
  }

  // Text without any tag is put into a paragraph, so that the server reads its "&amp;" as HTML and not as typed.
  copy() {
    const written = this.box.textContent.trim() || this.box.querySelector("hr, table");
    const html = this.box.childElementCount ? this.box.innerHTML : `<p>${this.box.innerHTML}</p>`;
    this.field.value = written ? html : "";
  }

  paste(event) {
    event.preventDefault();
    document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
  }

  format(button) {
    if (!button) return;
    this.box.focus();
    document.execCommand(button.dataset.command, false, button.dataset.value || null);
    this.copy();
    this.markPressed();
  }

  markPressed() {
    if (!this.contains(document.activeElement)) return;
    for (const button of this.bar.querySelectorAll("[aria-pressed]")) {
      button.setAttribute("aria-pressed", String(document.queryCommandState(button.dataset.command)));
    }
  }

  // The toolbar is one stop of the Tab key; Alt+F10 reaches it from the text, arrow keys walk along it.
  pressed(event) {
    if (event.altKey && event.key === "F10") {
      event.preventDefault();
      this.bar.querySelector("button").focus();
    }
  }
}

customElements.define("crm-editor", CrmEditor);
