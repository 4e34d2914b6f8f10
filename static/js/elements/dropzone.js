// <crm-dropzone data-most>: files dropped on it, or chosen in its field, are sent at once, unless one has more than
// `data-most` bytes or is a folder: by the field itself where it says how, else with the form. htmx tells how far the
// sending has come. Without JavaScript the form has its button.
class CrmDropzone extends HTMLElement {
  connectedCallback() {
    this.addEventListener("dragover", (event) => this.dragged(event));
    this.addEventListener("dragleave", (event) => { if (!this.contains(event.relatedTarget)) this.removeAttribute("data-over"); });
    this.addEventListener("drop", (event) => this.dropped(event));
    this.addEventListener("change", (event) => { if (event.target.type === "file") this.send(event.target); });
    this.addEventListener("htmx:xhr:progress", (event) => this.progressed(event.detail));
    this.addEventListener("htmx:beforeRequest", ({ detail }) => this.began(detail.elt));
    this.addEventListener("htmx:afterRequest", ({ detail }) => { if (detail.elt === this.sender) this.removeAttribute("data-sending"); });
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
    if (field.hasAttribute("hx-post")) field.dispatchEvent(new Event("chosen"));
    else field.form.requestSubmit();
  }

  began(sender) {
    if (sender === this.field || sender === this.field?.form) this.sender = sender;
  }

  say(message, isSo) {
    this.querySelector(message).hidden = !isSo;
  }

  progressed({ elt, loaded, total, lengthComputable }) {
    if (elt !== this.sender || !this.field?.files.length) return;
    const bar = this.querySelector("progress");
    if (!bar || !lengthComputable) return;
    bar.hidden = false;
    bar.value = (100 * loaded) / total;
  }
}

customElements.define("crm-dropzone", CrmDropzone);
