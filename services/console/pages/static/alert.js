// Spares slips on the page of an alert: an action that has just come under the thumb takes no press for a moment.
// It decides nothing; the house does not take it amiss.

const SETTLE_MS = 500; // a second tap that was meant for the button before

const canonical = document.querySelector('link[rel="canonical"]');
// A refused form stands at the form's own address: whoever reloads, or the live page, asks for the page itself.
if (canonical && location.pathname !== new URL(canonical.href).pathname) history.replaceState(null, "", canonical.href);

let since = performance.now();
document.addEventListener("live:swapped", () => {
  if (document.querySelector(".first")?.outerHTML !== standing) settle();
});
let standing = "";

function settle() {
  standing = document.querySelector(".first")?.outerHTML ?? "";
  since = performance.now();
}

document.addEventListener(
  "click",
  (event) => {
    const isByHand = event.detail > 0; // a keyboard's press is never a slip of the thumb
    if (isByHand && event.target.closest(".first") && performance.now() - since < SETTLE_MS) event.preventDefault();
  },
  true,
);
settle();
