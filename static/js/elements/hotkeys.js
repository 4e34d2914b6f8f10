// <crm-hotkeys>: presses what carries `data-hotkey`, one key ("/") or two in a row ("g c").
// A field gets the focus, a menu opens, a link or button is clicked. Silent while somebody types.
class CrmHotkeys extends HTMLElement {
  connectedCallback() {
    this.pending = "";
    this.listener = (event) => this.pressed(event);
    document.addEventListener("keydown", this.listener);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.listener);
    clearTimeout(this.timer);
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable=true], dialog[open]")) return;
    const keys = this.pending ? `${this.pending} ${event.key}` : event.key;
    const target = this.find(keys) || this.find(event.key);
    if (target) {
      event.preventDefault();
      this.wait("");
      this.press(target);
    } else {
      this.wait(this.startsSequence(event.key) ? event.key : "");
    }
  }

  find(keys) {
    return [...document.querySelectorAll(`[data-hotkey="${CSS.escape(keys)}"]`)].find((one) => one.offsetParent);
  }

  startsSequence(key) {
    return key.length === 1 && document.querySelector(`[data-hotkey^="${CSS.escape(key)} "]`) !== null;
  }

  wait(keys) {
    this.pending = keys;
    clearTimeout(this.timer);
    if (keys) this.timer = setTimeout(() => { this.pending = ""; }, 1200);
  }

  press(target) {
    if (target.tabIndex >= 0) target.focus();
    if (target.matches("input, textarea")) target.select();
    else target.click();
  }
}

customElements.define("crm-hotkeys", CrmHotkeys);
