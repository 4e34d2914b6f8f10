// <crm-tokens> round the editor of a template and its list of tokens: a token that is clicked is put where the caret stands,
// in the text or in the line above it that was written in last.
class CrmTokens extends HTMLElement {
  connectedCallback() {
    document.addEventListener("selectionchange", this.remember ??= () => this.note(getSelection()));
    if (this.form) return;
    this.form = this.closest("form");
    this.form.addEventListener("focusin", (event) => { if (event.target.matches("[name=subject], [contenteditable]")) this.field = event.target; });
    this.addEventListener("pointerdown", (event) => { if (event.target.closest("[data-token]")) event.preventDefault(); });
    this.addEventListener("click", (event) => this.put(event.target.closest("[data-token]")?.dataset.token));
  }

  disconnectedCallback() {
    document.removeEventListener("selectionchange", this.remember);
  }

  // A click elsewhere takes the caret away from the text; it comes back to where it was.
  note(selection) {
    const box = this.querySelector("[contenteditable]");
    if (selection.rangeCount && box?.contains(selection.anchorNode)) this.caret = selection.getRangeAt(0).cloneRange();
  }

  put(token) {
    if (!token) return;
    const field = this.field?.isConnected ? this.field : this.querySelector("[contenteditable]");
    const { caret } = this;
    field.focus();
    if (caret && field.isContentEditable) getSelection().setBaseAndExtent(caret.startContainer, caret.startOffset, caret.endContainer, caret.endOffset);
    document.execCommand("insertText", false, token);
  }
}

customElements.define("crm-tokens", CrmTokens);
