// Puts what is new of a freshly asked page into the page that is open, and nothing else: each element with a
// `data-part` whose HTML changed, the children of a `data-parts` container as they come, go and change places, and
// <main> where anything changed outside of those. What somebody typed, chose, opened or focused stays theirs. It
// compares only what the server sent with what it sends now, never what scripts or people made of it.

const BUSY_MS = 8000; // a list just opened, or a word half written, is left alone for this long at most
const CONTROLS = "input, select, textarea, button";
const LEADS_ON = "a[href], summary, [tabindex]";
const served = new Map(); // what the server sent of each part, by its key
let busyAt = null;
let busySince = 0;

function busyWith(place) {
  busyAt = place;
  busySince = performance.now();
}

document.addEventListener("compositionstart", (event) => busyWith(event.target));
document.addEventListener("compositionend", () => busyWith(null));
document.addEventListener("pointerdown", (event) => {
  if (event.target instanceof HTMLSelectElement) busyWith(event.target);
});
document.addEventListener("change", () => busyWith(null));

function isBusy(part) {
  return busyAt !== null && part.contains(busyAt) && performance.now() - busySince < BUSY_MS;
}

// ------------------------------------------------------------------ what the server sent

// The outer come before the inner.
function partsOf(root) {
  return root.querySelectorAll("main, [data-part]");
}

function keyOf(part) {
  return part.dataset.part ?? part.localName;
}

function partOf(root, key) {
  return [...partsOf(root)].find((part) => keyOf(part) === key);
}

// Parts within a part speak for themselves: they are named here only, those of a container not even that.
// What counts down is not a change.
function saidOf(part) {
  const copy = part.cloneNode(true);
  for (const inner of copy.querySelectorAll("[data-part]")) {
    if (copy.contains(inner)) inner.replaceWith(document.createComment(inner.dataset.part));
  }
  const boxes = [...copy.querySelectorAll("[data-parts]"), ...(copy.matches("[data-parts]") ? [copy] : [])];
  for (const box of boxes) box.textContent = "";
  for (const count of copy.querySelectorAll(".countdown[data-until]")) {
    count.textContent = "";
    count.classList.remove("over");
  }
  return copy.outerHTML;
}

// To be called once, before anything changes the page.
export function remember() {
  for (const part of partsOf(document)) served.set(keyOf(part), saidOf(part));
}

// ------------------------------------------------------------------ what is somebody's own

function nameOf(control) {
  const own = control.matches("button, [type=radio], [type=checkbox]") ? control.value : "";
  const form = control.form?.getAttribute("action");
  return JSON.stringify([control.id, form, control.name, own, control.getAttribute("formaction")]);
}

function controlCalled(name, root) {
  return [...root.querySelectorAll(CONTROLS)].find((control) => nameOf(control) === name);
}

function keepWritten(old, heir) {
  for (const control of old.querySelectorAll("input, select, textarea")) {
    const next = controlCalled(nameOf(control), heir);
    if (!next || control.type === "file" || control.type === "hidden") continue;
    if (control.matches("[type=radio], [type=checkbox]")) {
      if (control.checked !== control.defaultChecked) next.checked = control.checked;
    } else if (control instanceof HTMLSelectElement) {
      const options = [...control.options];
      const sent = options.find((option) => option.defaultSelected) ?? options[0];
      const stands = [...next.options].some((option) => option.value === control.value);
      if (stands && control.value !== sent?.value) next.value = control.value;
    } else if (control.value !== control.defaultValue) next.value = control.value;
  }
}

function keepOpened(old, heir) {
  const next = [...heir.querySelectorAll("details")];
  [...old.querySelectorAll("details")].forEach((each, index) => {
    const own = each.id ? next.find((one) => one.id === each.id) : next[index];
    if (own) own.open = each.open;
  });
}

// How to find what has the focus again; null where it lies elsewhere.
function focusWithin(old) {
  const at = document.activeElement;
  if (!at || at === document.body || !old.contains(at)) return null;
  return {
    name: at.matches(CONTROLS) ? nameOf(at) : null,
    href: at.getAttribute("href"),
    place: [...old.querySelectorAll(LEADS_ON)].indexOf(at),
    itself: at === old,
    marked: at.matches("input, textarea") ? [at.selectionStart, at.selectionEnd] : [null],
  };
}

function focusAgain(heir, { name, href, place, itself, marked }) {
  const links = [...heir.querySelectorAll(LEADS_ON)];
  const same = links.find((link) => href && link.getAttribute("href") === href) ?? links[place];
  const at = itself ? heir : name ? controlCalled(name, heir) : same;
  at?.focus({ preventScroll: true });
  if (at && marked[0] !== null) at.setSelectionRange(...marked);
}

// ------------------------------------------------------------------ the swap

function replace(old, part) {
  const heir = document.importNode(part, true);
  const focus = focusWithin(old);
  keepWritten(old, heir);
  keepOpened(old, heir);
  old.replaceWith(heir);
  if (focus) focusAgain(heir, focus);
}

function arrange(box, fresh) {
  const wanted = [...fresh.children];
  const keys = new Set(wanted.map(keyOf));
  for (const child of [...box.children]) if (!keys.has(keyOf(child))) child.remove();
  const here = new Map([...box.children].map((child) => [keyOf(child), child]));
  let before = null;
  for (const child of wanted) {
    const own = here.get(keyOf(child)) ?? document.importNode(child, true);
    const next = before ? before.nextElementSibling : box.firstElementChild;
    if (own !== next) box.insertBefore(own, next);
    before = own;
  }
}

// The first part in sight and how far down it stands: what somebody reads does not run away.
function inSight() {
  if (scrollY <= 0) return null;
  for (const part of document.querySelectorAll("main [data-part]")) {
    const { top, bottom } = part.getBoundingClientRect();
    if (bottom > 0 && top >= 0 && top < innerHeight) return { key: keyOf(part), top };
  }
  return null;
}

// Makes the open page say what the fresh one says. False if something waits because somebody is busy with it.
export function swap(fresh) {
  const reading = inSight();
  let whole = true;
  const parts = [...partsOf(fresh)];
  for (const part of parts) {
    const key = keyOf(part);
    const said = saidOf(part);
    if (served.get(key) === said) continue;
    const old = partOf(document, key);
    if (old && isBusy(old)) {
      whole = false;
      continue;
    }
    if (old) replace(old, part);
    served.set(key, said);
  }
  const focused = document.activeElement;
  for (const box of fresh.querySelectorAll("[data-parts]")) {
    const own = document.querySelector(`[data-parts="${CSS.escape(box.dataset.parts)}"]`);
    if (own) arrange(own, box);
  }
  // What changes its place loses the focus on the way.
  if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
  const keys = new Set(parts.map(keyOf));
  for (const key of served.keys()) if (!keys.has(key)) served.delete(key);
  const moved = reading && partOf(document, reading.key)?.getBoundingClientRect().top;
  if (reading && moved !== undefined && Math.abs(moved - reading.top) >= 1) {
    scrollBy({ top: moved - reading.top, behavior: "instant" });
  }
  return whole;
}
