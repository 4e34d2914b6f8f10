// <crm-dropzone data-most>: files dropped on it, or chosen in its field, are sent at once with the form in it, unless one
// has more than `data-most` bytes or is a folder. htmx tells how far the sending has come. Without JavaScript the form
// has its button.
class CrmDropzone extends HTMLElement {
  connectedCallback() {
    this.addEventListener("dragover", (event) => this.dragged(event));
    this.addEventListener("dragleave", (event) => { if (!this.contains(event.relatedTarget)) this.removeAttribute("data-over"); });
    this.addEventListener("drop", (event) => this.dropped(event));
    this.addEventListener("change", (event) => { if (event.target.type === "file") this.send(event.target); });
    this.addEventListener("htmx:xhr:progress", (event) => this.progressed(event.detail));
    this.addEventListener("htmx:afterRequest", () => this.toggleAttribute("data-sending", false));
  }

  get field() {
    return this.querySelector("input[type=file]");
  }

  dragged(event) {
    if (!this.field || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    this.setAttribute("data-over", "");
  }

  dropped(event) {
    if (!this.field || !event.dataTransfer.files.length) return;
    event.preventDefault();
    this.removeAttribute("data-over");
    const hasFolder = [...event.dataTransfer.items].some((item) => item.webkitGetAsEntry?.()?.isDirectory);
    this.say("[data-folder]", hasFolder);
    if (hasFolder) return;
    this.field.files = event.dataTransfer.files;
    this.send(this.field);
  }

  send(field) {
    const tooLarge = [...field.files].some((file) => file.size > Number(this.dataset.most));
    this.say("[data-too-large]", tooLarge);
    if (tooLarge) field.value = "";
    if (tooLarge || !field.files.length || this.hasAttribute("data-sending")) return;
    this.setAttribute("data-sending", "");
    field.form.requestSubmit();
  }

  say(message, isSo) {
    this.querySelector(message).hidden = !isSo;
  }

  progressed({ loaded, total, lengthComputable }) {
    const bar = this.querySelector("progress");
    if (!bar || !lengthComputable) return;
    bar.hidden = false;
    bar.value = (100 * loaded) / total;
  }
}

customElements.define("crm-dropzone", CrmDropzone);
