// Two small things for the pages of devices; both do without it. The page that shows credentials takes on the
// address of the device, so that a reload asks for that and sends no form again; it follows the steps there, and
// forgets the password when it is left. And a scanner that ends with Enter moves on instead of sending the form.

const ASK_MS = 1500;
const shown = document.querySelector("main[data-device]");
const credentials = document.getElementById("credentials");

function forget() {
  credentials.remove();
  document.getElementById("gone").hidden = false;
}

async function follow(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (answer.ok && !answer.redirected) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const steps = fresh.querySelector("[data-part=steps]");
      const own = document.querySelector("[data-part=steps]");
      if (steps && steps.outerHTML !== own.outerHTML) own.replaceWith(document.importNode(steps, true));
    }
  } catch {
    // The line is down; it is asked again.
  } finally {
    setTimeout(follow, ASK_MS, address);
  }
}

if (shown && credentials) {
  history.replaceState(null, "", shown.dataset.device);
  addEventListener("pagehide", forget);
  follow(shown.dataset.device);
}

for (const field of document.querySelectorAll("[data-scanned]")) {
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const fields = [...field.form.elements].filter((each) => each.type !== "hidden");
    fields[fields.indexOf(field) + 1]?.focus();
  });
}
