// Says in sentences what of a page cannot be seen whole: what sticks out sideways, texts that are cut off, lines
// lower than their letters, and, for a finger, what is too small to be hit.
({ finger }) => {
  const SMALLEST_TARGET = 44; // CSS pixels: WCAG 2.5.5
  const HALF = 0.5; // the layout rounds
  const found = [];

  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const forReadersOnly = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const box = each.getBoundingClientRect();
      if (getComputedStyle(each).position === "absolute" && (box.width <= 1 || box.right <= 0)) return true;
    }
    return false;
  };
  const name = (element) => {
    const words = (element.innerText || element.value || element.getAttribute("aria-label") || "").trim();
    const kind = [...element.classList].map((each) => `.${each}`).join("");
    return `${element.localName}${kind} «${words.slice(0, 40)}»`;
  };
  const everything = [...document.body.querySelectorAll("*")].filter(
    (element) => !element.closest("svg") && shown(element) && !forReadersOnly(element),
  );

  // A box that scrolls sideways by itself, such as a wide table, may be wider than the page.
  const scrollsItself = (element) => {
    for (let each = element.parentElement; each && each !== document.body; each = each.parentElement)
      if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(each).overflowX)) return true;
    return false;
  };
  const width = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth > width + HALF) {
    const far = everything.filter((each) => each.getBoundingClientRect().right > width + HALF && !scrollsItself(each));
    found.push(`sideways: ${document.scrollingElement.scrollWidth} of ${width} px: ${far.slice(-3).map(name).join(", ")}`);
  }

  for (const element of everything) {
    const style = getComputedStyle(element);
    const cuts = (way) => ["hidden", "clip"].includes(way);
    // What a field holds may reach into its padding; only what leaves the field is lost.
    const room = element.localName === "input" ? Number.parseFloat(style.paddingBottom) : 0;
    if (
      (cuts(style.overflowX) && element.scrollWidth > element.clientWidth + 1) ||
      (cuts(style.overflowY) && element.scrollHeight - room > element.clientHeight + 1)
    )
      found.push(`cut off: ${name(element)}`);
  }

  const TIBETAN = /[\u0f00-\u0fff]/;
  const pen = document.createElement("canvas").getContext("2d");
  const seen = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const words = texts.currentNode.data.trim();
    if (!TIBETAN.test(words) || !everything.includes(element)) continue;
    const style = getComputedStyle(element);
    const line = Number.parseFloat(style.lineHeight); // "normal" is as high as the face says, and so fits
    pen.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const drawn = pen.measureText(words);
    const high = drawn.actualBoundingBoxAscent + drawn.actualBoundingBoxDescent;
    const sentence = `letters of ${high.toFixed(1)} px in a line of ${line} px: ${name(element)}`;
    if (high > line + HALF && !seen.has(sentence)) {
      seen.add(sentence);
      found.push(sentence);
    }
  }

  if (finger) {
    const TARGETS = "button, summary, select, textarea, input:not([type=hidden]), a[href], [role=button]";
    for (const element of document.querySelectorAll(TARGETS)) {
      if (!everything.includes(element)) continue;
      if (element.localName === "a" && getComputedStyle(element).display === "inline") continue; // within a sentence
      const boxes = [element, ...(element.labels ?? [])].map((each) => each.getBoundingClientRect());
      const side = (from, to) => Math.max(...boxes.map((box) => box[to])) - Math.min(...boxes.map((box) => box[from]));
      const [wide, high] = [side("left", "right"), side("top", "bottom")];
      if (Math.min(wide, high) < SMALLEST_TARGET - HALF)
        found.push(`too small for a finger, ${wide.toFixed(0)} × ${high.toFixed(0)} px: ${name(element)}`);
    }
  }
  return found;
}
